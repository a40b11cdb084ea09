// A view that nobody sees does no work: what arrives while it is hidden is marked and taken when it is shown.

#include "ui/views/view.h"

#include <QShowEvent>

namespace headlight::ui {

View::View(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
{
    setFocusPolicy(Qt::StrongFocus);
    connect(&session, &Session::resultChanged, this, &View::resultArrived);
    connect(&session, &Session::selectionChanged, this, &View::selectionArrived);
    connect(&session, &Session::hoverChanged, this, &View::selectionArrived);
    connect(&session, &Session::displayChanged, this, &View::selectionArrived);
    connect(&session, &Session::activityChanged, this, [this] {
        if (isVisible())
            showActivity();
    });
}

Scene View::scene() const
{
    Scene scene{ m_session.result(), m_session.selection(), m_session.display(), currentTheme().kind, {}, {} };
    scene.typeScale = currentTheme().typeScale;
    return scene;
}

void View::resultArrived()
{
    m_resultPending = !isVisible();
    if (m_resultPending)
        return;
    m_selectionPending = false;
    showResult();
}

void View::selectionArrived()
{
    m_selectionPending = !isVisible();
    if (!m_selectionPending)
        showSelection();
}

void View::showEvent(QShowEvent* event)
{
    if (std::exchange(m_resultPending, false)) {
        m_selectionPending = false;
        showResult();
    }
    if (std::exchange(m_selectionPending, false))
        showSelection();
    showActivity();
    QWidget::showEvent(event);
}

} // namespace headlight::ui
