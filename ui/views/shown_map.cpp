#include "ui/views/shown_map.h"

#include <algorithm>

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
    m_rows = ShownTokens(m_rowAxis, scene.display);
    m_columns = ShownTokens(m_columnAxis, scene.display);
    m_plain = rows() == m_map.queries() && columns() == m_map.keys();
    m_renormalise = (m_rows.hides() || m_columns.hides()) && scene.display.renormaliseHidden;
}

std::int64_t ShownMap::readForRow() const
{
    return m_map.empty() ? 0 : m_map.keys() * std::int64_t(m_map.heads().size());
}

std::int64_t ShownMap::readForColumn() const
{
    if (m_map.empty())
        return 0;
    std::int64_t columns = 1;
    if (m_renormalise)
        columns = prompt() || !knowsRowSums() ? m_map.keys() : 1 + m_map.keys() - m_columns.count();
    return columns * m_map.queries() * std::int64_t(m_map.heads().size());
}

float ShownMap::at(std::int64_t row, std::int64_t column) const
{
    return m_renormalise || joined() ? block({ row, row + 1, column, column + 1 }).at(0)
                                     : m_map.at(queryOf(row), keyOf(column));
}

std::vector<float> ShownMap::row(std::int64_t row) const
{
    const Tensor values = block({ row, row + 1, 0, columns() });
    return { values.floats().begin(), values.floats().end() };
}

std::vector<float> ShownMap::remainders() const
{
    std::vector<double> left(std::size_t(m_map.queries()), 0.0);
    const auto heads = m_map.heads();
    for (const int head : heads) {
        const auto rows = m_map.layer().summaries.at(std::size_t(head)).rows();
        for (std::size_t query = 0; query < left.size(); ++query)
            left[query] += double(rows[query].sum) / double(heads.size());
    }
    for (int key = 0; key < m_map.keys(); ++key) {
        if (columnOf(key))
            continue;
        const std::vector<float> hidden = m_map.column(key);
        for (std::size_t query = 0; query < left.size(); ++query)
            left[query] -= double(hidden[query]);
    }
    return { left.begin(), left.end() };
}

std::vector<float> ShownMap::renormalisedColumn(std::int64_t column) const
{
    const std::vector<float> left = remainders();
    std::vector<float> given(left.size(), 0.0f), out(std::size_t(rows()), 0.0f);
    for (const int key : m_columns.tokens(int(column))) {
        const std::vector<float> weights = m_map.column(key);
        std::ranges::transform(given, weights, given.begin(), std::plus());
    }
    for (int row = 0; row < m_rows.count(); ++row)
        for (const int query : m_rows.tokens(row)) {
            const float weight = given[std::size_t(query)];
            if (weight > 0.0f) // never more than all, however little is left
                out[std::size_t(row)] +=
                    weight / std::max(left[std::size_t(query)], weight) / float(m_rows.pieces(row));
        }
    return out;
}

std::vector<float> ShownMap::column(std::int64_t column) const
{
    if (m_renormalise && !prompt() && knowsRowSums())
        return renormalisedColumn(column);
    const Tensor values = block({ 0, rows(), column, column + 1 });
    return { values.floats().begin(), values.floats().end() };
}

Tensor ShownMap::block(const Block& block) const
{
    if (m_plain)
        return m_map.block(block);
    return Tensor::make({ block.rows(), block.columns() }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        if (out.empty())
            return;
        // Shown tokens stand in the order of the input: one band of the map holds all that are needed.
        const auto end = [](const ShownTokens& tokens, std::int64_t place) -> std::int64_t {
            return tokens.first(int(place)) + tokens.pieces(int(place));
        };
        const std::int64_t firstKey = m_renormalise ? 0 : keyOf(block.firstColumn);
        const std::int64_t lastKey = m_renormalise ? m_map.keys() : end(m_columns, block.lastColumn - 1);
        const std::int64_t lastQuery = end(m_rows, block.lastRow - 1);
        const std::int64_t linesAtOnce = std::max<std::int64_t>(1, bandCells / (lastKey - firstKey));
        for (std::int64_t first = queryOf(block.firstRow); first < lastQuery; first += linesAtOnce) {
            const std::int64_t last = std::min(lastQuery, first + linesAtOnce);
            const Tensor band = m_map.block({ first, last, firstKey, lastKey });
            for (std::int64_t query = first; query < last; ++query) {
                const auto row = rowOf(int(query));
                if (row)
                    addRow(band.row(query - first), firstKey, m_rows.pieces(*row), block,
                        out.subspan(std::size_t((*row - block.firstRow) * block.columns()),
                            std::size_t(block.columns())));
            }
        }
    });
}

/// One query's weights, from `firstKey` on, into the row it is a piece of.
void ShownMap::addRow(std::span<const float> line, std::int64_t firstKey, int pieces, const Block& block,
    std::span<float> out) const
{
    const auto weightOn = [&](int column) {
        float sum = 0.0f;
        for (int key = m_columns.first(column); key < m_columns.first(column) + m_columns.pieces(column);
             ++key)
            sum += line[std::size_t(key - firstKey)];
        return sum;
    };
    float whole = 1.0f;
    if (m_renormalise) {
        whole = 0.0f;
        for (int column = 0; column < m_columns.count(); ++column)
            whole += weightOn(column);
    }
    if (!(whole > 0.0f))
        return;
    for (std::int64_t x = 0; x < block.columns(); ++x)
        out[std::size_t(x)] += weightOn(int(block.firstColumn + x)) / whole / float(pieces);
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
