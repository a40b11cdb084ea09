#pragma once
// The single truth of the window: model, input, result, selection, display. Views read it and ask it to
// change; it asks the engine thread. Lives on the GUI thread.

#include "core/engine/analysis.h"
#include "core/engine/catalogue.h"
#include "ui/session/display_settings.h"
#include "ui/session/kept_inputs.h"
#include "ui/session/selection.h"

#include <QObject>
#include <QMap>
#include <QStringList>
#include <QVariantMap>
#include <memory>

namespace headlight {
class Engine;
}

namespace headlight::ui {

class Comparison;
class EngineThread;
class Library;
struct Dropped;
struct SessionState;

/// What the window is busy with, for the status bar.
struct Activity {
    bool running = false;
    double fraction = 0; ///< 0..1
    QString phase;
    friend bool operator==(const Activity&, const Activity&) = default;
};

class Session : public QObject {
    Q_OBJECT
public:
    /// `engine` must outlive the session.
    explicit Session(const Engine& engine, QObject* parent = nullptr);
    ~Session() override;

    const Engine& engine() const { return m_engine; }
    /// For small things that must not be lost; runs are asked for below.
    EngineThread& thread() const { return *m_thread; }
    /// What can be opened: bundled, recent, in the cache.
    Library& library() const { return *m_library; }
    /// What the shown head is held against.
    Comparison& comparison() const { return *m_comparison; }
    const std::shared_ptr<const OpenModel>& model() const { return m_model; }
    /// Something to try on the model.
    const std::vector<Example>& examples() const { return m_examples; }
    /// Which of them is the input, if one is.
    std::optional<std::size_t> example() const { return m_example; }
    /// The newest result, or null. Stays while a newer one is computed, until that has the layer that is looked at
    /// (`complete` is unset while the others are still on their way), and when it fails.
    const std::shared_ptr<const AnalysisResult>& result() const { return m_result; }
    const Selection& selection() const { return m_selection; }
    const Hover& hover() const { return m_hover; }
    const DisplaySettings& display() const { return m_display; }
    const Activity& activity() const { return m_activity; }
    /// What belongs to one view alone (a threshold, the order of the grid, a zoom), by the view's id and the
    /// names its figure documents. Kept here so that undo, session files and exports know it.
    QVariantMap viewOptions(const QString& view) const { return m_viewOptions.value(view); }
    /// The view that is shown, by its id; empty until there is one.
    const QString& view() const { return m_view; }
    /// The text as typed, the pair, the ids or the picture; what the last request held.
    const AnalysisInput& input() const { return m_given ? *m_given : m_nothing; }
    /// What a person typed for the decoder of a pair; none: it gets what the model writes.
    const std::optional<std::string>& target() const { return m_target; }
    /// How the model writes when it is asked to.
    const GenerationOptions& generation() const { return m_generation; }
    /// From generate() until its text is complete.
    bool writing() const { return m_stopWriting != nullptr; }

    /// All that a person set. While a state is being restored, that one, with what was changed since.
    SessionState state() const;
    /// Goes to a state: opens its model if another is open, runs its input, then chooses what was chosen, as
    /// far as it exists. Returns at once; what runs is stopped. A model that cannot be opened is asked for
    /// (`modelMissing`), and the next one that is opened gets the rest.
    void restore(const SessionState& state);
    /// While a model or result arrives: what changes now is the program's doing, not a person's.
    bool settling() const { return m_settling; }

    /// All of these return at once; results arrive by signal. The newest request wins, a running one is
    /// stopped. A new model runs on the input there was, or on its first example.
    void openModel(const QString& reference);
    void setInput(AnalysisInput input);
    /// Lets the model write on, as generation() says; `written` tells the text as it grows, and the result
    /// that follows has maps over all of it. Pairs without a target write by themselves whenever they run.
    void generate();
    /// Ends writing; what is written so far stays and gets its maps.
    void endWriting();
    void setGeneration(const GenerationOptions& options);
    /// Feeds the decoder of a pair; none: the model writes again.
    void setTarget(const std::optional<std::string>& target);
    /// Reads the picture on the engine thread, then runs it.
    void openImage(const QString& path);
    /// What was dropped on the window or named on the command line: model folders and files, a picture, a
    /// text file. A picture without an image model opens the bundled one for pictures, a text likewise.
    void openPaths(const QStringList& paths);
    /// The turn of a conversation that the next picture goes to, instead of what the user said last.
    void setPictureTurn(std::size_t turn) { m_pictureTurn = turn; }
    /// The same for a picture or text that was pasted or dropped as such.
    void openPicture(const Image& picture);
    void openText(const QString& text);
    void openExample(std::size_t index);
    void setCutToFit(bool cut);
    void cancel();

    /// Shows a result that this session did not ask for: an imported one, or one that was kept.
    void setResult(const std::shared_ptr<const AnalysisResult>& result) { resultArrived(result); }
    void setSelection(const Selection& selection);
    void setHover(const Hover& hover);
    void setDisplay(const DisplaySettings& display);
    void setView(const QString& id);
    void setViewOption(const QString& view, const QString& name, const QVariant& value);
    void setViewOptions(const QString& view, const QVariantMap& options);
    /// Layers whose computation every run keeps from now on, while a view shows it.
    void setSteps(const StepsRequest& steps) { m_steps = steps; }

    /// The chosen heads of the chosen layer; empty while there is no result.
    AttentionMap selectedMap() const;
    /// The colour bar's top for a map under the current normalisation (Row: the head's; rows have `rowTop`).
    float top(const AttentionMap& map) const;

    /// Asked on the engine's thread before each run: how many bytes it may take; 0: no limit.
    void setMemoryLimit(std::function<std::uint64_t()> limit) { m_memoryLimit = std::move(limit); }

    /// What every run multiplies in from now on; an input that is shown is run again.
    void setCompute(Compute compute);
    /// How far runs of the open model are from f32, as its first one was measured; none in f32.
    const std::optional<ComputeError>& computeError() const { return m_computeError; }
    /// How long a run may take before the layers that are done are shown, and between showing more of them.
    void setPatience(std::chrono::milliseconds patience) { m_patience = patience; }

    static constexpr const char* firstModel = "sentiment";
    static constexpr const char* firstImageModel = "shapes";

signals:
    void modelChanged();
    void inputChanged();
    void resultChanged();
    void selectionChanged();
    void hoverChanged();
    void displayChanged();
    void viewChanged();
    void viewOptionsChanged(const QString& view);
    void generationChanged();
    /// A result has arrived and everybody has taken it, a model without anything to run, or a state is
    /// restored or turned out not to be possible.
    void settled();
    void activityChanged();
    void writingChanged();
    void written(const QString& text);
    /// A sentence for the error bar; `offersCut` when cutting the text would help.
    void failed(const QString& message, bool offersCut);
    /// The last failure no longer holds.
    void recovered();
    /// The model of a state that is being restored cannot be opened; all else of the state is here.
    void modelMissing(const QString& reference, const headlight::Error& error);
    /// Somebody dropped or named a session file.
    void sessionOffered(const QString& path);

private:
    struct Opened;
    void modelArrived(const Opened& opened);
    void resultArrived(const std::shared_ptr<const AnalysisResult>& result);
    void partialArrived(std::uint64_t run, const std::shared_ptr<const AnalysisResult>& result);
    /// Shows a result, whole or not, with what is chosen in it.
    void show(const std::shared_ptr<const AnalysisResult>& result, const Selection& selection);
    /// Whether a person has not yet chosen anything in what there is to see of this model.
    bool choosesAnew(const AnalysisResult& result) const;
    void dropPartial();
    void showFailure(const Error& error);
    void open(const QString& reference);
    SessionState ownState() const;
    void goOnRestoring();
    void finishRestoring();
    void modelIsMissing(const Error& error);
    void replaceRestored(void (*change)(SessionState& wanted, const Session& session));
    void runOnModel();
    void takeInput(AnalysisInput input);
    void readPaths(const QStringList& paths);
    void pathsArrived(const Dropped& dropped);
    enum class Writing { AsUsual, Asked };
    void runInput(Writing writing = Writing::AsUsual);
    GenerationOptions startWriting();
    void stopListening();
    void setActivity(const Activity& activity);
    void settle();
    bool takesDropped(const Dropped& dropped) const;
    void runDropped(const Dropped& dropped);

    const Engine& m_engine;
    std::unique_ptr<EngineThread> m_thread;
    std::unique_ptr<Library> m_library;
    std::shared_ptr<const OpenModel> m_model;
    std::vector<Example> m_examples;
    std::optional<std::size_t> m_example, m_pictureTurn;
    std::shared_ptr<const AnalysisResult> m_result;
    std::shared_ptr<const AnalysisResult> m_lastComplete; ///< comes back when a run ends before its last layer
    std::optional<Selection> m_firstLook; ///< what the program chose in a result that is still growing
    std::chrono::milliseconds m_patience { 150 };
    Compute m_compute = Compute::Float32;
    std::optional<ComputeError> m_computeError;
    std::uint64_t m_run = 0; ///< counts requests, so that layers of an older one are known
    std::shared_ptr<const AnalysisInput> m_given; ///< shared with the states that were taken; null: none yet
    AnalysisInput m_nothing;
    KeptInputs m_kept;
    std::optional<std::string> m_textCame; ///< together with the model being opened
    Selection m_selection;
    Hover m_hover;
    DisplaySettings m_display;
    QMap<QString, QVariantMap> m_viewOptions;
    std::function<std::uint64_t()> m_memoryLimit = [] { return std::uint64_t(0); };
    Activity m_activity;
    StepsRequest m_steps;
    std::optional<std::string> m_target;
    GenerationOptions m_generation;
    std::shared_ptr<std::atomic<bool>> m_stopWriting; ///< null while nothing is written
    QString m_reference; ///< how the open model is opened again
    QString m_wanted; ///< the model being opened
    QString m_view;
    QString m_attention; ///< the file of the result, when that is imported
    std::unique_ptr<SessionState> m_restoring; ///< null while no state is on its way
    bool m_modelMissing = false; ///< the one of m_restoring
    bool m_upToDate = false; ///< the result is of what is set now
    bool m_settling = false;
    bool m_opening = false; ///< a model or file is on its way; inputs wait for it
    bool m_cutToFit = false;
    bool m_failed = false;
    std::unique_ptr<Comparison> m_comparison; ///< last: ends before what it uses
};

} // namespace headlight::ui
