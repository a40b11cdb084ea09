#include "core/explain/rollout.h"

#include "core/tensor/matrix.h"

namespace headlight {
namespace {

/// Rows read at a time: bounds the memory at any length.
constexpr std::int64_t bandRows = 256;

/// Keeps the most valuable edges of a stream.
class EdgeHeap {
public:
    explicit EdgeHeap(std::size_t most)
        : m_most(most)
    {
    }
    void add(const MixingEdge& edge)
    {
        if (m_most == 0 || !(edge.value > m_floor))
            return;
        m_edges.push_back(edge);
        if (m_edges.size() >= 2 * m_most + 64)
            trim();
    }
    std::vector<MixingEdge> best()
    {
        trim();
        std::ranges::sort(m_edges, before);
        return std::move(m_edges);
    }

private:
    /// By value; ties in the order of the tokens, so that the same map gives the same picture.
    static bool before(const MixingEdge& a, const MixingEdge& b)
    {
        if (a.value != b.value)
            return a.value > b.value;
        return std::pair(a.from, a.to) < std::pair(b.from, b.to);
    }
    void trim()
    {
        if (m_edges.size() <= m_most)
            return;
        const auto end = m_edges.begin() + std::ptrdiff_t(m_most);
        std::nth_element(m_edges.begin(), end - 1, m_edges.end(), before);
        m_edges.erase(end, m_edges.end());
        m_floor = m_edges.back().value * (1 - 1e-15); // ties with the last one still compete
    }

    std::size_t m_most;
    double m_floor = 0;
    std::vector<MixingEdge> m_edges;
};

/// Calls row(from, weights) for every row of the step that has a share.
template <typename Row>
void forEachRow(const MixingStep& step, std::span<const double> shares, const HeadMixing& heads,
    const JobControl& control, double progress, Row row)
{
    const auto count = std::int64_t(shares.size()), keys = step.layer->keys;
    const std::string phase = fmt::format("following layer {}", step.layer->site.layer);
    std::int64_t next = 0;
    while (true) {
        while (next < count && shares[std::size_t(next)] == 0.0)
            ++next;
        if (next == count)
            return;
        std::int64_t last = next + 1;
        for (std::int64_t i = last; i < std::min(next + bandRows, count); ++i)
            if (shares[std::size_t(i)] != 0.0)
                last = i + 1;
        control.report(progress, phase);
        const std::vector<double> rows = mixedRows(step, heads, next, last);
        for (std::int64_t i = next; i < last; ++i)
            if (shares[std::size_t(i)] != 0.0)
                row(int(i), std::span(rows.data() + (i - next) * keys, std::size_t(keys)));
        next = last;
    }
}

/// Walks down the graph; `share` says what a level has when its steps are read, `row` takes each row.
template <typename Share, typename Row>
std::vector<MixingEdge> walk(const MixingGraph& graph, int level, const HeadMixing& heads,
    std::size_t edgesPerStep, const JobControl& control, Share share, Row row)
{
    std::vector<MixingEdge> edges;
    for (std::size_t i = 0; i < graph.steps.size(); ++i) {
        const MixingStep& step = graph.steps[i];
        if (step.upper > level)
            continue;
        EdgeHeap kept(edgesPerStep);
        const std::span<const double> upper = share(step.upper);
        forEachRow(step, upper, heads, control, double(i) / double(graph.steps.size()),
            [&](int from, std::span<const double> weights) {
                const double whole = upper[std::size_t(from)];
                row(step.lower, whole, weights);
                for (std::size_t to = 0; to < weights.size(); ++to)
                    kept.add({ int(i), from, int(to), weights[to], whole * weights[to] });
            });
        const auto best = kept.best();
        edges.insert(edges.end(), best.begin(), best.end());
    }
    return edges;
}

} // namespace

std::vector<Tensor> attentionRollout(std::span<const std::shared_ptr<const LayerAttention>> layers)
{
    HEADLIGHT_CHECK(!layers.empty(), "a rollout over no layers");
    const std::int64_t size = layers.front()->queries;
    std::vector<Tensor> result;
    Matrix<double> flow;
    for (const auto& layer : layers) {
        HEADLIGHT_CHECK(
            layer->queries == size && layer->keys == size, "a rollout over layers of different length");
        const std::vector<double> rows = mixedRows({ 1, 0, layer, 0.5, 0.5 }, {}, 0, size);
        const Matrix<double> mixed = Eigen::Map<const Matrix<double>>(rows.data(), size, size);
        flow = result.empty() ? mixed : Matrix<double>(mixed * flow);
        result.push_back(toTensor(flow));
    }
    return result;
}

MixingShares rolloutFrom(const MixingGraph& graph, int level, std::span<const double> start,
    const HeadMixing& heads, std::size_t edgesPerStep, const JobControl& control)
{
    HEADLIGHT_CHECK(
        level >= 0 && level <= graph.top(), fmt::format("level {} of {}", level, graph.levels.size()));
    HEADLIGHT_CHECK(
        std::int64_t(start.size()) == graph.levels[std::size_t(level)], "a start of another length");
    MixingShares out;
    out.shares.resize(graph.levels.size());
    for (int l = 0; l <= level; ++l)
        out.shares[std::size_t(l)].assign(std::size_t(graph.levels[std::size_t(l)]), 0.0);
    out.shares[std::size_t(level)].assign(start.begin(), start.end());
    out.edges = walk(
        graph, level, heads, edgesPerStep, control,
        [&](int upper) { return std::span<const double>(out.shares[std::size_t(upper)]); },
        [&](int lower, double whole, std::span<const double> weights) {
            std::vector<double>& below = out.shares[std::size_t(lower)];
            for (std::size_t to = 0; to < weights.size(); ++to)
                below[to] += whole * weights[to];
        });
    return out;
}

std::vector<MixingEdge> strongestEdges(const MixingGraph& graph, int level,
    const std::vector<std::vector<double>>& shares, const HeadMixing& heads, std::size_t edgesPerStep,
    const JobControl& control)
{
    return walk(
        graph, level, heads, edgesPerStep, control,
        [&](int upper) { return std::span<const double>(shares[std::size_t(upper)]); },
        [](int, double, std::span<const double>) {});
}

} // namespace headlight
