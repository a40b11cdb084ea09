#pragma once
// A card over the window: follows its size, takes the keyboard, goes with Esc or when the focus goes
// elsewhere, and gives the focus back. Nothing modal.

#include <QFrame>
#include <QPointer>

namespace headlight::ui {

class Overlay : public QFrame {
    Q_OBJECT
public:
    /// `window` is what it lies over.
    explicit Overlay(QWidget* window);

    void open();
    void shut();

protected:
    /// Where it lies in a window of this size.
    virtual QRect placeIn(const QSize& window) const = 0;
    virtual void opened() { }

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void focusMoved(QWidget* now);

    QPointer<QWidget> m_focusBefore;
};

} // namespace headlight::ui
