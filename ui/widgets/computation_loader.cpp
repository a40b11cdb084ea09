// Implements computation_loader.h.

#include "ui/widgets/computation_loader.h"

#include "core/engine/pass.h"

namespace headlight::ui {
namespace {

/// Numbers a run may keep for all layers together; above that one layer at a time.
constexpr std::int64_t smallNumbers = 16'000'000;
/// Layers kept when they come one by one.
constexpr std::size_t keptLayers = 3;

} // namespace

ComputationLoader::ComputationLoader(QObject* parent)
    : QObject(parent)
{
}

bool ComputationLoader::possible(const AnalysisResult& result, const AttentionSite& site)
{
    return (result.trace && result.trace->computation(site)) || (result.model && result.model->network);
}

StepsRequest ComputationLoader::request(const AnalysisResult& result, const AttentionSite& site)
{
    std::int64_t numbers = 0;
    const std::int64_t width = result.model->network->info().width;
    for (const auto& layer : result.trace->layers())
        numbers += 5 * (layer->queries + layer->keys) * width;
    return numbers <= smallNumbers ? StepsRequest{ true, {} } : StepsRequest{ false, { site.layer } };
}

std::shared_ptr<const LayerComputation> ComputationLoader::find(
    const std::shared_ptr<const AnalysisResult>& result, const AttentionSite& site) const
{
    if (!result || !result->trace)
        return nullptr;
    if (auto own = result->trace->computation(site))
        return own;
    if (result != m_result)
        return nullptr;
    const auto found = std::ranges::find_if(m_kept, [&](const auto& layer) { return layer->site == site; });
    return found == m_kept.end() ? nullptr : *found;
}

void ComputationLoader::want(const std::shared_ptr<const AnalysisResult>& result, const AttentionSite& site)
{
    if (result != m_result)
        forget();
    if (!result || find(result, site) || !possible(*result, site))
        return;
    if (m_job.running() && m_wanted.keeps(site.layer))
        return;
    m_result = result;
    m_wanted = request(*result, site);
    const auto work = [result, steps = m_wanted](const std::stop_token& stop) -> Brought {
        const auto done = bring(*result, steps, JobControl(stop));
        return done ? Brought{ *done, {} } : Brought{ nullptr, done.error().message };
    };
    m_job.start<Brought>(this, work, [this](const Brought& brought) {
        if (!brought.trace) {
            emit failed(QString::fromStdString(brought.error));
            return;
        }
        for (const auto& layer : brought.trace->computations())
            m_kept.push_back(layer);
        while (!m_wanted.all && m_kept.size() > keptLayers * brought.trace->computations().size())
            m_kept.erase(m_kept.begin());
        emit arrived();
    });
}

Expected<std::shared_ptr<const Trace>> ComputationLoader::bring(
    const AnalysisResult& result, const StepsRequest& steps, const JobControl& control)
try {
    PassRequest pass;
    pass.trace.steps = steps;
    if (!steps.all)
        pass.trace.layers = steps.layers;
    HEADLIGHT_TRY(PassResult done, runPass(*result.model->network, result.fed, pass, control));
    return done.trace;
} catch (const Stopped&) {
    return Error{ ErrorKind::Cancelled, {} };
} catch (const std::bad_alloc&) {
    return Error{ ErrorKind::BadInput,
        "There is not enough memory for the steps of this input; try a shorter one." };
}

void ComputationLoader::forget()
{
    m_job.cancel();
    m_kept.clear();
    m_result.reset();
}

} // namespace headlight::ui
