#pragma once
// The single truth of the window: model, input, result, selection, display. Views read it and ask it to change; it asks
// the engine thread. Lives on the GUI thread.

#include "core/engine/analysis.h"
#include "ui/session/display_settings.h"
#include "ui/session/selection.h"

#include <QObject>
#include <memory>

namespace headlight {
class Engine;
}

namespace headlight::ui {

class EngineThread;

/// What the window is busy with, for the status bar.
struct Activity {
    bool running = false;
    double fraction = 0; ///< 0..1
    QString phase;
};

class Session : public QObject {
    Q_OBJECT
public:
    /// `engine` must outlive the session.
    explicit Session(const Engine& engine, QObject* parent = nullptr);
    ~Session() override;

    const Engine& engine() const { return m_engine; }
    const std::shared_ptr<const OpenModel>& model() const { return m_model; }
    /// The newest finished result, or null. Stays while a newer one is computed.
    const std::shared_ptr<const AnalysisResult>& result() const { return m_result; }
    const Selection& selection() const { return m_selection; }
    const Hover& hover() const { return m_hover; }
    const DisplaySettings& display() const { return m_display; }
    const Activity& activity() const { return m_activity; }
    /// The text as typed, the pair, or the picture; what the last request held.
    const AnalysisInput& input() const { return m_input; }

    /// All of these return at once; results arrive by signal. The newest request wins, a running one is stopped.
    void openModel(const QString& reference);
    void setInput(AnalysisInput input);
    /// Reads the picture on the engine thread, then runs it.
    void openImage(const QString& path);
    void setCutToFit(bool cut);
    void cancel();

    void setSelection(const Selection& selection);
    void setHover(const Hover& hover);
    void setDisplay(const DisplaySettings& display);

    /// The chosen heads of the chosen layer; empty while there is no result.
    AttentionMap selectedMap() const;
    /// The colour bar's top for a map under the current normalisation (Row: the row's own, see `rowTop`).
    float top(const AttentionMap& map) const;

signals:
    void modelChanged();
    void inputChanged();
    void resultChanged();
    void selectionChanged();
    void hoverChanged();
    void displayChanged();
    void activityChanged();
    /// A sentence for the error bar; `offersCut` when cutting the text would help.
    void failed(const QString& message, bool offersCut);
    /// The last failure no longer holds.
    void recovered();

private:
    const Engine& m_engine;
    std::unique_ptr<EngineThread> m_thread;
    std::shared_ptr<const OpenModel> m_model;
    std::shared_ptr<const AnalysisResult> m_result;
    AnalysisInput m_input;
    Selection m_selection;
    Hover m_hover;
    DisplaySettings m_display;
    Activity m_activity;
    bool m_cutToFit = false;
};

} // namespace headlight::ui
