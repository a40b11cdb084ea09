// Implements stepper.h.

#include "ui/widgets/stepper.h"

#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"

namespace headlight::ui {

Stepper::Stepper(const Names& names, QWidget* parent)
    : QWidget(parent)
    , m_previous(iconButton(QStringLiteral("chevron-left"), names.previous, this))
    , m_next(iconButton(QStringLiteral("chevron-right"), names.next, this))
    , m_choice(new ChoiceButton({}, names.what, names.toolTip, this))
{
    m_choice->setText(names.what); // until there is something to choose
    auto* layout = row(0);
    layout->addWidget(m_previous, 0, Qt::AlignVCenter); // not filling the row, they do not limit its height
    layout->addWidget(m_choice);
    layout->addWidget(m_next, 0, Qt::AlignVCenter);
    setLayout(layout);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_choice, &ChoiceButton::chosen, this, [this](const QString& id) {
        setCurrent(id.toInt());
        emit chosen(m_current);
    });
}

void Stepper::setTitles(const QStringList& titles, int steps)
{
    m_steps = steps;
    if (titles == m_titles)
        return;
    m_titles = titles;
    m_choice->clearChoices();
    m_choice->setText(m_choice->accessibleName());
    for (int i = 0; i < titles.size(); ++i) {
        if (i == steps)
            m_choice->addSeparator();
        m_choice->addChoice(QString::number(i), titles[i]);
    }
    setCurrent(std::min(m_current, std::max(0, int(titles.size()) - 1)));
}

void Stepper::setCurrent(int index)
{
    m_current = index;
    m_choice->setCurrent(QString::number(index));
    m_previous->setEnabled(index > 0);
    m_next->setEnabled(index + 1 < m_steps);
}

void Stepper::step(int by)
{
    const int target = std::clamp(m_current + by, 0, std::max(0, m_steps - 1));
    if (target == m_current)
        return;
    setCurrent(target);
    emit chosen(target);
}

} // namespace headlight::ui
