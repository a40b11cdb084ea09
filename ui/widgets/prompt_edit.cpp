// Implements prompt_edit.h.

#include "ui/widgets/prompt_edit.h"

#include "ui/session/input_limits.h"
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
    setUndoRedoEnabled(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_breath, &QTimer::timeout, this, &PromptEdit::tellNow);
    connect(this, &QPlainTextEdit::textChanged, this, [this] { m_breath.start(); });
}

void PromptEdit::showText(const QString& text)
{
    if (text == toPlainText())
        return;
    const QSignalBlocker quiet(this);
    const QString old = toPlainText();
    const auto begin = std::ranges::mismatch(old, text).in1 - old.begin();
    const QString oldRest = old.mid(begin), newRest = text.mid(begin);
    const auto end = std::mismatch(oldRest.rbegin(), oldRest.rend(), newRest.rbegin(), newRest.rend());
    QTextCursor cursor(document());
    cursor.setPosition(int(begin));
    cursor.setPosition(int(old.size() - (end.first - oldRest.rbegin())), QTextCursor::KeepAnchor);
    cursor.insertText(newRest.chopped(end.second - newRest.rbegin()));
    setTextCursor(cursor);
    m_breath.stop();
}

void PromptEdit::tellNow()
{
    m_breath.stop();
    emit edited(toPlainText());
}

/// Ctrl+Z is the window's; what is still held back for a breath is told before, so that it can be undone.
bool PromptEdit::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool redoes = key->keyCombination() == QKeyCombination(Qt::CTRL | Qt::Key_Y);
        if (redoes || key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            if (m_breath.isActive())
                tellNow();
            event->ignore();
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* source) const
{
    return !isForeign(*source) && QPlainTextEdit::canInsertFromMimeData(source);
}

void PromptEdit::insertFromMimeData(const QMimeData* source)
{
    if (source->formats().isEmpty()) // a clipboard whose owner has gone: Qt takes the first of them unasked
        return;
    if (isForeign(*source) || refusedText(source->text().size())) // the window says why
        emit foreignPasted(source);
    else
        QPlainTextEdit::insertFromMimeData(source);
}

QSize PromptEdit::sizeHint() const
{
    return { 200, fontMetrics().lineSpacing() * visibleLines + 22 };
}

} // namespace headlight::ui
