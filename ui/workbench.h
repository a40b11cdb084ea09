#pragma once
// The whole window as a person gets it: the frame, and the parts around it that the frame does not know. Each
// part is one member, made after what it needs; it adds its own actions to the menu of the window.

#include "ui/export/exporter.h"
#include "ui/main_window.h"
#include "ui/session/history.h"
#include "ui/session/pins.h"
#include "ui/shell/autosave.h"
#include "ui/shell/findings.h"
#include "ui/shell/history_actions.h"
#include "ui/shell/missing_model.h"
#include "ui/shell/compare_actions.h"
#include "ui/shell/pins_panel.h"
#include "ui/shell/session_files.h"
#include "ui/shell/settings_keeper.h"
#include "ui/tools.h"

namespace headlight::ui {

class RecoveryBar;

class Workbench {
public:
    /// `session` must outlive it. Call applyTheme first.
    explicit Workbench(Session& session);
    ~Workbench();

    MainWindow& window() { return m_window; }
    History& history() { return m_history; }
    Pins& pins() { return m_pins; }
    SessionFiles& files() { return m_files; }
    Autosave& autosave() { return m_autosave; }
    SettingsKeeper& settings() { return m_settings; }
    Findings& findings() { return m_findings; }
    Tools& tools() { return m_tools; }
    PinsPanel& pinsPanel() { return *m_pinsPanel; }

private:
    void keepSafe(Session& session);

    MainWindow m_window;
    Exporter m_exporter;
    MissingModel m_missingModel;
    QAction *m_redo, *m_undo; ///< above all else of the menu Edit, Undo first
    History m_history;
    HistoryActions m_historyActions;
    CompareActions m_compare;
    Pins m_pins;
    SessionFiles m_files;
    Autosave m_autosave;
    SettingsKeeper m_settings;
    PinsPanel* m_pinsPanel;
    Findings m_findings;
    Tools m_tools;
};

} // namespace headlight::ui
