#pragma once
// The menu of the window and its shortcuts: File, Edit, View, Help.

#include <QObject>

class QAction;
class QMainWindow;
class QMenu;

namespace headlight::ui {

class WindowMenu : public QObject {
    Q_OBJECT
public:
    explicit WindowMenu(QMainWindow& window);
    QMenu* menu() const { return m_menu; }
    enum class Group { File, Edit, View, Help };
    /// One more action, for a part of the window that is not wired here. Its shortcut works while the menu is
    /// shut; the title stands in the menu, the tool tip in the palette and the sheet of shortcuts too.
    QAction* addAction(
        Group group, const QString& title, const QString& toolTip, const QKeySequence& key = {});
    /// The same at the top of the menu.
    QAction* addFirst(Group group, const QString& title, const QString& toolTip);
    /// Adds the tabs (Ctrl+1 ...) and what shows and hides a dock, in the order they are given.
    void addTab(const QString& id, const QString& title);
    void addDock(QAction* toggle);
    void setExportEnabled(bool enabled);
    /// Everything that can be asked for, in the order of the menus.
    QList<QAction*> commands() const;

signals:
    void openFolder();
    void openModelFile();
    void openFile();
    void paste();
    void exportView();
    void copyPicture();
    void copyNumbers();
    void tabChosen(const QString& id);
    void resetLayout();
    void toggleTheme();
    void about();

private:
    void fillFile(QMenu* file);
    void fillEdit(QMenu* edit);
    QAction* bind(QAction* action, void (WindowMenu::*signal)());
    QAction* add(QMenu* menu, const QString& title, const QString& toolTip, const QKeySequence& key);

    QMainWindow& m_window;
    QMenu *m_menu, *m_file, *m_edit, *m_view, *m_help;
    QAction *m_export = nullptr, *m_tabsEnd = nullptr, *m_docksEnd = nullptr, *m_filePartsEnd = nullptr;
    int m_tabs = 0;
};

} // namespace headlight::ui
