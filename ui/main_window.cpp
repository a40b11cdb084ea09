// Implements main_window.h.

#include "ui/main_window.h"

#include "ui/about.h"
#include "ui/session/input_limits.h"
#include "ui/session/navigation.h"
#include "ui/session/pictures.h"
#include "ui/session/preferences.h"
#include "ui/style/icon.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/generation_timeline.h"
#include "ui/widgets/input_panel.h"
#include "ui/widgets/inspector.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/status_line.h"
#include "ui/widgets/top_bar.h"
#include "ui/widgets/view_header.h"
#include "ui/window_menu.h"

#include <QSettings>

namespace headlight::ui {
namespace {

/// Raised when docks change so much that an old layout would be a mess.
constexpr int layoutVersion = 1;
const QString geometryKey = QStringLiteral("window/geometry");
const QString layoutKey = QStringLiteral("window/layout");
const QString viewKey = QStringLiteral("window/view");

QList<SegmentedBar::Segment> segments(ViewDescriptor::Entry entry)
{
    QList<SegmentedBar::Segment> list;
    int number = 0;
    for (const ViewDescriptor& view : views()) {
        ++number;
        if (view.entry == entry)
            list.append({ view.id, view.title,
                number <= 9 ? QStringLiteral("%1 (Ctrl+%2)").arg(view.summary).arg(number) : view.summary });
    }
    return list;
}

} // namespace

MainWindow::MainWindow(Session& session, QWidget* parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_top(new TopBar(
          session, segments(ViewDescriptor::Entry::Tab), segments(ViewDescriptor::Entry::Button), this))
    , m_input(new InputPanel(session))
    , m_views(new ViewStack(session))
    , m_errors(new ErrorBar)
    , m_inspector(new Inspector(session))
    , m_menu(new WindowMenu(*this))
{
    setWindowTitle(tr("Headlight"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    setMenuWidget(m_top);
    setStatusBar(new StatusLine(session, this));
    resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    makeParts();
    makeMenu();
    connectParts();
    restoreLayout();
    showModel();
    m_top->setDark(isDark(currentTheme().kind));
    const QString last = QSettings().value(viewKey).toString();
    showTab(viewById(last) ? last : views().front().id);
}

MainWindow::~MainWindow() = default;

void MainWindow::makeCentre()
{
    auto* centre = new QWidget(this);
    centre->setAttribute(Qt::WA_StyledBackground);
    centre->setProperty("look", "canvas");
    auto* layout = column(centre, 0);
    auto* top = m_bars = column(nullptr, metrics::gap);
    top->setContentsMargins(metrics::wideGap, metrics::gap, metrics::wideGap, 0);
    top->addWidget(m_errors);
    top->addWidget(new ViewHeader(m_session, centre));
    layout->addLayout(top);
    layout->addWidget(m_views, 1);
    layout->addWidget(new GenerationTimeline(m_session, centre));
    setCentralWidget(centre);
}

QDockWidget* MainWindow::makeDock(const QString& name, const QString& title, QWidget* content)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name); // saveState knows docks by it
    dock->setTitleBarWidget(new DockTitle(dock));
    dock->setWidget(content);
    dock->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    content->setMinimumWidth(220);
    m_menu->addDock(dock->toggleViewAction());
    return dock;
}

QDockWidget* MainWindow::addPanel(const QString& name, const QString& title, QWidget* content)
{
    QDockWidget* dock = makeDock(name, title, content);
    addDockWidget(Qt::RightDockWidgetArea, dock);
    dock->hide();
    m_firstLayout = saveState(layoutVersion);
    restoreDockWidget(dock);
    return dock;
}

/// Left to right: Tab goes through the parts in the order they are made.
void MainWindow::makeParts()
{
    auto* input = makeDock(QStringLiteral("input"), tr("Input"), m_input);
    makeCentre();
    auto* inspector = makeDock(QStringLiteral("inspector"), tr("Selection"), m_inspector);
    addDockWidget(Qt::LeftDockWidgetArea, input);
    addDockWidget(Qt::RightDockWidgetArea, inspector);
    resizeDocks({ input, inspector }, { metrics::panelWidth, metrics::panelWidth + 20 }, Qt::Horizontal);
    connect(m_inspector, &Inspector::titleChanged, inspector,
        [title = static_cast<DockTitle*>(inspector->titleBarWidget())](
            const QString& text) { title->setTitle(text); });
}

void MainWindow::makeMenu()
{
    for (const ViewDescriptor& view : views())
        m_menu->addTab(view.id, view.title);
    m_menu->setExportEnabled(false);
    m_top->setMenu(m_menu->menu());
    connect(m_menu, &WindowMenu::openFolder, this, &MainWindow::openFolder);
    connect(m_menu, &WindowMenu::openModelFile, this,
        [this] { openFile(tr("Open a model"), tr("Models (*.safetensors *.bin *.gguf config.json)")); });
    connect(m_menu, &WindowMenu::openFile, this, [this] {
        openFile(tr("Open an input"),
            tr("Pictures, sounds and texts (*.png *.jpg *.jpeg *.webp *.wav *.flac *.ogg *.mp3 *.txt *.md)"));
    });
    connect(m_menu, &WindowMenu::paste, this, &MainWindow::paste);
    connect(m_menu, &WindowMenu::exportView, this, &MainWindow::exportRequested);
    connect(m_menu, &WindowMenu::copyPicture, this, &MainWindow::copyPictureRequested);
    connect(m_menu, &WindowMenu::copyNumbers, m_inspector,
        [this] { QApplication::clipboard()->setText(m_inspector->asText()); });
    connect(m_menu, &WindowMenu::tabChosen, this, &MainWindow::showTab);
    connect(m_menu, &WindowMenu::resetLayout, this, &MainWindow::resetLayout);
    connect(m_menu, &WindowMenu::toggleTheme, this, &MainWindow::toggleTheme);
    connect(m_menu, &WindowMenu::about, this, [this] { showAbout(this); });
}

void MainWindow::connectParts()
{
    connect(m_top, &TopBar::openFolderRequested, this, &MainWindow::openFolder);
    connect(m_top, &TopBar::themeToggled, this, &MainWindow::toggleTheme);
    connect(m_top, &TopBar::exportRequested, this, &MainWindow::exportRequested);
    connect(m_top, &TopBar::viewChosen, this, &MainWindow::showTab);
    connect(m_views, &ViewStack::currentViewChanged, this,
        [this] { m_top->setCurrentView(m_views->currentId()); });
    connect(m_input, &InputPanel::openImageRequested, this,
        [this] { openFile(tr("Open a picture"), tr("Pictures (*.png *.jpg *.jpeg *.webp)")); });
    connect(m_input, &InputPanel::openSoundRequested, this,
        [this] { openFile(tr("Open a sound"), tr("Sounds (*.wav *.flac *.ogg *.mp3)")); });
    connect(m_input, &InputPanel::pasteRequested, this, &MainWindow::paste);
    connect(m_input, &InputPanel::foreignPasted, this, [this](const QMimeData* pasted) { take(*pasted); });
    connect(m_input, &InputPanel::cardRequested, m_views, &ViewStack::showCard);
    connect(m_errors, &ErrorBar::cutRequested, &m_session, [this] { m_session.setCutToFit(true); });
    connect(&m_session, &Session::failed, m_errors, [this](const QString& message, bool offersCut) {
        m_errors->showMessage(message, offersCut ? ErrorBar::Offer::Cut : ErrorBar::Offer::Nothing);
    });
    connect(&m_session, &Session::recovered, m_errors, &QWidget::hide);
    connect(&m_session, &Session::modelChanged, this, &MainWindow::showModel);
    connect(&m_session, &Session::resultChanged, this, &MainWindow::showAvailability);
}

void MainWindow::showTab(const QString& id)
{
    m_views->showView(id);
    if (m_views->currentView())
        m_views->currentView()->setFocus();
}

void MainWindow::showAvailability()
{
    for (const ViewDescriptor& view : views())
        m_top->setAvailable(
            view.id, m_views->available(view), tr("%1 Not for what this model takes.").arg(view.summary));
    m_menu->setExportEnabled(m_session.result() != nullptr);
    showModel();
}

void MainWindow::showModel()
{
    const auto& model = m_session.model();
    const QString file = m_session.result() ? QString::fromStdString(m_session.result()->source) : QString();
    if (!file.isEmpty())
        return setWindowTitle(tr("%1 – Headlight").arg(file));
    setWindowTitle(model ? tr("%1 – Headlight").arg(QString::fromStdString(model->name)) : tr("Headlight"));
}

void MainWindow::openFolder()
{
    auto* dialog = new QFileDialog(this, tr("Open a model"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, &m_session, &Session::openModel);
    dialog->open();
}

void MainWindow::openFile(const QString& title, const QString& filter)
{
    auto* dialog = new QFileDialog(this, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ filter, tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, &m_session,
        [this](const QString& path) { m_session.openPaths({ path }); });
    dialog->open();
}

void MainWindow::paste()
{
    if (const QMimeData* copied = QApplication::clipboard()->mimeData()) // none before anything was copied
        take(*copied);
}

void MainWindow::take(const QMimeData& offered)
{
    QStringList paths;
    for (const QUrl& url : offered.urls()) {
        if (url.isLocalFile())
            paths << url.toLocalFile();
    }
    if (!paths.isEmpty())
        m_session.openPaths(paths);
    else if (offered.hasImage())
        takePicture(qvariant_cast<QImage>(offered.imageData()));
    else if (const QString text = offered.text(); offered.hasText()) {
        if (const auto refused = refusedText(text.size()))
            emit m_session.failed(*refused, false);
        else
            m_session.openText(text);
    }
}

void MainWindow::takePicture(const QImage& picture)
{
    if (const auto refused = refusedPicture(picture.size())) {
        emit m_session.failed(*refused, false);
        return;
    }
    m_pasting.start<Expected<Image>>(
        this,
        [picture](const std::stop_token&) {
            Image pasted = toImage(picture);
            screenPicture(pasted);
            return Expected<Image>(std::move(pasted));
        },
        [this](const Expected<Image>& pasted) {
            if (pasted)
                m_session.openPicture(*pasted);
            else
                emit m_session.failed(QString::fromStdString(pasted.error().message), false);
        });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (isForeign(*event->mimeData()) || event->mimeData()->hasText())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    take(*event->mimeData());
    event->acceptProposedAction();
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    const auto step = stepOfKey(event->key());
    if (!step || !m_session.result())
        return QMainWindow::keyPressEvent(event);
    m_session.setSelection(moved(m_session.selection(), *step, *m_session.result(), m_session.display()));
}

void MainWindow::setTheme(ThemeKind kind)
{
    applyTheme(*qApp, kind);
    m_top->setDark(isDark(kind));
}

/// High contrast stays high contrast.
void MainWindow::toggleTheme()
{
    const ThemeKind now = currentTheme().kind;
    const ThemeKind other = isHighContrast(now)
        ? (isDark(now) ? ThemeKind::ContrastLight : ThemeKind::ContrastDark)
        : (isDark(now) ? ThemeKind::Light : ThemeKind::Dark);
    saveTheme(id(other));
    setTheme(other);
    emit themeChosen(other);
}

void MainWindow::restoreLayout()
{
    m_firstLayout = saveState(layoutVersion);
    const QSettings settings;
    restoreGeometry(settings.value(geometryKey).toByteArray());
    restoreState(settings.value(layoutKey).toByteArray(), layoutVersion);
}

void MainWindow::resetLayout()
{
    restoreState(m_firstLayout, layoutVersion);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(geometryKey, saveGeometry());
    settings.setValue(layoutKey, saveState(layoutVersion));
    settings.setValue(viewKey, m_views->currentId());
    QMainWindow::closeEvent(event);
}

} // namespace headlight::ui
