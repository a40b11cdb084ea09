#include "app/first_map.h"

#include "ui/main_window.h"
#include "ui/session/session.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"

#include <QApplication>
#include <QEvent>
#include <QTimer>

namespace headlight {

QuitAfterFirstMap::QuitAfterFirstMap(const ui::Session& session, const ui::MainWindow& window)
    : m_session(session)
    , m_window(window)
{
    qApp->installEventFilter(this);
}

bool QuitAfterFirstMap::eventFilter(QObject* watched, QEvent* event)
{
    const auto* widget = qobject_cast<QWidget*>(watched);
    const ui::View* view = m_window.stack().currentView();
    const bool painted = event->type() == QEvent::Paint && widget != nullptr && view != nullptr
        && (widget == view || view->isAncestorOf(widget));
    if (painted && m_session.result() != nullptr)
        QTimer::singleShot(0, qApp, &QCoreApplication::quit); // after this event, the paint itself, is done
    return false;
}

} // namespace headlight
