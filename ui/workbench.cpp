#include "ui/workbench.h"

#include "ui/view_stack.h"
#include "ui/views/view.h"

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
{
    QObject::connect(&m_window, &MainWindow::exportRequested, &m_exporter, &Exporter::showDialog);
    QObject::connect(&m_window, &MainWindow::copyPictureRequested, &m_exporter, &Exporter::copyPicture);
}

} // namespace headlight::ui
