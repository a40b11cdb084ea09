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
    , m_compare(session, [this](const QString& title, const QString& toolTip, const QKeySequence& key) {
        return m_window.menu().addAction(WindowMenu::Group::Edit, title, toolTip, key);
    })
{
    QObject::connect(&m_window, &MainWindow::exportRequested, &m_exporter, &Exporter::showDialog);
    QObject::connect(&m_window, &MainWindow::copyPictureRequested, &m_exporter, &Exporter::copyPicture);
}

} // namespace headlight::ui
