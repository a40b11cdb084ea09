#include "core/trace/attention_map.h"

#include "core/base/parallel_for.h"

namespace headlight {
namespace {

/// Rows computed at a time when a whole map passes through: bounds the scratch memory.
constexpr std::int64_t bandRows = 64;

/// Pools a band of full rows into one line of pixels.
void poolBand(std::span<const float> band, std::int64_t rows, std::int64_t keys, Pooling pooling, std::span<float> line)
{
    const auto width = std::int64_t(line.size());
    for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t first = bucketBegin(x, width, keys), last = bucketBegin(x + 1, width, keys);
        float largest = 0.0f;
        double sum = 0.0;
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = first; j < last; ++j) {
                const float w = band[std::size_t(i * keys + j)];
                largest = std::max(largest, w);
                sum += double(w);
            }
        line[std::size_t(x)] = pooling == Pooling::Max ? largest : float(sum / double(rows * (last - first)));
    }
}

} // namespace

AttentionMap::AttentionMap(std::shared_ptr<const LayerAttention> layer, int head)
    : AttentionMap(std::move(layer), std::vector<int> { head }, HeadJoin::Mean)
{
}

AttentionMap::AttentionMap(std::shared_ptr<const LayerAttention> layer, std::vector<int> heads, HeadJoin join)
    : m_layer(std::move(layer))
    , m_heads(std::move(heads))
    , m_join(join)
{
    HEADLIGHT_CHECK(m_layer != nullptr && !m_heads.empty(), "a map of no head");
    for (int head : m_heads)
        HEADLIGHT_CHECK(head >= 0 && head < m_layer->heads, fmt::format("head {} of {}", head, m_layer->heads));
}

void AttentionMap::checkInside(const Block& block) const
{
    HEADLIGHT_CHECK(block.firstRow >= 0 && block.rows() >= 0 && block.lastRow <= queries() && block.firstColumn >= 0
            && block.columns() >= 0 && block.lastColumn <= keys(),
        "a block outside of the map");
}

void AttentionMap::weights(const Block& block, std::span<float> out) const
{
    checkInside(block);
    m_layer->source->weights(m_heads.front(), block, out);
    if (m_heads.size() == 1)
        return;
    std::vector<float> other(out.size());
    for (std::size_t h = 1; h < m_heads.size(); ++h) {
        m_layer->source->weights(m_heads[h], block, other);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = m_join == HeadJoin::Mean ? out[i] + other[i] : std::max(out[i], other[i]);
    }
    if (m_join == HeadJoin::Mean)
        for (float& w : out)
            w /= float(m_heads.size());
}

float AttentionMap::at(std::int64_t query, std::int64_t key) const
{
    float w = 0.0f;
    weights({ query, query + 1, key, key + 1 }, { &w, 1 });
    return w;
}

float AttentionMap::score(std::int64_t query, std::int64_t key) const
{
    HEADLIGHT_CHECK(m_heads.size() == 1, "a score of joined heads");
    const Block cell { query, query + 1, key, key + 1 };
    checkInside(cell);
    float s = 0.0f;
    m_layer->source->scores(m_heads.front(), cell, { &s, 1 });
    return s;
}

std::vector<float> AttentionMap::row(std::int64_t query) const
{
    std::vector<float> out(static_cast<std::size_t>(keys()));
    weights({ query, query + 1, 0, keys() }, out);
    return out;
}

std::vector<float> AttentionMap::column(std::int64_t key) const
{
    std::vector<float> out(static_cast<std::size_t>(queries()));
    weights({ 0, queries(), key, key + 1 }, out);
    return out;
}

Tensor AttentionMap::block(const Block& block) const
{
    checkInside(block);
    return Tensor::make({ block.rows(), block.columns() }, [&](std::span<float> out) {
        parallelFor(block.firstRow, block.lastRow, bandRows, [&](std::int64_t first, std::int64_t last) {
            const Block band { first, last, block.firstColumn, block.lastColumn };
            const std::size_t offset = std::size_t((first - block.firstRow) * block.columns());
            weights(band, out.subspan(offset, std::size_t(band.rows() * band.columns())));
        });
    });
}

Tensor AttentionMap::full() const
{
    return block({ 0, queries(), 0, keys() });
}

Tensor AttentionMap::pooled(std::int64_t width, std::int64_t height, Pooling pooling) const
{
    const std::int64_t w = std::clamp<std::int64_t>(width, 1, keys()), h = std::clamp<std::int64_t>(height, 1, queries());
    return Tensor::make({ h, w }, [&](std::span<float> out) {
        parallelFor(0, h, 1, [&](std::int64_t firstLine, std::int64_t lastLine) {
            std::vector<float> band;
            for (std::int64_t y = firstLine; y < lastLine; ++y) {
                const Block rows { bucketBegin(y, h, queries()), bucketBegin(y + 1, h, queries()), 0, keys() };
                band.resize(std::size_t(rows.rows() * keys()));
                weights(rows, band);
                poolBand(band, rows.rows(), keys(), pooling, out.subspan(std::size_t(y * w), std::size_t(w)));
            }
        });
    });
}

} // namespace headlight
