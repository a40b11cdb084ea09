// Implements prompt_edit.h.

#include "ui/widgets/prompt_edit.h"

#include "ui/style/theme.h"

namespace headlight::ui {

namespace {

/// Shorter than the gap between two keys of a fast typist, longer than the events of one key.
constexpr std::chrono::milliseconds breath(25);
constexpr int visibleLines = 3;

} // namespace

bool isForeign(const QMimeData& data)
{
    return data.hasUrls() || data.hasImage();
}

PromptEdit::PromptEdit(QWidget* parent)
    : QPlainTextEdit(parent)
{
    m_breath.setSingleShot(true);
    m_breath.setInterval(breath);
    setTabChangesFocus(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_breath, &QTimer::timeout, this, [this] { emit edited(toPlainText()); });
    connect(this, &QPlainTextEdit::textChanged, this, [this] { m_breath.start(); });
}

void PromptEdit::showText(const QString& text)
{
    if (text == toPlainText())
        return;
    const QSignalBlocker quiet(this);
    setPlainText(text);
    m_breath.stop();
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* source) const
{
    return !isForeign(*source) && QPlainTextEdit::canInsertFromMimeData(source);
}

void PromptEdit::insertFromMimeData(const QMimeData* source)
{
    if (isForeign(*source))
        emit foreignPasted(source);
    else
        QPlainTextEdit::insertFromMimeData(source);
}

QSize PromptEdit::sizeHint() const
{
    return { 200, fontMetrics().lineSpacing() * visibleLines + 22 };
}

} // namespace headlight::ui
