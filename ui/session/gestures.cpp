// Implements gestures.h.

#include "ui/session/gestures.h"

#include <QCoreApplication>
#include <QEvent>

namespace headlight::ui {

Gestures::Gestures(QObject* parent)
    : QObject(parent)
{
    QCoreApplication::instance()->installEventFilter(this);
}

bool Gestures::eventFilter(QObject* watched, QEvent* event)
{
    if (!watched->isWidgetType())
        return false;
    switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
    case QEvent::Drop:
        m_hand = Hand::Still;
        note(Hand::Mouse);
        break;
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
        ++m_events;
        break;
    case QEvent::KeyPress:
    case QEvent::InputMethod:
        note(Hand::Keys);
        break;
    case QEvent::Wheel:
    case QEvent::NativeGesture:
        note(Hand::Wheel);
        break;
    default:
        break;
    }
    return false;
}

void Gestures::note(Hand hand)
{
    ++m_events;
    const bool rested = !m_last.isValid() || m_last.elapsed() >= m_pause;
    if (hand != m_hand || (rested && hand != Hand::Mouse))
        ++m_number;
    m_hand = hand;
    m_last.start();
}

} // namespace headlight::ui
