// Implements prompt_edit.h.

#include "ui/widgets/prompt_edit.h"

#include "ui/session/input_limits.h"
#include "ui/style/theme.h"

namespace headlight::ui {

namespace {

/// Shorter than the gap between two keys of a fast typist, longer than the events of one key.
constexpr std::chrono::milliseconds breath(25);
constexpr int visibleLines = 3;
/// For the end of a longer word Qt would look in every one of its lines anew: seconds for a text without
/// spaces.
constexpr qsizetype longestWholeWord = 4000;

bool hasEndlessWord(const QString& text)
{
    qsizetype begin = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i].isSpace())
            begin = i + 1;
        else if (i - begin >= longestWholeWord)
            return true;
    }
    return false;
}

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
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        m_breath.start();
        wrapFor(toPlainText());
    });
}

/// Lines end between words, or anywhere where a word has no end.
void PromptEdit::wrapFor(const QString& text)
{
    const auto mode =
        hasEndlessWord(text) ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere;
    if (mode != wordWrapMode())
        setWordWrapMode(mode);
}

void PromptEdit::showText(const QString& text)
{
    if (text == toPlainText())
        return;
    const QSignalBlocker quiet(this);
    wrapFor(text); // before it is laid out
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
        return emit foreignPasted(source);
    if (hasEndlessWord(source->text()))
        wrapFor(source->text()); // before it is laid out
    QPlainTextEdit::insertFromMimeData(source);
}

QSize PromptEdit::sizeHint() const
{
    return { 200, fontMetrics().lineSpacing() * visibleLines + 22 };
}

} // namespace headlight::ui
