// Implements tools.h.

#include "ui/tools.h"

#include "ui/main_window.h"
#include "ui/shell/palette_entries.h"
#include "ui/style/icon.h"
#include "ui/view_stack.h"
#include "ui/widgets/input_panel.h"
#include "ui/widgets/top_bar.h"
#include "ui/widgets/view_header.h"
#include "ui/window_menu.h"

namespace headlight::ui {
namespace {

const QString typing = QStringLiteral("type"), clicking = QStringLiteral("click"),
              commanding = QStringLiteral("palette");

Scene shownScene(const MainWindow& window)
{
    const View* view = window.stack().currentView();
    return view ? view->scene() : Scene{};
}

QList<FirstHints::Hint> hintTexts()
{
    return { { typing, Tools::tr("Type your own sentence at the left: every map follows while you type.") },
        { clicking,
            Tools::tr(
                "Click a map, a cell or a token: every view shows where it looks. The arrow keys go on.") },
        { commanding,
            Tools::tr("Ctrl+K finds every command, view, model, token and head; F1 shows all keys.") } };
}

} // namespace

Tools::Tools(Session& session, MainWindow& window)
    : m_session(session)
    , m_window(window)
    , m_palette(new CommandPalette(
          [this](
              const QString& typed) { return paletteEntries(m_session, m_window.menu().commands(), typed); },
          &window))
    , m_keys(new ShortcutSheet([this] { return m_window.menu().commands(); }, &window))
    , m_find(new FindBar(session))
    , m_copying([this] { return shownScene(m_window); })
    , m_hints(new FirstHints(hintTexts()))
    , m_presenter(session,
          { window, *window.centralWidget(), { &window.topBar(), window.findChild<ViewHeader*>(), m_hints } })
{
    window.addBar(m_find);
    static_cast<QVBoxLayout*>(window.centralWidget()->layout())->addWidget(m_hints);
    addFinding();
    addCopying();
    addPresenting();
    addHelp();
    connectHints();
}

void Tools::connectHints()
{
    connect(&m_session, &Session::resultChanged, m_hints, [this] {
        if (m_session.result())
            m_hints->begin();
    });
    connect(&m_session, &Session::inputChanged, this, [this] {
        if (!m_session.example())
            m_hints->done(typing);
    });
    connect(&m_session, &Session::selectionChanged, this, [this] {
        if (m_window.stack().isAncestorOf(QApplication::focusWidget())
            && QApplication::mouseButtons() != Qt::NoButton)
            m_hints->done(clicking);
    });
}

void Tools::addFinding()
{
    WindowMenu& menu = m_window.menu();
    using Group = WindowMenu::Group;
    connect(menu.addAction(Group::Edit, tr("Find a token"), tr("Search the tokens; what is found is chosen"),
                QKeySequence::Find),
        &QAction::triggered, m_find, &FindBar::begin);
    connect(menu.addAction(Group::Edit, tr("Find next"), tr("The next place of what was searched for"),
                QKeySequence("F3")),
        &QAction::triggered, m_find, &FindBar::next);
    connect(
        menu.addAction(Group::Edit, tr("Find previous"), tr("The place before"), QKeySequence("Shift+F3")),
        &QAction::triggered, m_find, &FindBar::previous);
    QAction* commands = menu.addAction(Group::Edit, tr("All commands"),
        tr("Find a command, view, model, token or head by a few letters"), QKeySequence("Ctrl+K"));
    connect(commands, &QAction::triggered, this, [this] {
        m_hints->done(commanding);
        m_palette->open();
    });
}

void Tools::addCopying()
{
    const auto add = [this](Copied what, const QString& title, const QString& toolTip, const char* key) {
        QAction* action =
            m_window.menu().addAction(WindowMenu::Group::Edit, title, toolTip, QKeySequence(key));
        action->setIcon(icon(QStringLiteral("copy")));
        connect(action, &QAction::triggered, this, [this, what] { m_copying.copy(what); });
        m_copyActions << action;
    };
    add(Copied::Cell, tr("Copy cell"), tr("The exact number of the chosen cell"), "");
    add(Copied::Row, tr("Copy row"), tr("What the chosen token looks at, with labels, tab-separated"),
        "Ctrl+Alt+R");
    add(Copied::Column, tr("Copy column"), tr("Who looks at the chosen key, with labels, tab-separated"), "");
    add(Copied::Map, tr("Copy map"), tr("All of the map with labels, tab-separated, for a spreadsheet"),
        "Ctrl+Alt+C");
    connect(&m_copying, &Copying::told, this,
        [this](const QString& message) { m_window.statusBar()->showMessage(message, 6000); });
    m_window.stack().setContextMenuPolicy(Qt::CustomContextMenu);
    connect(&m_window.stack(), &QWidget::customContextMenuRequested, this, &Tools::showCopyMenu);
}

void Tools::showCopyMenu(const QPoint& place)
{
    if (!m_session.result())
        return;
    auto* menu = new QMenu(&m_window.stack());
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->addActions(m_copyActions);
    for (QAction* action : m_window.actions()) {
        if (action->shortcut() == QKeySequence("Ctrl+Shift+C") || action->shortcut() == QKeySequence("Ctrl+D")
            || action->shortcut() == QKeySequence("Ctrl+E"))
            menu->addAction(action);
    }
    menu->popup(m_window.stack().mapToGlobal(place));
}

void Tools::addPresenting()
{
    QAction* present = m_window.menu().addAction(WindowMenu::Group::View, tr("Present"),
        tr("For a room: large type, nothing but the view, the answer in words"), QKeySequence("F5"));
    present->setCheckable(true);
    connect(present, &QAction::triggered, &m_presenter, &Presenter::toggle);
    connect(&m_presenter, &Presenter::changed, present, &QAction::setChecked);
    QPushButton* button = m_window.topBar().addCommand(
        QStringLiteral("present"), tr("Present"), tr("Large type for a room, nothing but the view (F5)"));
    connect(button, &QPushButton::clicked, &m_presenter, &Presenter::toggle);
}

void Tools::addHelp()
{
    WindowMenu& menu = m_window.menu();
    connect(
        menu.addAction(WindowMenu::Group::Help, tr("Keys"), tr("All keys on one sheet"), QKeySequence("F1")),
        &QAction::triggered, m_keys, &Overlay::open);
    connect(menu.addAction(
                WindowMenu::Group::Help, tr("Show the hints again"), tr("The notes of the first start")),
        &QAction::triggered, m_hints, &FirstHints::showAgain);
}

} // namespace headlight::ui
