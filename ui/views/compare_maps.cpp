#include "ui/views/compare_maps.h"

#include "ui/views/scene_text.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace headlight::ui {
namespace {

/// Cells read at a time: bounds the scratch memory to some megabytes.
constexpr std::int64_t bandCells = 1 << 20;

QString tr(const char* text)
{
    return QCoreApplication::translate("Compare", text);
}

Vocabulary vocabularyOf(const Scene& a, const ComparedSide& b)
{
    const auto &first = a.result->model, &second = b.result->model;
    const bool same = first == second || !first || !second || first->name == second->name;
    return same ? Vocabulary::Same : Vocabulary::Different;
}

const std::vector<int>& tokensOf(const AlignedTokens& unit, bool ofA)
{
    return ofA ? unit.a : unit.b;
}

/// First and last place that the units [first,last) stand for on one side; empty when first > last.
std::pair<int, int> extent(const TokenAlignment& units, bool ofA, std::int64_t first, std::int64_t last)
{
    int from = std::numeric_limits<int>::max(), to = -1;
    for (auto i = first; i < last; ++i) {
        for (int place : tokensOf(units.units[std::size_t(i)], ofA)) {
            from = std::min(from, place);
            to = std::max(to, place);
        }
    }
    return { from, to };
}

QString joinedLabel(const TokenAxis& axis, const ShownTokens& shown, const std::vector<int>& places)
{
    QString text;
    for (int place : places) {
        const QString label = tokenLabel(axis, shown, place);
        if (places.size() == 1 || label != QStringLiteral("␣"))
            text += label;
    }
    return text;
}

/// Pools the rows and columns of a side that are present into one line.
struct LinePool {
    std::span<const float> values; ///< rows × columns
    std::span<const char> rowPresent, columnPresent;
    Pooling pooling;

    void into(std::span<float> out) const
    {
        const auto columns = std::int64_t(columnPresent.size()), width = std::int64_t(out.size());
        for (std::int64_t x = 0; x < width; ++x) {
            const auto first = bucketBegin(x, width, columns), last = bucketBegin(x + 1, width, columns);
            float top = 0.0f;
            double sum = 0.0;
            std::int64_t count = 0;
            for (std::size_t y = 0; y < rowPresent.size(); ++y) {
                if (!rowPresent[y])
                    continue;
                for (auto i = first; i < last; ++i) {
                    if (!columnPresent[std::size_t(i)])
                        continue;
                    const float value = values[y * std::size_t(columns) + std::size_t(i)];
                    if (std::abs(value) > std::abs(top))
                        top = value;
                    sum += double(value);
                    ++count;
                }
            }
            out[std::size_t(x)] = pooling == Pooling::Max ? top
                : count > 0                               ? float(sum / double(count))
                                                          : 0.0f;
        }
    }
};

std::span<const char> part(const std::vector<char>& all, std::int64_t first, std::int64_t last)
{
    return std::span(all).subspan(std::size_t(first), std::size_t(last - first));
}

/// How many lines of `height` are made of one band, so that it has about bandCells cells.
std::int64_t linesAtOnce(std::int64_t height, std::int64_t rows, std::int64_t columns)
{
    return std::max<std::int64_t>(1, bandCells * height / std::max<std::int64_t>(1, rows * columns));
}

/// a − b, where it is more than rounding: the engine may add in another order when it runs the same again,
/// and an error of a score is in proportion to the weight it makes.
float changeOf(float a, float b)
{
    constexpr float rounding = 1e-4f;
    return std::abs(a - b) <= rounding * std::max(std::abs(a), std::abs(b)) ? 0.0f : a - b;
}

} // namespace

/// A band of whole rows of both sides, as they are read.
struct CompareMaps::Lines {
    std::int64_t firstRow = 0;
    Tensor a, b;
};

std::optional<float> CompareSamples::meanDistance() const
{
    double sum = 0;
    int count = 0;
    for (float distance : distances) {
        if (std::isnan(distance))
            continue;
        sum += double(distance);
        ++count;
    }
    return count > 0 ? std::optional(float(sum / count)) : std::nullopt;
}

CompareMaps::CompareMaps(const Scene& scene)
    : m_scene(scene)
    , m_sign(scene.options.value(QStringLiteral("minus")).toString() == QLatin1String("b-a") ? Sign::BMinusA
                                                                                             : Sign::AMinusB)
{
    m_a = ShownMap(scene);
    if (m_a.map().empty() || m_a.empty()) {
        m_reason = tr("There is no token left to show.");
        return;
    }
    if (!scene.other || !scene.other->result) {
        m_reason = tr("There is nothing to compare with yet.");
        return;
    }
    m_otherScene = scene;
    m_otherScene.result = scene.other->result;
    m_otherScene.selection = scene.other->selection;
    m_b = ShownMap(m_otherScene);
    if (m_b.map().empty() || m_b.empty()) {
        m_reason = tr("The other side has no token left to show.");
        return;
    }
    const Vocabulary vocabulary = vocabularyOf(scene, *scene.other);
    AxisAlignment rows =
        alignAxes(m_a.rowAxis(), m_a.rowTokens(), m_b.rowAxis(), m_b.rowTokens(), vocabulary);
    const bool alike = !m_a.crosses() && !m_b.crosses();
    AxisAlignment columns = alike
        ? rows
        : alignAxes(m_a.columnAxis(), m_a.columnTokens(), m_b.columnAxis(), m_b.columnTokens(), vocabulary);
    m_reason = rows.reason.isEmpty() ? columns.reason : rows.reason;
    if (!m_reason.isEmpty())
        return;
    m_rows = std::move(rows.alignment);
    m_columns = std::move(columns.alignment);
}

std::vector<int> CompareMaps::queriesOfA(int row) const
{
    std::vector<int> tokens;
    for (int place : m_rows.units[std::size_t(row)].a)
        std::ranges::copy(m_a.rowTokens().tokens(place), std::back_inserter(tokens));
    return tokens;
}

std::vector<int> CompareMaps::keysOfA(int column) const
{
    std::vector<int> tokens;
    for (int place : m_columns.units[std::size_t(column)].a)
        std::ranges::copy(m_a.columnTokens().tokens(place), std::back_inserter(tokens));
    return tokens;
}

std::optional<int> CompareMaps::rowOfQuery(int query) const
{
    const auto place = m_a.rowOf(query);
    return place ? m_rows.unitOfA(*place) : std::nullopt;
}

std::optional<int> CompareMaps::columnOfKey(int key) const
{
    const auto place = m_a.columnOf(key);
    return place ? m_columns.unitOfA(*place) : std::nullopt;
}

QString CompareMaps::rowLabel(CompareSide side, int row) const
{
    const AlignedTokens& unit = m_rows.units[std::size_t(row)];
    const QString a = joinedLabel(m_a.rowAxis(), m_a.rowTokens(), unit.a);
    const QString b = joinedLabel(m_b.rowAxis(), m_b.rowTokens(), unit.b);
    if (side != CompareSide::Difference)
        return side == CompareSide::A ? a : b;
    return a == b || b.isEmpty() ? a : a.isEmpty() ? b : QStringLiteral("%1 | %2").arg(a, b);
}

QString CompareMaps::columnLabel(CompareSide side, int column) const
{
    const AlignedTokens& unit = m_columns.units[std::size_t(column)];
    const QString a = joinedLabel(m_a.columnAxis(), m_a.columnTokens(), unit.a);
    const QString b = joinedLabel(m_b.columnAxis(), m_b.columnTokens(), unit.b);
    if (side != CompareSide::Difference)
        return side == CompareSide::A ? a : b;
    return a == b || b.isEmpty() ? a : a.isEmpty() ? b : QStringLiteral("%1 | %2").arg(a, b);
}

/// The weights of one side in the rows and columns of both.
Tensor CompareMaps::aligned(bool ofA, const Block& block) const
{
    const ShownMap& map = ofA ? m_a : m_b;
    const auto [firstRow, lastRow] = extent(m_rows, ofA, block.firstRow, block.lastRow);
    const auto [firstColumn, lastColumn] = extent(m_columns, ofA, block.firstColumn, block.lastColumn);
    if (lastRow < 0 || lastColumn < 0)
        return Tensor::zeros({ block.rows(), block.columns() });
    const Tensor raw = map.block({ firstRow, lastRow + 1, firstColumn, lastColumn + 1 });
    return Tensor::make({ block.rows(), block.columns() }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        for (std::int64_t y = 0; y < block.rows(); ++y) {
            const auto& queries = tokensOf(m_rows.units[std::size_t(block.firstRow + y)], ofA);
            const auto line = out.subspan(std::size_t(y * block.columns()), std::size_t(block.columns()));
            for (int query : queries) {
                const auto weights = raw.row(query - firstRow);
                for (std::size_t x = 0; x < line.size(); ++x) {
                    const auto& unit = m_columns.units[std::size_t(block.firstColumn) + x];
                    for (int key : tokensOf(unit, ofA))
                        line[x] += weights[std::size_t(key - firstColumn)];
                }
            }
            if (queries.size() > 1)
                for (float& weight : line)
                    weight /= float(queries.size());
        }
    });
}

Tensor CompareMaps::difference(const Tensor& a, const Tensor& b) const
{
    const float sign = m_sign == Sign::AMinusB ? 1.0f : -1.0f;
    const auto first = a.floats(), second = b.floats();
    return Tensor::make(a.shape(), [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = sign * changeOf(first[i], second[i]);
    });
}

Tensor CompareMaps::block(CompareSide side, const Block& block) const
{
    if (block.rows() <= 0 || block.columns() <= 0)
        return Tensor::zeros(
            { std::max<std::int64_t>(block.rows(), 0), std::max<std::int64_t>(block.columns(), 0) });
    if (side != CompareSide::Difference)
        return aligned(side == CompareSide::A, block);
    return difference(aligned(true, block), aligned(false, block));
}

/// Of each unit, whether a side has it.
std::vector<char> CompareMaps::present(CompareSide side, const TokenAlignment& units) const
{
    std::vector<char> out;
    out.reserve(units.units.size());
    for (const AlignedTokens& unit : units.units) {
        const bool a = !unit.a.empty(), b = !unit.b.empty();
        out.push_back(side == CompareSide::A ? a : side == CompareSide::B ? b : a && b);
    }
    return out;
}

Tensor CompareMaps::sample(CompareSide side, const Block& block, std::int64_t height, std::int64_t width,
    Pooling pooling, const std::stop_token& stop) const
{
    const auto rows = block.rows(), columns = block.columns();
    const auto h = std::clamp<std::int64_t>(height, 1, rows), w = std::clamp<std::int64_t>(width, 1, columns);
    if (h == rows && w == columns && rows * columns <= bandCells)
        return this->block(side, block);
    const std::vector<char> rowPresent = present(side, m_rows), columnPresent = present(side, m_columns);
    return Tensor::make({ h, w }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        const std::int64_t lines = linesAtOnce(h, rows, columns);
        for (std::int64_t y = 0; y < h && !stop.stop_requested(); y += lines) {
            const std::int64_t end = std::min(h, y + lines), first = bucketBegin(y, h, rows);
            const Tensor band = this->block(side,
                { block.firstRow + first, block.firstRow + bucketBegin(end, h, rows), block.firstColumn,
                    block.lastColumn });
            for (std::int64_t line = y; line < end; ++line) {
                const auto from = bucketBegin(line, h, rows), to = bucketBegin(line + 1, h, rows);
                LinePool{ band.floats().subspan(
                              std::size_t((from - first) * columns), std::size_t((to - from) * columns)),
                    part(rowPresent, block.firstRow + from, block.firstRow + to),
                    part(columnPresent, block.firstColumn, block.lastColumn), pooling }
                    .into(out.subspan(std::size_t(line * w), std::size_t(w)));
            }
        }
    });
}

/// Distances and the largest change of a band. Keys that one side has not count as 0 there.
void CompareMaps::account(const Lines& lines, CompareSamples& samples) const
{
    const float sign = m_sign == Sign::AMinusB ? 1.0f : -1.0f;
    for (std::int64_t y = 0; y < lines.a.shape()[0]; ++y) {
        const auto row = std::size_t(lines.firstRow + y);
        if (!m_rows.units[row].both())
            continue;
        const auto a = lines.a.row(y), b = lines.b.row(y);
        double sum = 0;
        for (std::size_t x = 0; x < a.size(); ++x) {
            const float change = sign * changeOf(a[x], b[x]);
            sum += std::abs(double(change));
            if (!m_columns.units[x].both())
                continue;
            if (!samples.largest || std::abs(change) > std::abs(samples.largest->difference))
                samples.largest = { int(row), int(x), change };
        }
        samples.distances[row] = float(sum / 2);
    }
}

CompareSamples CompareMaps::samples(
    std::int64_t height, std::int64_t width, Pooling pooling, const std::stop_token& stop) const
{
    CompareSamples out;
    if (empty())
        return out;
    const std::int64_t n = rows(), m = columns();
    const auto h = std::clamp<std::int64_t>(height, 1, n), w = std::clamp<std::int64_t>(width, 1, m);
    out.distances.assign(std::size_t(n), std::numeric_limits<float>::quiet_NaN());
    constexpr CompareSide sides[]{ CompareSide::A, CompareSide::B, CompareSide::Difference };
    std::vector<float> pooled[3];
    std::vector<char> rowPresent[3], columnPresent[3];
    for (std::size_t side = 0; side < 3; ++side) {
        pooled[side].assign(std::size_t(h * w), 0.0f);
        rowPresent[side] = present(sides[side], m_rows);
        columnPresent[side] = present(sides[side], m_columns);
    }
    const std::int64_t lines = linesAtOnce(h, n, m);
    for (std::int64_t y = 0; y < h && !stop.stop_requested(); y += lines) {
        const std::int64_t end = std::min(h, y + lines), first = bucketBegin(y, h, n);
        const Block band{ first, bucketBegin(end, h, n), 0, m };
        const Tensor a = aligned(true, band), b = aligned(false, band);
        account({ first, a, b }, out);
        const Tensor values[]{ a, b, difference(a, b) };
        for (std::size_t side = 0; side < 3; ++side)
            for (std::int64_t line = y; line < end; ++line) {
                const auto from = bucketBegin(line, h, n), to = bucketBegin(line + 1, h, n);
                LinePool{ values[side].floats().subspan(
                              std::size_t((from - first) * m), std::size_t((to - from) * m)),
                    part(rowPresent[side], from, to), columnPresent[side], pooling }
                    .into(std::span(pooled[side]).subspan(std::size_t(line * w), std::size_t(w)));
            }
    }
    Tensor* const targets[]{ &out.a, &out.b, &out.difference };
    for (std::size_t side = 0; side < 3; ++side)
        *targets[side] = Tensor::fromVector({ h, w }, std::move(pooled[side]));
    return out;
}

} // namespace headlight::ui
