#include "core/attention/tile.h"

#include "core/tensor/matmul.h"
#include "core/tensor/vector_math.h"

namespace headlight {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

void maskRow(const HeadTile& tile, std::int64_t query, std::int64_t firstKey, std::int64_t lastKey, float* row)
{
    const KeyRange range = tile.span->range(query, tile.keys);
    for (std::int64_t key = firstKey; key < lastKey; ++key)
        if (key < range.first || key >= range.last || (!tile.keyMask.empty() && tile.keyMask[std::size_t(key)] == 0))
            row[key - firstKey] = masked;
}

bool fullRow(const HeadTile& tile, std::int64_t query)
{
    const KeyRange range = tile.span->range(query, tile.keys);
    return tile.keyMask.empty() && range.first <= 0 && range.last >= tile.keys;
}

HEADLIGHT_VECTORISED void exponentials(float* row, std::int64_t count, float logSumExp)
{
    for (std::int64_t i = 0; i < count; ++i)
        row[i] = vec::exp(row[i] - logSumExp);
}

} // namespace

void HeadTile::scores(const Block& block, float* out) const
{
    multiply({ block.rows(), block.columns(), size, scale }, { q + block.firstRow * stride, stride },
        { k + block.firstColumn * stride, stride, Transpose::Yes }, out, block.columns());
    for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
        if (!fullRow(*this, i))
            maskRow(*this, i, block.firstColumn, block.lastColumn, out + (i - block.firstRow) * block.columns());
}

HeadTile headTile(const AttentionInputs& in, std::int64_t sequence, int head)
{
    const auto s = std::size_t(sequence);
    const std::int64_t stride = in.q.shape().columns(), size = stride / in.heads;
    HEADLIGHT_CHECK(in.k.shape().columns() == stride, "queries and keys of different width");
    const std::span<const std::uint8_t> mask = in.keyMasks.empty() ? std::span<const std::uint8_t>() : in.keyMasks[s];
    return { in.q.value().floats().data() + in.queryBegins[s] * stride + head * size,
        in.k.value().floats().data() + in.keyBegins[s] * stride + head * size, stride, size,
        in.queryBegins[s + 1] - in.queryBegins[s], in.keyBegins[s + 1] - in.keyBegins[s], in.scale, in.span.get(), mask };
}

SoftmaxDotSource::SoftmaxDotSource(AttentionInputs inputs, std::vector<float> logSumExp)
    : m_inputs(std::move(inputs))
    , m_logSumExp(std::move(logSumExp))
{
    // Constants only: a trace outlives the tape the Vars may have stood on. Values are not needed for weights.
    m_inputs.q = Var(m_inputs.q.value());
    m_inputs.k = Var(m_inputs.k.value());
    m_inputs.v = Var();
}

void SoftmaxDotSource::scores(int head, const Block& block, std::span<float> out) const
{
    headTile(m_inputs, 0, head).scores(block, out.data());
}

void SoftmaxDotSource::weights(int head, const Block& block, std::span<float> out) const
{
    const HeadTile tile = headTile(m_inputs, 0, head);
    tile.scores(block, out.data());
    for (std::int64_t i = 0; i < block.rows(); ++i) {
        float* row = out.data() + i * block.columns();
        const float logSumExp = m_logSumExp[std::size_t(head * tile.queries + block.firstRow + i)];
        if (logSumExp == masked)
            std::fill(row, row + block.columns(), 0.0f);
        else
            exponentials(row, block.columns(), logSumExp);
    }
}

std::size_t SoftmaxDotSource::bytes() const
{
    return m_inputs.q.value().bytes() + m_inputs.k.value().bytes() + m_logSumExp.size() * sizeof(float);
}

} // namespace headlight
