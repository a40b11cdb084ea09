// Softmax of scaled dot products: w = softmax(scale·q·kᵀ + bias), context = w·v. Source: Vaswani et al. 2017, eq. 1.
// Limits: queries × keys work; a weight is never exactly 0 unless masked; without positions it knows no order.

#include "core/attention/softmax_dot_steps.h"
#include "core/attention/tile.h"
#include "core/base/parallel_for.h"
#include "core/tensor/matmul.h"
#include "core/tensor/score_rows.h"

#include <numeric>

namespace headlight {
namespace {

/// Query rows whose scores are in flight at a time: as many as leave a tile within a core's second-level cache, but
/// enough for a matrix product to run at speed.
std::int64_t tileRows(std::int64_t keys)
{
    constexpr std::int64_t numbers = 1 << 17;
    return std::clamp<std::int64_t>(numbers / std::max<std::int64_t>(keys, 1), 64, 256);
}

std::int64_t sequenceCount(const AttentionInputs& in)
{
    return std::int64_t(in.queryBegins.size()) - 1;
}

/// Every (sequence, head) pair is a task of its own; they write to places of their own.
void forEachHead(const AttentionInputs& in, const std::function<void(std::int64_t sequence, int head)>& body)
{
    parallelFor(0, sequenceCount(in) * in.heads, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            body(i / in.heads, int(i % in.heads));
    });
}

/// The same where the heads of a group add to one place: a (sequence, key head) pair is a task.
void forEachGroup(const AttentionInputs& in, const std::function<void(std::int64_t sequence, int head)>& body)
{
    const int groups = in.keyHeadCount(), size = in.heads / groups;
    parallelFor(0, sequenceCount(in) * groups, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            for (int h = 0; h < size; ++h)
                body(i / groups, int(i % groups) * size + h);
    });
}

/// Value and context columns of a head.
struct ValueView {
    std::int64_t stride, size, contextStride;
    ValueView(const AttentionInputs& in)
        : stride(in.v.shape().columns())
        , size(stride / in.keyHeadCount())
        , contextStride(size * in.heads)
    {
    }
    const float* values(const AttentionInputs& in, std::int64_t sequence, int head) const
    {
        return in.v.value().floats().data() + valueOffset(in, sequence, head);
    }
    std::int64_t valueOffset(const AttentionInputs& in, std::int64_t sequence, int head) const
    {
        return in.keyBegins[std::size_t(sequence)] * stride + in.keyHead(head) * size;
    }
    std::int64_t contextOffset(const AttentionInputs& in, std::int64_t sequence, int head) const
    {
        return in.queryBegins[std::size_t(sequence)] * contextStride + head * size;
    }
};

/// Where each (sequence, head) map begins in the flat tensor of all weights; the last is the total.
std::vector<std::int64_t> mapOffsets(const AttentionInputs& in)
{
    std::vector<std::int64_t> offsets { 0 };
    for (std::size_t s = 0; s + 1 < in.queryBegins.size(); ++s)
        for (int h = 0; h < in.heads; ++h)
            offsets.push_back(offsets.back()
                + (in.queryBegins[s + 1] - in.queryBegins[s]) * (in.keyBegins[s + 1] - in.keyBegins[s]));
    return offsets;
}

/// What a recording pass gathers per head: statistics, thumbnails, and a log-sum-exp per row [H·ΣT].
class Recording {
public:
    explicit Recording(const AttentionInputs& in)
        : m_inputs(in)
        , m_rows(in.queryBegins.back())
        , m_summaries(std::size_t(in.heads), HeadSummary(m_rows, in.keyBegins.back()))
        , m_logSumExp(std::size_t(in.heads * m_rows))
    {
    }
    /// `exponentials` are those of the block; weights outside of it are 0.
    void addTile(const MapPlace& place, const Block& block, std::span<const kernels::ExponentialRow> rows, const float* exponentials)
    {
        const std::int64_t first = m_inputs.queryBegins[std::size_t(place.sequence)] + block.firstRow;
        float* logSumExp = m_logSumExp.data() + place.head * m_rows + first;
        std::transform(rows.begin(), rows.end(), logSumExp, [](const kernels::ExponentialRow& row) { return row.logSumExp(); });
        if (m_inputs.windows == nullptr)
            m_summaries[std::size_t(place.head)].addTile(block.firstRow, block.firstColumn, block.columns(), rows, exponentials);
        else
            addWindowRows(place, block, rows, exponentials);
        if (!m_maps.empty())
            writeMap(place, block, rows, exponentials);
    }
    /// From now on all weights are written here as well. Shapes: maps [H,T,S], of a single sequence.
    void keepMaps(std::span<float> maps) { m_maps = maps; }
    void finish(AttentionOutput& output)
    {
        for (HeadSummary& summary : m_summaries)
            summary.finish();
        output.summaries = std::move(m_summaries);
        output.source = std::make_shared<SoftmaxDotSource>(m_inputs, std::move(m_logSumExp));
    }

private:
    /// The rows at the places of the map that they belong to.
    void addWindowRows(const MapPlace& place, const Block& block, std::span<const kernels::ExponentialRow> rows, const float* exponentials)
    {
        const std::vector<std::int64_t>& tokens = m_inputs.windows->tokens[std::size_t(place.sequence)];
        thread_local std::vector<float> whole;
        for (std::int64_t i = 0; i < block.rows(); ++i) {
            whole.assign(std::size_t(m_inputs.keyBegins.back()), 0.0f);
            const float factor = rows[std::size_t(i)].factor();
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                whole[std::size_t(tokens[std::size_t(j)])] = *exponentials++ * factor;
            m_summaries[std::size_t(place.head)].addRow(tokens[std::size_t(block.firstRow + i)], whole);
        }
    }

    void writeMap(const MapPlace& place, const Block& block, std::span<const kernels::ExponentialRow> rows, const float* exponentials)
    {
        float* row = m_maps.data() + (place.head * place.queries + block.firstRow) * place.keys;
        for (std::size_t i = 0; i < rows.size(); ++i, row += place.keys, exponentials += block.columns()) {
            std::fill(row, row + block.firstColumn, 0.0f);
            kernels::scale(rows[i].factor(), exponentials, row + block.firstColumn, block.columns());
            std::fill(row + block.lastColumn, row + place.keys, 0.0f);
        }
    }

    const AttentionInputs& m_inputs;
    std::int64_t m_rows;
    std::vector<HeadSummary> m_summaries;
    std::vector<float> m_logSumExp;
    std::span<float> m_maps;
};

/// Visits every map; the windows of a recorded map share a summary, so they come one after the other.
void forEachMap(const AttentionInputs& in, bool recording, const std::function<void(std::int64_t sequence, int head)>& body)
{
    if (!recording || in.windows == nullptr)
        return forEachHead(in, body);
    parallelFor(0, in.heads, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t head = first; head < last; ++head)
            for (std::int64_t sequence = 0; sequence < sequenceCount(in); ++sequence)
                body(sequence, int(head));
    });
}

/// Scores of a block become exponentials, and what is known of each row by then is kept. Weights are these times the
/// rows' factors.
std::span<const kernels::ExponentialRow> exponentialsOf(const HeadTile& tile, const Block& block, Recording* recording, float* numbers)
{
    thread_local std::vector<kernels::ExponentialRow> rows;
    rows.resize(std::size_t(block.rows()));
    tile.scores(block, numbers);
    const auto statistics = recording != nullptr ? kernels::Statistics::Yes : kernels::Statistics::No;
    for (std::int64_t i = 0; i < block.rows(); ++i) {
        rows[std::size_t(i)] = kernels::exponentials(
            numbers + i * block.columns(), block.columns(), statistics, block.firstColumn - block.firstRow - i);
        if (!tile.inputs->sinks.empty())
            rows[std::size_t(i)].addSink(tile.inputs->sinks.value().floats()[std::size_t(tile.place.head)]);
    }
    if (recording != nullptr)
        recording->addTile(tile.place, block, rows, numbers);
    return rows;
}

/// Tiles of rows: scores, exponentials, summary, context; no map is ever whole in memory, and keys that no row of a tile
/// may see cost nothing. Not the weights are divided by their sums but the contexts, which are fewer numbers.
void attendHead(const AttentionInputs& in, std::int64_t sequence, int head, Recording* recording, float* context)
{
    const HeadTile tile = headTile(in, sequence, head);
    const ValueView view(in);
    const float* v = view.values(in, sequence, head);
    const std::int64_t step = tileRows(tile.keys());
    thread_local std::vector<float> numbers;
    for (std::int64_t first = 0; first < tile.queries(); first += step) {
        throwIfStopped(); // one head of a long text takes a while
        const std::int64_t last = std::min(first + step, tile.queries());
        const KeyRange keys = tile.range(first, last);
        const Block block { first, last, keys.first, keys.last };
        numbers.resize(std::max(numbers.size(), std::size_t(block.rows() * block.columns())));
        const auto rows = exponentialsOf(tile, block, recording, numbers.data());
        const std::int64_t known = std::clamp(in.known - first, std::int64_t(0), block.rows()); // rows without context
        if (known == block.rows())
            continue;
        float* out = context + view.contextOffset(in, sequence, head) + (first + known - in.known) * view.contextStride;
        multiply({ block.rows() - known, view.size, block.columns() }, { numbers.data() + known * block.columns(), block.columns() },
            { v + keys.first * view.stride, view.stride }, out, view.contextStride);
        for (std::size_t i = std::size_t(known); i < rows.size(); ++i, out += view.contextStride)
            kernels::scale(rows[i].factor(), out, out, view.size);
    }
}

/// Plain inference, all tiles.
Tensor contextOf(const AttentionInputs& in, Recording* recording)
{
    const ValueView view(in);
    return Tensor::make({ in.q.shape().rows() - in.known, view.contextStride }, [&](std::span<float> out) {
        forEachMap(in, recording != nullptr,
            [&](std::int64_t sequence, int head) { attendHead(in, sequence, head, recording, out.data()); });
    });
}

/// All maps, flat, and the recording's numbers on the way.
Tensor allWeights(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, Recording* recording)
{
    return Tensor::make({ offsets.back() }, [&](std::span<float> out) {
        forEachMap(in, recording != nullptr, [&](std::int64_t sequence, int head) {
            const HeadTile tile = headTile(in, sequence, head);
            float* map = out.data() + offsets[std::size_t(sequence * in.heads + head)];
            for (std::int64_t first = 0, step = tileRows(tile.keys()); first < tile.queries(); first += step) {
                const Block block { first, std::min(first + step, tile.queries()), 0, tile.keys() };
                float* row = map + first * tile.keys();
                for (const kernels::ExponentialRow& kept : exponentialsOf(tile, block, recording, row)) {
                    kernels::scale(kept.factor(), row, row, tile.keys());
                    row += tile.keys();
                }
            }
        });
    });
}

/// The derivative of c·tanh(x/c), from its value: 1 - (value/c)². Masked scores have weight 0 and so no gradient.
void uncap(const HeadTile& tile, float* dScores)
{
    std::vector<float> scores(static_cast<std::size_t>(tile.queries() * tile.keys()));
    tile.scores({ 0, tile.queries(), 0, tile.keys() }, scores.data());
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (std::isfinite(scores[i]))
            dScores[i] *= 1.0f - (scores[i] / tile.inputs->softCap) * (scores[i] / tile.inputs->softCap);
}

/// d target / d scores (before the soft cap, after the bias), from d target / d weights.
Tensor scoreGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights, const Tensor& dWeights)
{
    return Tensor::make(weights.shape(), [&](std::span<float> out) {
        forEachHead(in, [&](std::int64_t sequence, int head) {
            const HeadTile tile = headTile(in, sequence, head);
            const std::int64_t begin = offsets[std::size_t(sequence * in.heads + head)];
            for (std::int64_t i = 0; i < tile.queries(); ++i) {
                const std::int64_t row = begin + i * tile.keys();
                kernels::softmaxRowBackward(weights.floats().data() + row, dWeights.floats().data() + row, out.data() + row, tile.keys());
            }
            if (in.softCap > 0.0f)
                uncap(tile, out.data() + begin);
        });
    });
}

/// dq += scale·dS·k and dk += scale·dSᵀ·q, dS the gradient of the scores. Shapes of dq, dk as of q, k.
void productGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& dScores, GradientSink& sink)
{
    float* dq = sink.wants(0) ? sink.buffer(0).data() : nullptr;
    float* dk = sink.wants(1) ? sink.buffer(1).data() : nullptr;
    forEachGroup(in, [&](std::int64_t sequence, int head) {
        const HeadTile tile = headTile(in, sequence, head);
        const float* ds = dScores.floats().data() + offsets[std::size_t(sequence * in.heads + head)];
        const std::int64_t qOffset = tile.q - in.q.value().floats().data(), kOffset = tile.k - in.k.value().floats().data();
        if (dq != nullptr)
            multiply({ tile.queries(), tile.size, tile.keys(), in.scale, 1.0f }, { ds, tile.keys() },
                { tile.k, tile.keyStride }, dq + qOffset, tile.queryStride);
        if (dk != nullptr)
            multiply({ tile.keys(), tile.size, tile.queries(), in.scale, 1.0f }, { ds, tile.keys(), Transpose::Yes },
                { tile.q, tile.queryStride }, dk + kOffset, tile.keyStride);
    });
}

/// The bias's inputs are inputs 2, 3 ... of the weights' node.
void biasGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& dScores, GradientSink& sink)
{
    std::vector<float*> gradients;
    const std::size_t count = in.bias == nullptr ? 0 : in.bias->inputs().size();
    for (std::size_t i = 0; i < count; ++i)
        gradients.push_back(sink.wants(2 + i) ? sink.buffer(2 + i).data() : nullptr);
    if (std::none_of(gradients.begin(), gradients.end(), [](float* gradient) { return gradient != nullptr; }))
        return;
    for (std::int64_t sequence = 0; sequence < sequenceCount(in); ++sequence)
        for (int head = 0; head < in.heads; ++head)
            in.bias->backward(headTile(in, sequence, head).place,
                dScores.floats().data() + offsets[std::size_t(sequence * in.heads + head)], gradients);
}

/// d target / d sink = −share · Σ w∘dw per row. The sinks are the last input of the weights' node.
void sinkGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights, const Tensor& dWeights, GradientSink& sink)
{
    const std::size_t input = 2 + (in.bias == nullptr ? 0 : in.bias->inputs().size());
    if (in.sinks.empty() || !sink.wants(input))
        return;
    const std::span<float> gradient = sink.buffer(input);
    const float *w = weights.floats().data(), *dw = dWeights.floats().data();
    for (std::int64_t sequence = 0; sequence < sequenceCount(in); ++sequence)
        for (int head = 0; head < in.heads; ++head) {
            const HeadTile tile = headTile(in, sequence, head);
            const std::int64_t begin = offsets[std::size_t(sequence * in.heads + head)];
            for (std::int64_t row = begin; row < begin + tile.queries() * tile.keys(); row += tile.keys()) {
                const float keys = std::accumulate(w + row, w + row + tile.keys(), 0.0f);
                gradient[std::size_t(head)] -= (1.0f - keys) * std::inner_product(w + row, w + row + tile.keys(), dw + row, 0.0f);
            }
        }
}

/// The maps as a Var: on the tape of what the scores come from, or a leaf of `tape` when nothing of that is tracked.
Var weightsVar(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, Tape& tape, Recording* recording)
{
    Tensor weights = allWeights(in, offsets, recording);
    std::vector<Var> sources { in.q, in.k };
    if (in.bias != nullptr)
        for (Var& input : in.bias->inputs())
            sources.push_back(std::move(input));
    if (!in.sinks.empty())
        sources.push_back(in.sinks);
    if (std::none_of(sources.begin(), sources.end(), [](const Var& source) { return source.tracked(); }))
        return tape.leaf(std::move(weights));
    return Tape::record(weights, sources, [in, offsets, weights](const Tensor& dWeights, GradientSink& sink) {
        const Tensor dScores = scoreGradients(in, offsets, weights, dWeights);
        productGradients(in, offsets, dScores, sink);
        biasGradients(in, offsets, dScores, sink);
        sinkGradients(in, offsets, weights, dWeights, sink);
    });
}

/// context = weights·v per head.
Tensor contextOf(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights)
{
    const ValueView view(in);
    return Tensor::make({ in.q.shape().rows(), view.contextStride }, [&](std::span<float> out) {
        forEachHead(in, [&](std::int64_t sequence, int head) {
            const HeadTile tile = headTile(in, sequence, head);
            const float* map = weights.floats().data() + offsets[std::size_t(sequence * in.heads + head)];
            multiply({ tile.queries(), view.size, tile.keys() }, { map, tile.keys() },
                { view.values(in, sequence, head), view.stride }, out.data() + view.contextOffset(in, sequence, head),
                view.contextStride);
        });
    });
}

void contextGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights,
    const Tensor& dContext, GradientSink& sink)
{
    const ValueView view(in);
    float* dWeights = sink.wants(0) ? sink.buffer(0).data() : nullptr;
    float* dv = sink.wants(1) ? sink.buffer(1).data() : nullptr;
    forEachGroup(in, [&](std::int64_t sequence, int head) {
        const HeadTile tile = headTile(in, sequence, head);
        const std::int64_t begin = offsets[std::size_t(sequence * in.heads + head)];
        const float* dc = dContext.floats().data() + view.contextOffset(in, sequence, head);
        if (dWeights != nullptr)
            multiply({ tile.queries(), tile.keys(), view.size, 1.0f, 1.0f }, { dc, view.contextStride },
                { view.values(in, sequence, head), view.stride, Transpose::Yes }, dWeights + begin, tile.keys());
        if (dv != nullptr)
            multiply({ tile.keys(), view.size, tile.queries(), 1.0f, 1.0f },
                { weights.floats().data() + begin, tile.keys(), Transpose::Yes }, { dc, view.contextStride },
                dv + view.valueOffset(in, sequence, head), view.stride);
    });
}

class SoftmaxDot final : public AttentionMechanism {
public:
    std::string_view id() const override { return "softmax-dot"; }
    std::string_view title() const override { return "softmax of scaled dot products"; }
    std::string_view paper() const override { return "Vaswani et al. 2017, Attention Is All You Need, eq. 1"; }
    bool stochastic() const override { return true; }

    AttentionOutput attend(const AttentionInputs& in, const AttentionRequest& request) const override
    {
        HEADLIGHT_CHECK(!request.record || sequenceCount(in) == 1 || in.windows != nullptr, "only a single sequence can be recorded");
        HEADLIGHT_CHECK(in.known == 0 || (sequenceCount(in) == 1 && request.tape == nullptr), "known rows of several sequences, or on a tape");
        HEADLIGHT_CHECK(in.sinks.empty() || (in.windows == nullptr && in.sinks.value().count() == in.heads), "a sink per head, without windows");
        HEADLIGHT_CHECK(in.heads % in.keyHeadCount() == 0, "heads that cannot share the key heads evenly");
        AttentionOutput output;
        std::optional<Recording> recording;
        if (request.record)
            recording.emplace(in);
        Recording* target = recording ? &*recording : nullptr;
        if (request.tape == nullptr && request.maps && target != nullptr && in.windows == nullptr)
            output.maps = attendKeepingMaps(in, *target, output);
        else if (request.tape == nullptr)
            output.context = Var(contextOf(in, target));
        else
            attendOnTape(in, *request.tape, target, output);
        if (recording)
            recording->finish(output);
        if (recording && request.steps)
            output.steps = softmaxDotStepSource(in, output.source, output.context.value());
        return output;
    }

private:
    static Tensor attendKeepingMaps(const AttentionInputs& in, Recording& recording, AttentionOutput& output)
    {
        return Tensor::make({ in.heads, in.queryBegins.back(), in.keyBegins.back() }, [&](std::span<float> maps) {
            recording.keepMaps(maps);
            output.context = Var(contextOf(in, &recording));
            recording.keepMaps({});
        });
    }
    static void attendOnTape(const AttentionInputs& in, Tape& tape, Recording* recording, AttentionOutput& output)
    {
        const std::vector<std::int64_t> offsets = mapOffsets(in);
        output.weights = weightsVar(in, offsets, tape, recording);
        output.context = weightedValues(in, output.weights);
    }
};

} // namespace

Var weightedValues(const AttentionInputs& in, const Var& weights)
{
    const std::vector<std::int64_t> offsets = mapOffsets(in);
    const Tensor maps = weights.value();
    return Tape::record(contextOf(in, offsets, maps), { &weights, &in.v },
        [in, offsets, maps](const Tensor& dContext, GradientSink& sink) { contextGradients(in, offsets, maps, dContext, sink); });
}

const AttentionMechanism& softmaxDot()
{
    static const SoftmaxDot mechanism;
    return mechanism;
}

} // namespace headlight
