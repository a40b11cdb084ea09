#include "ui/workbench.h"

#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/window_menu.h"

namespace headlight::ui {
namespace {

ExportSubject shownOn(const MainWindow& window)
{
    const View* view = window.stack().currentView();
    return { window.stack().currentDescriptor(), view ? view->scene() : Scene{} };
}

} // namespace

Workbench::Workbench(Session& session)
    : m_window(session)
    , m_exporter([this] { return shownOn(m_window); }, m_window)
    , m_missingModel(session, m_window.errors(), m_window)
    , m_redo(m_window.menu().addFirst(
          WindowMenu::Group::Edit, QObject::tr("Redo"), QObject::tr("Do again what was undone")))
    , m_undo(m_window.menu().addFirst(WindowMenu::Group::Edit, QObject::tr("Undo"),
          QObject::tr("Go back one step: text, model, selection or settings")))
    , m_history(session)
    , m_historyActions(m_history, m_undo, m_redo)
    , m_compare(session, [this](const QString& title, const QString& toolTip, const QKeySequence& key) {
        return m_window.menu().addAction(WindowMenu::Group::Edit, title, toolTip, key);
    })
{
    m_history.nameViews([](const QString& id) {
        const ViewDescriptor* view = viewById(id);
        return view ? view->title : QString();
    });
    QObject::connect(&m_window, &MainWindow::exportRequested, &m_exporter, &Exporter::showDialog);
    QObject::connect(&m_window, &MainWindow::copyPictureRequested, &m_exporter, &Exporter::copyPicture);
}

} // namespace headlight::ui
