// Implements overlay.h.

#include "ui/shell/overlay.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>

namespace headlight::ui {

Overlay::Overlay(QWidget* window)
    : QFrame(window)
{
    setProperty("look", "overlay");
    setFocusPolicy(Qt::StrongFocus);
    hide();
    window->installEventFilter(this);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { focusMoved(now); });
}

void Overlay::open()
{
    if (isVisible())
        return shut();
    m_focusBefore = window()->focusWidget();
    setGeometry(placeIn(parentWidget()->size()));
    show();
    raise();
    setFocus();
    opened();
}

void Overlay::shut()
{
    if (!isVisible())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus();
}

bool Overlay::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible())
        setGeometry(placeIn(parentWidget()->size()));
    return QFrame::eventFilter(watched, event);
}

void Overlay::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        return shut();
    QFrame::keyPressEvent(event);
}

void Overlay::focusMoved(QWidget* now)
{
    if (isVisible() && now && now->window() == window() && now != this && !isAncestorOf(now))
        hide(); // whoever has the focus keeps it
}

} // namespace headlight::ui
