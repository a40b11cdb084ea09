// Implements card_page.h.

#include "ui/widgets/card_page.h"

#include "ui/style/theme.h"
#include "ui/widgets/labels.h"

#include <QTextBlock>

namespace headlight::ui {
namespace {

/// A card is somebody else's text: it may show words, not read files or fetch pictures.
class CardBrowser : public QTextBrowser {
public:
    using QTextBrowser::QTextBrowser;

protected:
    QVariant loadResource(int, const QUrl&) override { return {}; }
};

/// Markdown comes without space between paragraphs.
void spaceOut(QTextDocument& document)
{
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextBlockFormat format = block.blockFormat();
        const bool listed = block.textList() != nullptr;
        format.setTopMargin(format.headingLevel() > 0 ? 14 : 0);
        format.setBottomMargin(listed ? 2 : 8);
        format.setLineHeight(125, QTextBlockFormat::ProportionalHeight);
        QTextCursor(block).setBlockFormat(format);
    }
}

} // namespace

CardPage::CardPage(QWidget* parent)
    : QWidget(parent)
    , m_title(plainLabel({}, this))
    , m_text(new CardBrowser(this))
{
    auto* back = new QPushButton(tr("Back to the view"), this);
    back->setToolTip(tr("Close the model card (Esc)"));
    back->setAccessibleName(back->text());
    useFont(*m_title, &Theme::heading);
    m_text->setOpenLinks(false);
    m_text->setAccessibleName(tr("Model card"));
    m_text->setToolTip(tr("Task, data, quality and limits of the model"));
    auto* top = row(metrics::gap);
    top->addWidget(m_title, 1);
    top->addWidget(back);
    auto* layout = column(this, metrics::gap);
    layout->setContentsMargins(metrics::wideGap, 4, metrics::wideGap, metrics::wideGap);
    layout->addLayout(top);
    layout->addWidget(m_text, 1);
    connect(back, &QPushButton::clicked, this, &CardPage::closed);
}

void CardPage::showCard(const QString& title, const QString& markdown)
{
    m_title->setText(title);
    m_text->document()->setDocumentMargin(16);
    m_text->setMarkdown(markdown);
    spaceOut(*m_text->document());
    m_text->moveCursor(QTextCursor::Start);
    m_text->setFocus();
}

void CardPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit closed();
    else
        QWidget::keyPressEvent(event);
}

} // namespace headlight::ui
