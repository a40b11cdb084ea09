#pragma once
// What the settings mean: puts them into effect at the start and at every change, and opens their dialog.

#include "ui/shell/appearance.h"
#include "ui/shell/settings_dialog.h"

#include <QPointer>

namespace headlight::ui {

class Session;

class SettingsKeeper : public QObject {
    Q_OBJECT
public:
    /// `apply` puts a theme on `window`; `open` is the action that opens the dialog.
    SettingsKeeper(Session& session, QWidget& window, std::function<void(ThemeKind)> apply, QAction& open);

    void showDialog();
    /// A person switched by a button.
    void themeChosen(ThemeKind kind);
    SettingsDialog* dialog() const { return m_dialog; }
    Appearance& appearance() { return m_appearance; }

private:
    void take(const Settings& settings);
    void putIntoEffect();

    Session& m_session;
    QWidget& m_window;
    Settings m_settings;
    Appearance m_appearance;
    QPointer<SettingsDialog> m_dialog;
};

} // namespace headlight::ui
