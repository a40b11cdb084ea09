#pragma once
// The field one types the input into. It tells of a change after a breath, so that a burst of keys is one
// run; what it cannot hold (pictures, files) it hands on. It has no undo of its own: the window's goes back
// over texts too.

#include <QPlainTextEdit>
#include <QTimer>

namespace headlight::ui {

class PromptEdit : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit PromptEdit(QWidget* parent = nullptr);
    /// Replaces what differs without telling; the cursor stands behind it, or stays where nothing does.
    void showText(const QString& text);
    /// What was typed is not told yet.
    bool waiting() const { return m_breath.isActive(); }

signals:
    /// The text as a person left it.
    void edited(const QString& text);
    /// A picture or files were pasted here, or a text too long for it.
    void foreignPasted(const QMimeData* data);

protected:
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;
    QSize sizeHint() const override;
    bool event(QEvent* event) override;
    QSize minimumSizeHint() const override { return { 80, sizeHint().height() }; }

private:
    void tellNow();
    void wrapFor(const QString& text);

    QTimer m_breath;
};

/// Pictures and files: what the window opens instead of typing it.
bool isForeign(const QMimeData& data);

} // namespace headlight::ui
