// Implements fact_list.h. Rows are kept and refilled: hovering changes them many times a second.

#include "ui/widgets/fact_list.h"

#include "ui/widgets/labels.h"

namespace headlight::ui {

FactList::FactList(QWidget* parent)
    : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(0, 1);
}

FactList::Row& FactList::row(qsizetype index)
{
    auto* grid = static_cast<QGridLayout*>(layout());
    while (m_rows.size() <= index) {
        const Row row{ plainLabel({}, this), valueLabel(this) };
        row.name->setWordWrap(true); // in a narrow panel, or with large type
        row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        const int line = int(m_rows.size());
        grid->addWidget(row.name, line, 0);
        grid->addWidget(row.value, line, 1);
        m_rows.append(row);
    }
    return m_rows[index];
}

void FactList::setFacts(const QList<Fact>& facts)
{
    m_facts = facts;
    for (qsizetype i = 0; i < facts.size(); ++i) {
        const Row& line = row(i);
        line.name->setText(facts[i].name);
        line.value->setText(facts[i].value);
        line.value->setToolTip(plainTip(facts[i].exact.isEmpty() ? facts[i].value : facts[i].exact));
        line.value->setAccessibleName(QStringLiteral("%1: %2").arg(facts[i].name, facts[i].value));
    }
    for (qsizetype i = 0; i < m_rows.size(); ++i) {
        m_rows[i].name->setVisible(i < facts.size());
        m_rows[i].value->setVisible(i < facts.size());
    }
}

} // namespace headlight::ui
