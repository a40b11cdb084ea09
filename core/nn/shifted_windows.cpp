#include "core/nn/shifted_windows.h"

namespace headlight {
namespace {

/// Offsets' numbers, and a wall between regions.
class WindowBias final : public ScoreBias {
public:
    WindowBias(std::shared_ptr<const ScoreBias> offsets, std::vector<std::int8_t> regions)
        : m_offsets(std::move(offsets))
        , m_regions(std::move(regions))
    {
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        m_offsets->add(place, block, out);
        const std::int8_t* region = m_regions.data() + place.sequence * place.keys;
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j, ++out)
                if (region[i] != region[j])
                    *out += wall;
    }
    std::size_t bytes() const override { return m_offsets->bytes() + m_regions.size(); }
    std::string_view name() const override { return "relative position, wall"; }
    Arithmetic explain(const MapPlace& place, std::int64_t query, std::int64_t key) const override
    {
        Arithmetic a = m_offsets->explain(place, query, key);
        const std::int8_t* region = m_regions.data() + place.sequence * place.keys;
        if (region[query] != region[key])
            a.note += "; −100 on top: the window was shifted around the edge, and the two cells are no neighbours in the picture";
        return a;
    }
    std::vector<Var> inputs() const override { return m_offsets->inputs(); }
    void backward(const MapPlace& place, const float* dBias, std::span<float* const> gradients) const override
    {
        m_offsets->backward(place, dBias, gradients);
    }

private:
    static constexpr float wall = -100.0f;
    std::shared_ptr<const ScoreBias> m_offsets;
    std::vector<std::int8_t> m_regions;
};

std::int64_t roundedUp(std::int64_t count, std::int64_t step)
{
    return (count + step - 1) / step * step;
}

/// The row of the table for each pair of cells of a window.
std::shared_ptr<const std::vector<std::int32_t>> offsetIndex(std::int64_t window)
{
    auto index = std::make_shared<std::vector<std::int32_t>>();
    const std::int64_t cells = window * window, side = 2 * window - 1;
    for (std::int64_t i = 0; i < cells; ++i)
        for (std::int64_t j = 0; j < cells; ++j) {
            const std::int64_t down = i / window - j / window + window - 1, right = i % window - j % window + window - 1;
            index->push_back(std::int32_t(down * side + right));
        }
    return index;
}

} // namespace

ShiftedWindows::ShiftedWindows(GridSize grid, std::int64_t window, std::int64_t shift)
    : m_grid(grid)
    , m_filled { roundedUp(grid.rows, window), roundedUp(grid.columns, window) }
    , m_window(window)
    , m_shift(shift)
{
}

Packing ShiftedWindows::packing() const
{
    Packing packing;
    for (std::int64_t first = 0; first < m_filled.count(); first += area())
        packing.add(area(), {});
    return packing;
}

std::vector<std::int64_t> ShiftedWindows::places() const
{
    std::vector<std::int64_t> all;
    const std::int64_t across = m_filled.columns / m_window;
    for (std::int64_t w = 0; w < m_filled.count() / area(); ++w)
        for (std::int64_t i = 0; i < area(); ++i) {
            const std::int64_t row = (w / across * m_window + i / m_window + m_shift) % m_filled.rows;
            const std::int64_t column = (w % across * m_window + i % m_window + m_shift) % m_filled.columns;
            all.push_back(row * m_filled.columns + column);
        }
    return all;
}

std::vector<std::int8_t> ShiftedWindows::regions() const
{
    // Along an axis of the shifted grid: before the last window, the part of it that was there, what came around.
    const auto part = [this](std::int64_t place, std::int64_t length) {
        const std::int64_t shifted = (place - m_shift + length) % length;
        return shifted < length - m_window ? 0 : shifted < length - m_shift ? 1 : 2;
    };
    std::vector<std::int8_t> all;
    for (const std::int64_t place : places())
        all.push_back(std::int8_t(
            3 * part(place / m_filled.columns, m_filled.rows) + part(place % m_filled.columns, m_filled.columns)));
    return all;
}

Var ShiftedWindows::gather(const Var& x) const
{
    std::vector<std::int64_t> rows;
    for (const std::int64_t place : places()) {
        const std::int64_t row = place / m_filled.columns, column = place % m_filled.columns;
        rows.push_back(row < m_grid.rows && column < m_grid.columns ? row * m_grid.columns + column : m_grid.count());
    }
    if (m_filled == m_grid)
        return gatherRows(x, rows);
    const std::array<Var, 2> filled { x, Var(Tensor::zeros({ 1, x.shape().columns() })) };
    return gatherRows(concatenateRows(filled), rows);
}

std::vector<std::int64_t> ShiftedWindows::scattered() const
{
    const std::vector<std::int64_t> all = places();
    std::vector<std::int64_t> rowOf(all.size()), rows;
    for (std::size_t i = 0; i < all.size(); ++i)
        rowOf[std::size_t(all[i])] = std::int64_t(i);
    for (std::int64_t i = 0; i < m_grid.count(); ++i)
        rows.push_back(rowOf[std::size_t(i / m_grid.columns * m_filled.columns + i % m_grid.columns)]);
    return rows;
}

Var ShiftedWindows::scatter(const Var& x) const
{
    return gatherRows(x, scattered());
}

std::shared_ptr<const ScoreBias> ShiftedWindows::bias(const Var& table) const
{
    auto offsets = indexedBias(table, offsetIndex(m_window));
    if (m_shift == 0)
        return offsets;
    return std::make_shared<const WindowBias>(std::move(offsets), regions());
}

std::shared_ptr<const Windows> ShiftedWindows::windows(std::int64_t cell) const
{
    auto all = std::make_shared<Windows>();
    const std::vector<std::int64_t> order = places();
    for (auto first = order.begin(); first != order.end(); first += area())
        all->tokens.emplace_back(first, first + area());
    all->rows = m_filled.rows;
    all->columns = m_filled.columns;
    all->cell = cell;
    return all;
}

} // namespace headlight
