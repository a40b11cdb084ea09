#pragma once
// Which changes belong to one movement of a person's hand: a drag, a burst of keys, a turn of the wheel.
// Watches the events of the program; the history merges what one gesture did.

#include <QElapsedTimer>
#include <QObject>

namespace headlight::ui {

class Gestures : public QObject {
    Q_OBJECT
public:
    explicit Gestures(QObject* parent = nullptr);

    /// Grows by one with every press of a button, every pause between keys or turns of the wheel, and every
    /// change from one to another.
    int number() const { return m_number; }
    /// Grows with every event: what happens without one is no gesture.
    int events() const { return m_events; }
    /// What comes next belongs to a new one.
    void end() { m_hand = Hand::Still; }
    /// How long keys and wheel may rest within one.
    void setPause(int milliseconds) { m_pause = milliseconds; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    enum class Hand { Still, Mouse, Keys, Wheel };
    void note(Hand hand);

    Hand m_hand = Hand::Still;
    QElapsedTimer m_last;
    int m_number = 0, m_events = 0, m_pause = 1000;
};

} // namespace headlight::ui
