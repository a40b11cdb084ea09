#include "ui/workbench.h"

#include "ui/export/command.h"
#include "ui/shell/recovery_bar.h"
#include "ui/style/icon.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/error_bar.h"
#include "ui/window_menu.h"

namespace headlight::ui {
namespace {

ExportSubject shownOn(const MainWindow& window, const Session& session)
{
    const View* view = window.stack().currentView();
    Scene scene = view ? view->scene() : Scene{};
    scene.typeScale = 1;
    const double ratio = view ? view->devicePixelRatioF() : 1;
    return { window.stack().currentDescriptor(), std::move(scene),
        view && view->isVisible() ? (QSizeF(view->size()) * ratio).toSize() : QSize(),
        int(std::lround(ExportOptions::screenDpi * ratio)), inputArguments(session.state()) };
}

QString viewTitle(const QString& id)
{
    const ViewDescriptor* view = viewById(id);
    return view ? view->title : QString();
}

SessionFiles::Actions sessionActions(WindowMenu& menu)
{
    const auto add = [&menu](const QString& title, const QString& toolTip, const char* key = "") {
        return menu.addAction(WindowMenu::Group::File, title, toolTip, QKeySequence(key));
    };
    return { add(QObject::tr("Open session…"), QObject::tr("Go on where a saved session was left"),
                 "Ctrl+Shift+L"),
        add(QObject::tr("Save session"), QObject::tr("Save input, model, view, settings and findings"),
            "Ctrl+S"),
        add(QObject::tr("Save session as…"), QObject::tr("Save the session into another file"),
            "Ctrl+Shift+S"),
        add(QObject::tr("Recent sessions"), QObject::tr("Sessions opened or saved lately")) };
}

Findings::Actions findingActions(WindowMenu& menu)
{
    QAction* pin = menu.addAction(WindowMenu::Group::Edit, QObject::tr("Pin this"),
        QObject::tr("Keep what is shown now among the findings"), QKeySequence("Ctrl+D"));
    pin->setIcon(icon(QStringLiteral("pin")));
    return { pin,
        menu.addAction(WindowMenu::Group::File, QObject::tr("Export findings…"),
            QObject::tr("Write all findings into a Markdown report with their figures")) };
}

} // namespace

Workbench::Workbench(Session& session)
    : m_window(session)
    , m_exporter([this, &session] { return shownOn(m_window, session); }, m_window)
    , m_missingModel(session, m_window.errors(), m_window)
    , m_redo(m_window.menu().addFirst(
          WindowMenu::Group::Edit, QObject::tr("Redo"), QObject::tr("Do again what was undone")))
    , m_undo(m_window.menu().addFirst(WindowMenu::Group::Edit, QObject::tr("Undo"),
          QObject::tr("Go back one step: text, model, selection or settings")))
    , m_history(session)
    , m_historyActions(m_history, m_undo, m_redo)
    , m_compare(session,
          [this](const QString& title, const QString& toolTip, const QKeySequence& key) {
              return m_window.menu().addAction(WindowMenu::Group::Edit, title, toolTip, key);
          })
    , m_pins(m_history)
    , m_files({ session, m_history, m_pins, m_window, m_window.errors() }, sessionActions(m_window.menu()))
    , m_autosave([this] { return m_files.document(); }, stateFolder())
    , m_settings(
          session, m_window, [this](ThemeKind kind) { m_window.setTheme(kind); },
          *m_window.menu().addAction(WindowMenu::Group::Edit, QObject::tr("Settings"),
              QObject::tr("Theme, size of type, threads, memory, where models are looked for"),
              QKeySequence(QStringLiteral("Ctrl+,"))))
    , m_pinsPanel(new PinsPanel(m_pins, m_history))
    , m_findings({ session, m_pins, m_window.errors(), *m_pinsPanel,
                     *m_window.addPanel(QStringLiteral("findings"), QObject::tr("Findings"), m_pinsPanel) },
          findingActions(m_window.menu()),
          [this, &session] {
              const ExportSubject shown = shownOn(m_window, session);
              return Findings::Subject{ shown.view, shown.scene };
          })
    , m_tools(session, m_window)
{
    QObject::connect(&m_window, &MainWindow::exportRequested, &m_exporter, &Exporter::showDialog);
    QObject::connect(&m_window, &MainWindow::copyPictureRequested, &m_exporter, &Exporter::copyPicture);
    const QAction* numbers =
        m_window.menu().addAction(WindowMenu::Group::Edit, QObject::tr("Copy the view's table"),
            QObject::tr("Copy the numbers of the view, for a spreadsheet"), {});
    QObject::connect(numbers, &QAction::triggered, &m_exporter, &Exporter::copyNumbers);
    m_history.nameViews(viewTitle);
    QObject::connect(&m_window, &MainWindow::themeChosen, &m_settings, &SettingsKeeper::themeChosen);
    keepSafe(session);
}

Workbench::~Workbench()
{
    delete m_pinsPanel; // before the list it shows
}

void Workbench::keepSafe(Session& session)
{
    auto* recovery = new RecoveryBar(stateFolder());
    m_window.addBar(recovery);
    QObject::connect(&m_history, &History::changed, &m_autosave, &Autosave::schedule);
    QObject::connect(&session, &Session::settled, &m_autosave, &Autosave::refresh);
    QObject::connect(&m_autosave, &Autosave::saved, recovery, &RecoveryBar::restoredIsSafe);
    const auto say = [this](const QString& message) { m_window.errors().showMessage(message); };
    QObject::connect(&m_autosave, &Autosave::failed, &m_window, say);
    QObject::connect(recovery, &RecoveryBar::failed, &m_window, say);
    QObject::connect(recovery, &RecoveryBar::restoreRequested, &m_files, [this](const SessionDocument& left) {
        m_files.show(left, left.openedFrom, SessionFiles::Origin::Recovered);
    });
    QObject::connect(recovery, &RecoveryBar::done, &m_window, [this] {
        if (View* view = m_window.stack().currentView())
            view->setFocus(); // the keys are where they were, not on the next button
    });
    recovery->look();
}

} // namespace headlight::ui
