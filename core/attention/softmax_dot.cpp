// Softmax of scaled dot products: w = softmax(scale·q·kᵀ), context = w·v. Source: Vaswani et al. 2017, eq. 1.
// Limits: queries × keys work; a weight is never exactly 0 unless masked; without positions it knows no order.

#include "core/attention/tile.h"
#include "core/base/parallel_for.h"
#include "core/tensor/matmul.h"

namespace headlight {
namespace {

/// Query rows whose scores are in flight at a time.
constexpr std::int64_t tileRows = 64;

/// Every (sequence, head) pair is a task of its own; they write to places of their own.
void forEachHead(const AttentionInputs& in, const std::function<void(std::int64_t sequence, int head)>& body)
{
    const std::int64_t sequences = std::int64_t(in.queryBegins.size()) - 1;
    parallelFor(0, sequences * in.heads, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            body(i / in.heads, int(i % in.heads));
    });
}

/// Value and context columns of a head.
struct ValueView {
    std::int64_t stride, size;
    ValueView(const AttentionInputs& in)
        : stride(in.v.shape().columns())
        , size(stride / in.heads)
    {
    }
    std::int64_t offset(std::int64_t row, int head) const { return row * stride + head * size; }
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

/// What a recording pass gathers per head.
struct Recording {
    std::vector<HeadSummary> summaries;
    std::vector<float> logSumExp; ///< [H·T]
};

/// Tiles of `tileRows` rows: scores, softmax, summary, context; no map is ever whole in memory.
void attendHead(const AttentionInputs& in, std::int64_t sequence, int head, Recording* recording, float* context)
{
    const HeadTile tile = headTile(in, sequence, head);
    const ValueView values(in);
    const float* v = in.v.value().floats().data() + values.offset(in.keyBegins[std::size_t(sequence)], head);
    float* out = context + values.offset(in.queryBegins[std::size_t(sequence)], head);
    thread_local std::vector<float> weights;
    weights.resize(std::size_t(std::min(tileRows, tile.queries) * tile.keys));
    for (std::int64_t first = 0; first < tile.queries; first += tileRows) {
        const Block block { first, std::min(first + tileRows, tile.queries), 0, tile.keys };
        tile.scores(block, weights.data());
        for (std::int64_t i = 0; i < block.rows(); ++i) {
            float* row = weights.data() + i * tile.keys;
            const float logSumExp = kernels::softmaxRow(row, tile.keys);
            if (recording == nullptr)
                continue;
            recording->logSumExp[std::size_t(head * tile.queries + first + i)] = logSumExp;
            recording->summaries[std::size_t(head)].addRow(first + i, { row, std::size_t(tile.keys) });
        }
        multiply({ block.rows(), values.size, tile.keys }, { weights.data(), tile.keys }, { v, values.stride },
            out + first * values.stride, values.stride);
    }
    if (recording != nullptr)
        recording->summaries[std::size_t(head)].finish();
}

/// Plain inference, all tiles.
Tensor contextOf(const AttentionInputs& in, Recording* recording)
{
    return Tensor::make({ in.q.shape().rows(), in.v.shape().columns() }, [&](std::span<float> out) {
        forEachHead(in, [&](std::int64_t sequence, int head) { attendHead(in, sequence, head, recording, out.data()); });
    });
}

/// All maps, flat, and the recording's numbers on the way.
Tensor allWeights(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, Recording* recording)
{
    return Tensor::make({ offsets.back() }, [&](std::span<float> out) {
        forEachHead(in, [&](std::int64_t sequence, int head) {
            const HeadTile tile = headTile(in, sequence, head);
            float* map = out.data() + offsets[std::size_t(sequence * in.heads + head)];
            tile.scores({ 0, tile.queries, 0, tile.keys }, map);
            for (std::int64_t i = 0; i < tile.queries; ++i) {
                const float logSumExp = kernels::softmaxRow(map + i * tile.keys, tile.keys);
                if (recording == nullptr)
                    continue;
                recording->logSumExp[std::size_t(head * tile.queries + i)] = logSumExp;
                recording->summaries[std::size_t(head)].addRow(i, { map + i * tile.keys, std::size_t(tile.keys) });
            }
            if (recording != nullptr)
                recording->summaries[std::size_t(head)].finish();
        });
    });
}

/// dq += scale·dS·k and dk += scale·dSᵀ·q, dS the gradient of the scores. Shapes of dq, dk as of q, k.
void scoreGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& dScores, GradientSink& sink)
{
    float* dq = sink.wants(0) ? sink.buffer(0).data() : nullptr;
    float* dk = sink.wants(1) ? sink.buffer(1).data() : nullptr;
    forEachHead(in, [&](std::int64_t sequence, int head) {
        const HeadTile tile = headTile(in, sequence, head);
        const float* ds = dScores.floats().data() + offsets[std::size_t(sequence * in.heads + head)];
        const std::int64_t qOffset = in.queryBegins[std::size_t(sequence)] * tile.stride + head * tile.size;
        const std::int64_t kOffset = in.keyBegins[std::size_t(sequence)] * tile.stride + head * tile.size;
        if (dq != nullptr)
            multiply({ tile.queries, tile.size, tile.keys, in.scale, 1.0f }, { ds, tile.keys }, { tile.k, tile.stride },
                dq + qOffset, tile.stride);
        if (dk != nullptr)
            multiply({ tile.keys, tile.size, tile.queries, in.scale, 1.0f }, { ds, tile.keys, Transpose::Yes },
                { tile.q, tile.stride }, dk + kOffset, tile.stride);
    });
}

/// The maps as a Var: on the tape of q or k, or a leaf of `tape` when neither is tracked.
Var weightsVar(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, Tape& tape, Recording* recording)
{
    Tensor weights = allWeights(in, offsets, recording);
    if (!in.q.tracked() && !in.k.tracked())
        return tape.leaf(std::move(weights));
    return Tape::record(weights, { &in.q, &in.k }, [in, offsets, weights](const Tensor& dWeights, GradientSink& sink) {
        const Tensor dScores = Tensor::make(weights.shape(), [&](std::span<float> out) {
            forEachHead(in, [&](std::int64_t sequence, int head) {
                const HeadTile tile = headTile(in, sequence, head);
                const std::int64_t begin = offsets[std::size_t(sequence * in.heads + head)];
                for (std::int64_t i = 0; i < tile.queries; ++i) {
                    const std::int64_t row = begin + i * tile.keys;
                    kernels::softmaxRowBackward(weights.floats().data() + row, dWeights.floats().data() + row, out.data() + row, tile.keys);
                }
            });
        });
        scoreGradients(in, offsets, dScores, sink);
    });
}

/// context = weights·v per head, or one of its two derivatives.
Tensor contextOf(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights)
{
    const ValueView values(in);
    return Tensor::make({ in.q.shape().rows(), values.stride }, [&](std::span<float> out) {
        forEachHead(in, [&](std::int64_t sequence, int head) {
            const HeadTile tile = headTile(in, sequence, head);
            const float* map = weights.floats().data() + offsets[std::size_t(sequence * in.heads + head)];
            const float* v = in.v.value().floats().data() + values.offset(in.keyBegins[std::size_t(sequence)], head);
            multiply({ tile.queries, values.size, tile.keys }, { map, tile.keys }, { v, values.stride },
                out.data() + values.offset(in.queryBegins[std::size_t(sequence)], head), values.stride);
        });
    });
}

void contextGradients(const AttentionInputs& in, const std::vector<std::int64_t>& offsets, const Tensor& weights,
    const Tensor& dContext, GradientSink& sink)
{
    const ValueView values(in);
    float* dWeights = sink.wants(0) ? sink.buffer(0).data() : nullptr;
    float* dv = sink.wants(1) ? sink.buffer(1).data() : nullptr;
    forEachHead(in, [&](std::int64_t sequence, int head) {
        const HeadTile tile = headTile(in, sequence, head);
        const std::int64_t begin = offsets[std::size_t(sequence * in.heads + head)];
        const std::int64_t vOffset = values.offset(in.keyBegins[std::size_t(sequence)], head);
        const float* dc = dContext.floats().data() + values.offset(in.queryBegins[std::size_t(sequence)], head);
        if (dWeights != nullptr)
            multiply({ tile.queries, tile.keys, values.size, 1.0f, 1.0f }, { dc, values.stride },
                { in.v.value().floats().data() + vOffset, values.stride, Transpose::Yes }, dWeights + begin, tile.keys);
        if (dv != nullptr)
            multiply({ tile.keys, values.size, tile.queries, 1.0f, 1.0f },
                { weights.floats().data() + begin, tile.keys, Transpose::Yes }, { dc, values.stride }, dv + vOffset,
                values.stride);
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
        HEADLIGHT_CHECK(!request.record || in.queryBegins.size() == 2, "only a single sequence can be recorded");
        AttentionOutput output;
        Recording recording;
        if (request.record) {
            const std::int64_t queries = in.queryBegins[1], keys = in.keyBegins[1];
            recording.summaries.assign(std::size_t(in.heads), HeadSummary(queries, keys));
            recording.logSumExp.resize(std::size_t(in.heads * queries));
        }
        Recording* target = request.record ? &recording : nullptr;
        if (request.tape == nullptr)
            output.context = Var(contextOf(in, target));
        else
            attendOnTape(in, *request.tape, target, output);
        if (request.record) {
            output.source = std::make_shared<SoftmaxDotSource>(in, std::move(recording.logSumExp));
            output.summaries = std::move(recording.summaries);
        }
        return output;
    }

private:
    static void attendOnTape(const AttentionInputs& in, Tape& tape, Recording* recording, AttentionOutput& output)
    {
        const std::vector<std::int64_t> offsets = mapOffsets(in);
        output.weights = weightsVar(in, offsets, tape, recording);
        const Tensor weights = output.weights.value();
        output.context = Tape::record(contextOf(in, offsets, weights), { &output.weights, &in.v },
            [in, offsets, weights](const Tensor& dContext, GradientSink& sink) { contextGradients(in, offsets, weights, dContext, sink); });
    }
};

} // namespace

const AttentionMechanism& softmaxDot()
{
    static const SoftmaxDot mechanism;
    return mechanism;
}

} // namespace headlight
