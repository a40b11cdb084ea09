#pragma once
// The other side of a comparison: what the shown head is held against. What it is (a kept run, another head
// of the same run, a text of its own) stands in the options of the view "compare", so that undo and session
// files know it; the results behind it are kept or made again here. Lives on the GUI thread.

#include "core/base/expected.h"
#include "core/base/job_control.h"
#include "core/engine/analysis.h"
#include "ui/session/selection.h"

#include <QObject>
#include <QString>
#include <QVariantMap>

#include <stop_token>

namespace headlight {
class Engine;
}

namespace headlight::ui {

class EngineThread;
class Session;

/// One side of a comparison, as a value that figures can draw.
struct ComparedSide {
    std::shared_ptr<const AnalysisResult> result;
    Selection selection; ///< site, layer and heads; no tokens
    QString origin; ///< "kept run", "same run", "own text"
    friend bool operator==(const ComparedSide&, const ComparedSide&) = default;
};

enum class Against { Nothing, Kept, SameRun, Text };

class Comparison : public QObject {
    Q_OBJECT
public:
    /// Both must outlive it.
    Comparison(Session& session, EngineThread& thread);
    ~Comparison() override;

    /// The view whose options hold what is compared with. "against": "kept", "run" or "text"; "follow": the
    /// layer and heads of A; else "site", "layer", "heads", "join"; "text" and "pair" of an own or kept text;
    /// "model" and "kept" of a kept run.
    static constexpr const char* view = "compare";

    Against against() const;
    /// Null while there is nothing to compare with, or not yet.
    const std::shared_ptr<const ComparedSide>& side() const { return m_side; }
    bool running() const { return m_running; }
    /// Of the run, 0..1.
    double progress() const { return m_progress; }
    /// The run ends; the side stays what it was before.
    void cancel();
    /// Why the other side could not be made, in one sentence; empty when it could.
    const QString& failure() const { return m_failure; }
    /// Layer and heads are those of A.
    bool follows() const;
    /// Of the other side, where it is a text.
    QString text() const;
    /// Whether the model that is open can be given a text of B's own, beside what else it takes.
    bool takesText() const;

    /// The current result and selection become the other side, and stay while everything else changes.
    void keep();
    /// Another head of the newest run: the next one, or that of the next layer.
    void compareWithAnotherHead();
    /// Runs on the open model, whichever that is; the newest text wins. Begins with the layer and heads of A.
    void setText(const QString& text);
    /// Other layer and heads; what is compared stays.
    void choose(const Selection& selection);
    void setFollows(bool follows);
    /// A becomes B and B becomes A: selection, input and model.
    void swap();
    void clear();

    /// Kept runs that can be returned to.
    static constexpr std::size_t mostKept = 4;

signals:
    void changed();
    /// The run of B went on, at most some thirty times a second.
    void progressed();

private:
    struct Kept {
        QString id;
        std::shared_ptr<const AnalysisResult> result;
        AnalysisInput input;
    };
    /// A run that must be made: a text on the open model, or a kept one whose result is gone.
    struct Wanted {
        QString reference; ///< of the model; empty: `model`
        std::shared_ptr<const OpenModel> model;
        QString text;
        std::optional<QString> pair;
        /// What B is given as A is: the picture beside a text, the turns of a conversation that its text ends, the
        /// decoder's text or how it is written.
        std::optional<Image> picture = {};
        std::optional<TurnsInput> turns = {};
        std::optional<std::string> target = {};
        std::optional<GenerationOptions> generation = {};
        bool operator==(const Wanted& other) const;
    };
    Wanted wantedText(const QString& text, const std::optional<QString>& pair) const;

    static AnalysisRequest requestFor(const Wanted& wanted);
    void refresh();
    std::shared_ptr<const AnalysisResult> resultNow();
    const Kept* keptNow() const;
    Selection selectionIn(const AnalysisResult& result) const;
    std::shared_ptr<const AnalysisResult> ranOn(Wanted wanted);
    void run();
    static Expected<std::shared_ptr<const AnalysisResult>> ran(
        const Engine& engine, const Wanted& wanted, AnalysisRequest request, const JobControl& job);
    void arrived(const Expected<std::shared_ptr<const AnalysisResult>>& result);
    void stop();
    JobControl control(const std::stop_token& token);
    QVariantMap options() const;
    void setOptions(const QVariantMap& options);
    void remember(const QString& id);
    QVariantMap keptOptions();
    void swapTexts();
    void swapRuns(const ComparedSide& other);

    Session& m_session;
    EngineThread& m_thread;
    std::shared_ptr<const ComparedSide> m_side;
    std::vector<Kept> m_kept; ///< the newest last
    std::optional<Wanted> m_wanted;
    std::shared_ptr<const AnalysisResult> m_ran; ///< of m_wanted, or of what was wanted before while it runs
    std::stop_source m_stop;
    bool m_running = false, m_sessionBusy = false;
    double m_progress = 0;
    QString m_failure, m_runFailure;
};

} // namespace headlight::ui
