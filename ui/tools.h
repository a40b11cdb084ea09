#pragma once
// What serves every view alike: the palette of commands, the sheet of keys, finding tokens, copying,
// presenting, the hints of the first minutes. Puts their actions into the menu of the window.

#include "ui/shell/command_palette.h"
#include "ui/shell/copying.h"
#include "ui/shell/find_bar.h"
#include "ui/shell/first_hints.h"
#include "ui/shell/presenter.h"
#include "ui/shell/shortcut_sheet.h"

namespace headlight::ui {

class MainWindow;

class Tools : public QObject {
    Q_OBJECT
public:
    Tools(Session& session, MainWindow& window);

    CommandPalette& palette() { return *m_palette; }
    ShortcutSheet& keys() { return *m_keys; }
    FindBar& findBar() { return *m_find; }
    Presenter& presenter() { return m_presenter; }
    FirstHints& hints() { return *m_hints; }

private:
    void addFinding();
    void addCopying();
    void addPresenting();
    void addHelp();
    void showCopyMenu(const QPoint& place);
    void connectHints();

    Session& m_session;
    MainWindow& m_window;
    CommandPalette* m_palette;
    ShortcutSheet* m_keys;
    FindBar* m_find;
    Copying m_copying;
    FirstHints* m_hints;
    Presenter m_presenter;
    QList<QAction*> m_copyActions;
};

} // namespace headlight::ui
