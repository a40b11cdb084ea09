#include "core/engine/generation.h"

#include <numeric>

namespace headlight {
namespace {

void forbid(std::vector<float>& logits, std::span<const std::int64_t> ids)
{
    for (const std::int64_t id : ids)
        if (id >= 0 && id < std::int64_t(logits.size()))
            logits[std::size_t(id)] = -std::numeric_limits<float>::infinity();
}

/// logits → log probabilities, in place.
void logSoftmax(std::vector<float>& logits)
{
    const float top = *std::max_element(logits.begin(), logits.end());
    double sum = 0.0;
    for (const float value : logits)
        sum += std::exp(double(value - top));
    const float shift = top + float(std::log(sum));
    for (float& value : logits)
        value -= shift;
}

/// Indices of the `count` largest, largest first; the lower index wins a tie.
std::vector<std::size_t> largest(std::span<const float> values, std::size_t count)
{
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(-values[a], a) < std::pair(-values[b], b);
    });
    order.resize(count);
    return order;
}

/// One way to go on, and how likely all of it is.
struct Beam {
    std::vector<std::int64_t> ids;
    double logProbability = 0.0;
    double mean() const { return logProbability / double(std::max<std::size_t>(1, ids.size())); }
};

} // namespace

Writer::Writer(const Model& model, const GenerationIds& ids, const GenerationOptions& options, const JobControl& control)
    : m_model(model)
    , m_ids(ids)
    , m_options(options)
    , m_control(control)
    , m_random(options.seed)
{
}

Expected<std::vector<std::int64_t>> Writer::write(
    const ModelInput& prompt, const std::function<std::string(std::span<const std::int64_t>)>& text)
{
    const ModelInfo& info = m_model.info();
    if (!info.writes)
        return Error { ErrorKind::BadInput,
            fmt::format("This model does not write: its task is {}.", displayName(info.task)) };
    HEADLIGHT_TRY_STATUS(m_model.check(prompt));
    const std::int64_t read = std::int64_t(info.pair ? prompt.decoderIds.size() : prompt.ids.size());
    const std::int64_t positions = info.pair ? info.decoderPositions : info.maximumPositions;
    m_most = positions > 0 ? std::min(m_options.newTokens, positions - read) : m_options.newTokens;
    m_text = text;
    return m_options.beams > 1 ? writeBeams(prompt) : writeOne(prompt);
}

ModelInput Writer::next(std::int64_t token) const
{
    ModelInput input;
    (m_model.info().pair ? input.decoderIds : input.ids) = { token };
    return input;
}

std::vector<std::vector<float>> Writer::step(std::span<const ModelInput> fed, KeyValueCache& cache)
{
    const bool first = cache.length() == 0;
    Run run(m_control);
    run.cache = &cache;
    std::int64_t rows = 0;
    for (const ModelInput& input : fed) {
        rows += std::int64_t(m_model.info().pair ? input.decoderIds.size() : input.ids.size());
        run.outputRows.push_back(rows - 1);
    }
    const ModelOutputs outputs = m_model.forward(fed, run);
    cache.advance(rows / std::int64_t(fed.size()));
    const Tensor& logits = outputs.at("logits").value.value();
    std::vector<std::vector<float>> result;
    for (std::int64_t i = 0; i < logits.shape().rows(); ++i) {
        result.emplace_back(logits.row(i).begin(), logits.row(i).end());
        forbid(result.back(), m_ids.suppressed);
        if (first)
            forbid(result.back(), m_ids.suppressedFirst);
    }
    return result;
}

/// The likeliest, or a draw from softmax(logits / temperature) cut to the k likeliest and to a share p.
std::int64_t Writer::choose(std::vector<float> logits)
{
    if (m_options.temperature <= 0.0f)
        return std::int64_t(largest(logits, 1).front());
    for (float& value : logits)
        value /= m_options.temperature;
    const std::size_t kept = m_options.topK > 0 ? std::size_t(m_options.topK) : logits.size();
    const std::vector<std::size_t> order = largest(logits, kept);
    std::vector<float> likely;
    for (const std::size_t i : order)
        likely.push_back(logits[i]);
    kernels::softmaxRow(likely.data(), std::int64_t(likely.size()));
    std::size_t nucleus = 0;
    double share = 0.0;
    while (nucleus < likely.size() && share < double(m_options.topP))
        share += double(likely[nucleus++]);
    nucleus = std::max<std::size_t>(nucleus, 1);
    // A draw that is the same with every standard library.
    double left = double(m_random() >> 11) * 0x1p-53 * std::accumulate(likely.begin(), likely.begin() + std::ptrdiff_t(nucleus), 0.0);
    for (std::size_t i = 0; i + 1 < nucleus; ++i)
        if ((left -= double(likely[i])) < 0.0)
            return std::int64_t(order[i]);
    return std::int64_t(order[nucleus - 1]);
}

bool Writer::ends(std::int64_t token) const
{
    return std::find(m_ids.ends.begin(), m_ids.ends.end(), token) != m_ids.ends.end();
}

bool Writer::ended(std::int64_t written)
{
    if (written >= m_most || (m_options.stop != nullptr && m_options.stop->load()))
        return true;
    m_control.report(double(written) / double(std::max<std::int64_t>(m_most, 1)), fmt::format("writing, token {} of {}", written + 1, m_most));
    return false;
}

void Writer::tell(std::span<const std::int64_t> written)
{
    if (m_options.written)
        m_options.written(m_text(written));
}

std::vector<std::int64_t> Writer::writeOne(const ModelInput& prompt)
{
    KeyValueCache cache;
    std::vector<std::int64_t> written;
    ModelInput fed = prompt;
    while (!ended(std::int64_t(written.size()))) {
        written.push_back(choose(std::move(step({ &fed, 1 }, cache).front())));
        tell(written);
        if (ends(written.back()))
            break;
        fed = next(written.back());
    }
    return written;
}

/// Beam search: the n likeliest beginnings go on side by side; what has ended is ranked by its mean log probability.
/// Source: Sutskever et al. 2014, §3.2; the length normalisation is Wu et al. 2016's with exponent 1.
std::vector<std::int64_t> Writer::writeBeams(const ModelInput& prompt)
{
    const auto width = std::size_t(m_options.beams);
    KeyValueCache cache;
    std::vector<Beam> beams(1), finished;
    std::vector<ModelInput> fed { prompt };
    for (std::int64_t length = 0; !beams.empty() && !ended(length); ++length) {
        std::vector<std::vector<float>> rows = step(fed, cache);
        std::vector<float> scores;
        for (std::size_t b = 0; b < beams.size(); ++b) {
            logSoftmax(rows[b]);
            for (const float value : rows[b])
                scores.push_back(float(beams[b].logProbability) + value);
        }
        const std::size_t vocabulary = rows.front().size();
        std::vector<Beam> goingOn;
        std::vector<std::size_t> parents;
        for (const std::size_t candidate : largest(scores, 2 * width)) {
            Beam beam = beams[candidate / vocabulary];
            beam.ids.push_back(std::int64_t(candidate % vocabulary));
            beam.logProbability = double(scores[candidate]);
            if (ends(beam.ids.back())) {
                finished.push_back(std::move(beam));
            } else if (goingOn.size() < width) {
                goingOn.push_back(std::move(beam));
                parents.push_back(candidate / vocabulary);
            }
        }
        beams = std::move(goingOn);
        const auto best = [](const Beam& a, const Beam& b) { return a.mean() < b.mean(); };
        // No beam can overtake: its score only falls.
        if (finished.size() >= width && !beams.empty()
            && std::max_element(finished.begin(), finished.end(), best)->mean() >= beams.front().logProbability / double(m_most))
            break;
        cache.select(parents);
        fed.clear();
        for (const Beam& beam : beams)
            fed.push_back(next(beam.ids.back()));
        if (!beams.empty())
            tell(beams.front().ids);
    }
    finished.insert(finished.end(), beams.begin(), beams.end());
    const auto best = std::max_element(finished.begin(), finished.end(), [](const Beam& a, const Beam& b) { return a.mean() < b.mean(); });
    if (best == finished.end())
        return {};
    tell(best->ids);
    return best->ids;
}

} // namespace headlight
