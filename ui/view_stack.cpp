// Implements view_stack.h.

#include "ui/view_stack.h"

#include "ui/views/view.h"
#include "ui/widgets/card_page.h"
#include "ui/widgets/model_note.h"

namespace headlight::ui {

ViewStack::ViewStack(Session& session, QWidget* parent)
    : QStackedWidget(parent)
    , m_session(session)
    , m_card(new CardPage(this))
{
    addWidget(m_card);
    connect(m_card, &CardPage::closed, this, [this] { showView(m_current); });
    connect(&session, &Session::resultChanged, this, &ViewStack::leaveUnavailable);
    connect(&session, &Session::viewChanged, this, &ViewStack::followSession);
}

void ViewStack::showView(const QString& id)
{
    if (!viewById(id))
        return;
    if (m_session.view() != id)
        return m_session.setView(id); // comes back by followSession
    bring(id);
}

void ViewStack::followSession()
{
    if (viewById(m_session.view()))
        bring(m_session.view());
    else if (!m_current.isEmpty())
        m_session.setView(m_current); // a session file of a program that has more views
}

void ViewStack::bring(const QString& id)
{
    const ViewDescriptor* descriptor = viewById(id);
    View*& view = m_views[id];
    if (!view) {
        view = descriptor->make(m_session, this);
        addWidget(view);
        connect(view, &View::openRequested, this, &ViewStack::showView);
    }
    m_current = id;
    if (const auto& result = m_session.result())
        m_session.setSelection(descriptor->reachable(*result, m_session.selection()));
    setCurrentWidget(view);
    emit currentViewChanged();
}

void ViewStack::showCard()
{
    const auto& model = m_session.model();
    if (!model)
        return;
    m_card->showCard(QString::fromStdString(model->name), cardText(*model));
    setCurrentWidget(m_card);
    m_card->setFocus();
}

const ViewDescriptor* ViewStack::currentDescriptor() const
{
    return viewById(m_current);
}

bool ViewStack::available(const ViewDescriptor& view) const
{
    return !m_session.result() || view.available(*m_session.result());
}

void ViewStack::leaveUnavailable()
{
    const ViewDescriptor* current = currentDescriptor();
    if (!current || available(*current))
        return;
    for (const ViewDescriptor& view : views()) {
        if (available(view))
            return showView(view.id);
    }
}

} // namespace headlight::ui
