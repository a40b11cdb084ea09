#include "core/attention/tile.h"

#include "core/tensor/matmul.h"
#include "core/tensor/score_rows.h"

namespace headlight {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

KeyRange clampedRange(const HeadTile& tile, std::int64_t query)
{
    const KeyRange range = tile.inputs->span->range(query, tile.queries(), tile.keys());
    const std::int64_t first = std::clamp<std::int64_t>(range.first, 0, tile.keys());
    return { first, std::clamp(range.last, first, tile.keys()) };
}

void maskRow(const HeadTile& tile, std::int64_t query, const Block& block, float* row)
{
    const KeyRange range = clampedRange(tile, query);
    const std::int64_t first = std::clamp(range.first, block.firstColumn, block.lastColumn);
    const std::int64_t last = std::clamp(range.last, first, block.lastColumn);
    std::fill(row, row + (first - block.firstColumn), masked);
    std::fill(row + (last - block.firstColumn), row + block.columns(), masked);
    if (!tile.keyMask.empty())
        kernels::hideScores(row + (first - block.firstColumn), tile.keyMask.data() + first, last - first);
}

} // namespace

KeyRange HeadTile::range(std::int64_t firstRow, std::int64_t lastRow) const
{
    KeyRange all { keys(), 0 };
    for (std::int64_t i = firstRow; i < lastRow; ++i) {
        const KeyRange one = clampedRange(*this, i);
        all = { std::min(all.first, one.first), std::max(all.last, one.last) };
    }
    return all.first < all.last ? all : KeyRange { 0, 0 };
}

void HeadTile::scores(const Block& block, float* out) const
{
    multiply({ block.rows(), block.columns(), size, inputs->scale }, { q + block.firstRow * queryStride, queryStride },
        { k + block.firstColumn * keyStride, keyStride, Transpose::Yes }, out, block.columns());
    if (inputs->bias != nullptr)
        inputs->bias->add(place, block, out);
    if (inputs->softCap > 0.0f)
        kernels::capScores(out, block.rows() * block.columns(), inputs->softCap);
    for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
        maskRow(*this, i, block, out + (i - block.firstRow) * block.columns());
}

HeadTile headTile(const AttentionInputs& in, std::int64_t sequence, int head)
{
    const auto s = std::size_t(sequence);
    const std::int64_t queryStride = in.q.shape().columns(), keyStride = in.k.shape().columns(), size = queryStride / in.heads;
    HEADLIGHT_CHECK(keyStride == size * in.keyHeadCount(), "queries and keys of different width");
    const std::span<const std::uint8_t> mask = in.keyMasks.empty() ? std::span<const std::uint8_t>() : in.keyMasks[s];
    return { &in, { sequence, head, in.queryBegins[s + 1] - in.queryBegins[s], in.keyBegins[s + 1] - in.keyBegins[s] },
        in.q.value().floats().data() + in.queryBegins[s] * queryStride + head * size,
        in.k.value().floats().data() + in.keyBegins[s] * keyStride + in.keyHead(head) * size, queryStride, keyStride, size, mask };
}

SoftmaxDotSource::SoftmaxDotSource(AttentionInputs inputs, std::vector<float> logSumExp)
    : m_inputs(std::move(inputs))
    , m_logSumExp(std::move(logSumExp))
{
    // Constants only: a trace outlives the tape the Vars may have stood on. Values are not needed for weights.
    m_inputs.q = Var(m_inputs.q.value());
    m_inputs.k = Var(m_inputs.k.value());
    m_inputs.v = Var();
    m_inputs.sinks = Var();
    if (m_inputs.windows == nullptr)
        return;
    m_windowOf.resize(std::size_t(m_inputs.queryBegins.back()));
    for (std::size_t w = 0; w < m_inputs.windows->tokens.size(); ++w)
        for (std::size_t i = 0; i < m_inputs.windows->tokens[w].size(); ++i)
            m_windowOf[std::size_t(m_inputs.windows->tokens[w][i])] = { std::int64_t(w), std::int64_t(i) };
}

void SoftmaxDotSource::blockOf(const HeadTile& tile, const Block& block, bool weights, float* out) const
{
    tile.scores(block, out);
    const std::int64_t begin = tile.place.head * m_inputs.queryBegins.back() + m_inputs.queryBegins[std::size_t(tile.place.sequence)];
    for (std::int64_t i = 0; weights && i < block.rows(); ++i)
        kernels::weightsOfScores(
            out + i * block.columns(), block.columns(), m_logSumExp[std::size_t(begin + block.firstRow + i)]);
}

void SoftmaxDotSource::windowedBlock(int head, const Block& block, bool weights, float* out) const
{
    std::fill(out, out + block.rows() * block.columns(), weights ? 0.0f : masked);
    std::vector<float> row;
    for (std::int64_t i = block.firstRow; i < block.lastRow; ++i) {
        const auto [window, place] = m_windowOf[std::size_t(i)];
        const std::vector<std::int64_t>& tokens = m_inputs.windows->tokens[std::size_t(window)];
        row.resize(tokens.size());
        blockOf(headTile(m_inputs, window, head), { place, place + 1, 0, std::int64_t(tokens.size()) }, weights, row.data());
        for (std::size_t j = 0; j < tokens.size(); ++j)
            if (tokens[j] >= block.firstColumn && tokens[j] < block.lastColumn)
                out[(i - block.firstRow) * block.columns() + tokens[j] - block.firstColumn] = row[j];
    }
}

void SoftmaxDotSource::scores(int head, const Block& block, std::span<float> out) const
{
    if (m_windowOf.empty())
        blockOf(headTile(m_inputs, 0, head), block, false, out.data());
    else
        windowedBlock(head, block, false, out.data());
}

void SoftmaxDotSource::weights(int head, const Block& block, std::span<float> out) const
{
    if (m_windowOf.empty())
        blockOf(headTile(m_inputs, 0, head), block, true, out.data());
    else
        windowedBlock(head, block, true, out.data());
}

std::size_t SoftmaxDotSource::bytes() const
{
    return m_inputs.q.value().bytes() + m_inputs.k.value().bytes() + m_logSumExp.size() * sizeof(float)
        + (m_inputs.bias == nullptr ? 0 : m_inputs.bias->bytes());
}

} // namespace headlight
