#pragma once
// Brings the computation of a layer when a result does not hold it: the network is run once more on what it
// was fed, on a worker. The newest wish wins; what was brought is kept while the same result is shown.

#include "core/engine/analysis.h"
#include "ui/widgets/async_job.h"

#include <QObject>
#include <QString>

namespace headlight::ui {

class ComputationLoader : public QObject {
    Q_OBJECT
public:
    explicit ComputationLoader(QObject* parent = nullptr);

    /// Whether it can be had at all: the result holds it, or has a model that can run again.
    static bool possible(const AnalysisResult& result, const AttentionSite& site);
    /// Of the result itself, or brought before; null: it has to be wanted.
    std::shared_ptr<const LayerComputation> find(
        const std::shared_ptr<const AnalysisResult>& result, const AttentionSite& site) const;
    /// Fetches it, unless it is there or on its way: all layers of a small input at once, so that a switch of
    /// layers is instant. A wish for another result ends the one before.
    void want(const std::shared_ptr<const AnalysisResult>& result, const AttentionSite& site);
    /// What was brought is let go; what is on its way is stopped.
    void forget();
    bool loading() const { return m_job.running(); }

    /// The network once more on what it was fed, keeping these layers; what `want` does, for callers with a
    /// thread of their own. Errors: as Engine::run.
    static Expected<std::shared_ptr<const Trace>> bring(
        const AnalysisResult& result, const StepsRequest& steps, const JobControl& control);
    /// Whose layers a run of this size keeps: all, or the one.
    static StepsRequest request(const AnalysisResult& result, const AttentionSite& site);

signals:
    void arrived();
    void failed(const QString& message);

private:
    struct Brought {
        std::shared_ptr<const Trace> trace;
        std::string error;
    };

    std::shared_ptr<const AnalysisResult> m_result; ///< what is kept belongs to
    std::vector<std::shared_ptr<const LayerComputation>> m_kept; ///< newest last
    StepsRequest m_wanted;
    AsyncJob m_job;
};

} // namespace headlight::ui
