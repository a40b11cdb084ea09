#include "ui/views/shown_map.h"

#include <numeric>

namespace headlight::ui {
namespace {

/// Rows read at a time when a map is pooled: bounds the scratch memory to some megabytes.
constexpr std::int64_t bandCells = 1 << 21;

AttentionMap mapOf(const Scene& scene, int layer, const std::vector<int>& heads)
{
    if (!scene.result || !scene.result->trace || heads.empty())
        return {};
    const auto found = scene.result->trace->layer({ scene.selection.kind, layer, scene.selection.tower });
    if (!found || found->queries == 0 || found->keys == 0
        || std::ranges::any_of(heads, [&](int head) { return head < 0 || head >= found->heads; }))
        return {};
    return AttentionMap(found, heads, scene.selection.join);
}

std::vector<int> shownTokens(const TokenAxis& axis, const DisplaySettings& display)
{
    std::vector<int> shown;
    shown.reserve(std::size_t(axis.count()));
    for (int i = 0; i < axis.count(); ++i) {
        if (!axis.hidden(i, display))
            shown.push_back(i);
    }
    return shown;
}

std::optional<int> placeOf(const std::vector<int>& sorted, int value)
{
    const auto found = std::ranges::lower_bound(sorted, value);
    if (found == sorted.end() || *found != value)
        return std::nullopt;
    return int(found - sorted.begin());
}

/// Pools `rows` lines of `columns` weights into one line.
void poolLines(std::span<const float> lines, std::int64_t columns, Pooling pooling, std::span<float> out)
{
    const auto rows = std::int64_t(lines.size()) / columns, width = std::int64_t(out.size());
    for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t first = bucketBegin(x, width, columns), last = bucketBegin(x + 1, width, columns);
        float top = 0.0f;
        double sum = 0.0;
        for (std::int64_t y = 0; y < rows; ++y)
            for (std::int64_t i = first; i < last; ++i) {
                const float w = lines[std::size_t(y * columns + i)];
                top = std::max(top, w);
                sum += double(w);
            }
        out[std::size_t(x)] = pooling == Pooling::Max ? top : float(sum / double(rows * (last - first)));
    }
}

} // namespace

ShownMap::ShownMap(const Scene& scene)
    : ShownMap(scene, mapOf(scene, scene.selection.layer, scene.selection.heads))
{
}

ShownMap::ShownMap(const Scene& scene, int layer, std::vector<int> heads)
    : ShownMap(scene, mapOf(scene, layer, heads))
{
}

ShownMap::ShownMap(const Scene& scene, AttentionMap map)
    : m_map(std::move(map))
{
    if (m_map.empty())
        return;
    m_rowAxis = TokenAxis::queries(*scene.result, m_map.layer());
    m_columnAxis = TokenAxis::keys(*scene.result, m_map.layer());
    m_queries = shownTokens(m_rowAxis, scene.display);
    m_keys = shownTokens(m_columnAxis, scene.display);
    m_hidden = rows() != m_map.queries() || columns() != m_map.keys();
    m_renormalise = m_hidden && scene.display.renormaliseHidden;
}

std::optional<int> ShownMap::rowOf(int query) const
{
    return placeOf(m_queries, query);
}

std::optional<int> ShownMap::columnOf(int key) const
{
    return placeOf(m_keys, key);
}

float ShownMap::at(std::int64_t row, std::int64_t column) const
{
    return m_renormalise ? block({ row, row + 1, column, column + 1 }).at(0)
                         : m_map.at(queryOf(row), keyOf(column));
}

std::vector<float> ShownMap::row(std::int64_t row) const
{
    const Tensor values = block({ row, row + 1, 0, columns() });
    return { values.floats().begin(), values.floats().end() };
}

std::vector<float> ShownMap::column(std::int64_t column) const
{
    const Tensor values = block({ 0, rows(), column, column + 1 });
    return { values.floats().begin(), values.floats().end() };
}

Tensor ShownMap::block(const Block& block) const
{
    if (!m_hidden)
        return m_map.block(block);
    return Tensor::make({ block.rows(), block.columns() }, [&](std::span<float> out) {
        if (out.empty())
            return;
        // Shown tokens stand in the order of the input: one block of the map holds all that are needed.
        const std::int64_t firstKey = m_renormalise ? 0 : keyOf(block.firstColumn);
        const std::int64_t lastKey = m_renormalise ? m_map.keys() : keyOf(block.lastColumn - 1) + 1;
        const std::int64_t firstQuery = queryOf(block.firstRow);
        const Tensor raw = m_map.block({ firstQuery, queryOf(block.lastRow - 1) + 1, firstKey, lastKey });
        for (std::int64_t y = 0; y < block.rows(); ++y) {
            const auto line = raw.row(queryOf(block.firstRow + y) - firstQuery);
            const auto weight = [&](int key) { return line[std::size_t(key - firstKey)]; };
            const float sum = m_renormalise ? std::accumulate(m_keys.begin(), m_keys.end(), 0.0f,
                                  [&](float s, int key) { return s + weight(key); })
                                            : 1.0f;
            for (std::int64_t x = 0; x < block.columns(); ++x)
                out[std::size_t(y * block.columns() + x)] =
                    sum > 0.0f ? weight(keyOf(block.firstColumn + x)) / sum : 0.0f;
        }
    });
}

Tensor ShownMap::sample(const Block& block, std::int64_t height, std::int64_t width, Pooling pooling,
    const std::stop_token& stop) const
{
    const auto rows = block.rows(), columns = block.columns();
    const auto h = std::clamp<std::int64_t>(height, 1, rows), w = std::clamp<std::int64_t>(width, 1, columns);
    if (h == rows && w == columns && rows * columns <= bandCells)
        return this->block(block);
    return Tensor::make({ h, w }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        const std::int64_t linesAtOnce =
            std::max<std::int64_t>(1, bandCells * h / std::max<std::int64_t>(1, rows * columns));
        for (std::int64_t y = 0; y < h && !stop.stop_requested(); y += linesAtOnce) {
            const std::int64_t end = std::min(h, y + linesAtOnce), first = bucketBegin(y, h, rows);
            const Tensor band = this->block({ block.firstRow + first,
                block.firstRow + bucketBegin(end, h, rows), block.firstColumn, block.lastColumn });
            for (std::int64_t line = y; line < end; ++line) {
                const auto from = bucketBegin(line, h, rows), to = bucketBegin(line + 1, h, rows);
                poolLines(band.floats().subspan(
                              std::size_t((from - first) * columns), std::size_t((to - from) * columns)),
                    columns, pooling, out.subspan(std::size_t(line * w), std::size_t(w)));
            }
        }
    });
}

float largest(const Tensor& values)
{
    float top = 0.0f;
    if (!values.empty())
        for (float value : values.floats())
            top = std::max(top, value);
    return top;
}

} // namespace headlight::ui
