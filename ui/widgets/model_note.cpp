// Implements model_note.h.

#include "ui/widgets/model_note.h"

#include "ui/widgets/labels.h"

#include <QTextDocument>

namespace headlight::ui {

QString cardText(const OpenModel& model)
{
    QString text = QString::fromStdString(model.card);
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    if (text.startsWith(QLatin1String("---\n"))) {
        const qsizetype end = text.indexOf(QLatin1String("\n---"), 3);
        text = end < 0 ? text : text.mid(end + 4);
    }
    return text.trimmed();
}

QString cardSummary(const OpenModel& model)
{
    for (const QString& block : cardText(model).split(QStringLiteral("\n\n"), Qt::SkipEmptyParts)) {
        const QString paragraph = block.simplified();
        const bool prose = !paragraph.isEmpty() && paragraph[0].isLetterOrNumber();
        if (!prose)
            continue;
        QTextDocument plain;
        plain.setMarkdown(paragraph);
        const QString words = plain.toPlainText().simplified();
        constexpr qsizetype longest = 220;
        return words.size() <= longest ? words
                                       : words.left(words.lastIndexOf(' ', longest)) + QStringLiteral(" …");
    }
    const ModelInfo& info = model.network->info();
    return QStringLiteral("%1, %2").arg(
        QString::fromStdString(info.architecture), QString::fromStdString(info.attention));
}

ModelNote::ModelNote(QWidget* parent)
    : QWidget(parent)
    , m_summary(mutedLabel({}, this))
    , m_card(linkButton(
          tr("Read the model card"), tr("Task, data, quality and limits, as its maker tells them"), this))
{
    auto* layout = column(this, 4);
    layout->addWidget(sectionLabel(tr("Model"), this));
    layout->addWidget(m_summary);
    layout->addWidget(m_card);
    connect(m_card, &QPushButton::clicked, this, &ModelNote::cardRequested);
    hide();
}

void ModelNote::setModel(const OpenModel& model)
{
    m_summary->setText(cardSummary(model));
    m_card->setVisible(!model.card.empty());
    show();
}

} // namespace headlight::ui
