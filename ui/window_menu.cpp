// Implements window_menu.h. Every action is added to the window too, so that its shortcut works while the
// menu is shut.

#include "ui/window_menu.h"

#include "ui/style/icon.h"

namespace headlight::ui {

WindowMenu::WindowMenu(QMainWindow& window)
    : QObject(&window)
    , m_window(window)
    , m_menu(new QMenu(&window))
    , m_file(m_menu->addMenu(tr("File")))
    , m_edit(m_menu->addMenu(tr("Edit")))
    , m_view(m_menu->addMenu(tr("View")))
    , m_help(m_menu->addMenu(tr("Help")))
{
    for (QMenu* menu : { m_menu, m_file, m_edit, m_view, m_help })
        menu->setToolTipsVisible(true);
    fillFile(m_file);
    fillEdit(m_edit);
    m_tabsEnd = m_view->addSeparator();
    m_docksEnd = m_view->addSeparator();
    bind(add(m_view, tr("Restore panels"), tr("Put all panels back where they were at first"), {}),
        &WindowMenu::resetLayout);
    bind(add(m_view, tr("Light or dark"), tr("Switch between the light and the dark theme"),
             QKeySequence("Ctrl+Shift+D")),
        &WindowMenu::toggleTheme);
    bind(add(m_help, tr("About Headlight"), tr("Version and licence"), {}), &WindowMenu::about)
        ->setIcon(icon(QStringLiteral("info")));
}

void WindowMenu::fillFile(QMenu* file)
{
    bind(add(file, tr("Open folder…"), tr("Open a model: a folder with config.json"), QKeySequence::Open),
        &WindowMenu::openFolder)
        ->setIcon(icon(QStringLiteral("folder")));
    bind(add(file, tr("Open model file…"), tr("Open a model: a .safetensors, .bin or .gguf file"),
             QKeySequence("Ctrl+Alt+O")),
        &WindowMenu::openModelFile)
        ->setIcon(icon(QStringLiteral("folder")));
    bind(add(file, tr("Open picture, sound or text…"), tr("Open an input from a file"),
             QKeySequence("Ctrl+Shift+O")),
        &WindowMenu::openFile)
        ->setIcon(icon(QStringLiteral("picture")));
    file->addSeparator();
    m_export = bind(
        add(file, tr("Export…"), tr("Save the view as a figure, or its numbers"), QKeySequence("Ctrl+E")),
        &WindowMenu::exportView);
    m_export->setIcon(icon(QStringLiteral("export")));
    m_filePartsEnd = file->addSeparator();
    connect(add(file, tr("Quit"), tr("Close the window"), QKeySequence::Quit), &QAction::triggered, &m_window,
        &QWidget::close);
}

void WindowMenu::fillEdit(QMenu* edit)
{
    bind(add(edit, tr("Paste"), tr("Take a picture, file or text from the clipboard as input"),
             QKeySequence::Paste),
        &WindowMenu::paste)
        ->setIcon(icon(QStringLiteral("paste")));
    bind(add(edit, tr("Copy picture"), tr("Put the view into the clipboard as a picture"),
             QKeySequence("Ctrl+Shift+C")),
        &WindowMenu::copyPicture)
        ->setIcon(icon(QStringLiteral("copy")));
    bind(add(edit, tr("Copy the selection's numbers"),
             tr("Put the exact numbers of the selection into the clipboard"), QKeySequence("Ctrl+Shift+N")),
        &WindowMenu::copyNumbers);
}

QAction* WindowMenu::addAction(
    Group group, const QString& title, const QString& toolTip, const QKeySequence& key)
{
    QMenu* const menus[]{ m_file, m_edit, m_view, m_help };
    QMenu* menu = menus[int(group)];
    QAction* action = add(menu, title, toolTip, key);
    if (group == Group::File) { // what ends the window stays last
        menu->removeAction(action);
        menu->insertAction(m_filePartsEnd, action);
    }
    return action;
}

QAction* WindowMenu::addFirst(Group group, const QString& title, const QString& toolTip)
{
    QAction* action = addAction(group, title, toolTip, {});
    QMenu* const menus[]{ m_file, m_edit, m_view, m_help };
    QMenu* menu = menus[int(group)];
    menu->removeAction(action);
    menu->insertAction(menu->actions().value(0), action);
    return action;
}

QAction* WindowMenu::bind(QAction* action, void (WindowMenu::*signal)())
{
    connect(action, &QAction::triggered, this, signal);
    return action;
}

QAction* WindowMenu::add(QMenu* menu, const QString& title, const QString& toolTip, const QKeySequence& key)
{
    QAction* action = menu->addAction(title);
    action->setToolTip(toolTip);
    action->setShortcut(key);
    m_window.addAction(action);
    return action;
}

QList<QAction*> WindowMenu::commands() const
{
    QList<QAction*> all;
    for (const QMenu* menu : { m_file, m_edit, m_view, m_help }) {
        for (QAction* action : menu->actions()) {
            if (!action->isSeparator() && !action->menu())
                all << action;
        }
    }
    for (QAction* action : m_window.actions()) {
        if (!all.contains(action))
            all << action;
    }
    return all;
}

void WindowMenu::addTab(const QString& id, const QString& title)
{
    auto* action = new QAction(title, m_view);
    action->setToolTip(tr("Show the view %1").arg(title));
    if (++m_tabs <= 9)
        action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(m_tabs)));
    m_view->insertAction(m_tabsEnd, action);
    m_window.addAction(action);
    connect(action, &QAction::triggered, this, [this, id] { emit tabChosen(id); });
}

void WindowMenu::addDock(QAction* toggle)
{
    toggle->setToolTip(tr("Show or hide this panel"));
    m_view->insertAction(m_docksEnd, toggle);
}

void WindowMenu::setExportEnabled(bool enabled)
{
    m_export->setEnabled(enabled);
}

} // namespace headlight::ui
