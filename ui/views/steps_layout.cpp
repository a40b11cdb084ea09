// Implements steps_layout.h.

#include "ui/views/steps_layout.h"

#include <QFontMetricsF>

namespace headlight::ui {
namespace {

/// Below this width the query stands above the keys instead of beside them.
constexpr double wideEnough = 800;
constexpr double gridSize = 112, gap = 14;
/// Rows whose labels decide how wide labels are.
constexpr int measuredRows = 200;

/// Queries and keys are shown as they are before their turn while that is the step; else as the scores take
/// them.
const Stage* shown(const StepsData& data, std::string_view before, std::string_view after)
{
    const Stage* first = data.stage(before);
    return first && data.current == data.stepOf(*first) ? first : data.stage(after);
}

bool isNumber(const Stage& stage)
{
    return stage.holds == Stage::Holds::Numbers;
}

/// Vectors that stand below the rows.
std::vector<const Stage*> below(const StepsData& data)
{
    std::vector<const Stage*> all;
    for (const Stage& stage : data.told.stages)
        if (stage.holds == Stage::Holds::Vector && stage.id != stages::query
            && stage.id != stages::queryBefore)
            all.push_back(&stage);
    return all;
}

/// As near to a square as whole rows allow; a last row that is not full where none do.
int gridColumns(std::int64_t size)
{
    const int square = std::max(1, int(std::ceil(std::sqrt(double(size)))));
    for (int columns = square; columns <= 2 * square; ++columns)
        if (size % columns == 0)
            return columns;
    return square;
}

} // namespace

QRectF stripCell(const QRectF& strip, std::int64_t index, std::int64_t count)
{
    const double width = strip.width() / double(std::max<std::int64_t>(1, count));
    return { strip.left() + width * double(index), strip.top(), width, strip.height() };
}

double StepsLayout::stripsHeight(const StepsData& data)
{
    return stripHeight * double(below(data).size()) + gap;
}

StepsLayout::StepsLayout(
    const StepsData& data, const QRectF& area, const Theme& theme, Rows rows, double scroll)
    : m_area(area.adjusted(padding, padding / 2, -padding, -padding))
    , m_rows(int(data.order.size()))
{
    if (data.empty())
        return;
    m_top = m_area.top() + headHeight;
    double left = m_area.left();
    layQuery(data, left);
    layColumns(data, theme, left);
    const double strips = stripsHeight(data);
    const double least = leastRow * std::max(1.0, theme.typeScale);
    const double most = std::max(least, m_area.bottom() - strips - m_top);
    const double fit = m_rows > 0 ? std::floor(most / m_rows) : mostRow;
    m_rowHeight = std::clamp(fit, least, std::max(least, mostRow));
    if (rows == Rows::Fit)
        m_rowHeight = std::clamp(most / std::max(1, m_rows), 1.0, mostRow);
    // Whole rows: none is cut by an edge.
    const double whole =
        rows == Rows::Fit ? most : std::max(1.0, std::floor(most / m_rowHeight)) * m_rowHeight;
    m_bottom = m_top + std::min(whole, m_rowHeight * m_rows);
    m_scroll = std::clamp(std::round(scroll / m_rowHeight) * m_rowHeight, 0.0,
        std::max(0.0, contentHeight() - visibleHeight()));
    layStrips(data);
}

void StepsLayout::layQuery(const StepsData& data, double& left)
{
    m_query = shown(data, stages::queryBefore, stages::query);
    if (!m_query)
        return;
    const std::int64_t size = m_query->width;
    m_queryIsStrip = m_area.width() < wideEnough;
    if (m_queryIsStrip) {
        m_queryColumns = int(size);
        m_top += stripHeight + 22;
        return; // as wide as the keys: layColumns says where
    }
    m_queryColumns = gridColumns(size);
    const double cell = gridSize / m_queryColumns;
    const double rows = std::ceil(double(size) / m_queryColumns);
    m_queryRect = { left, m_top + 4, gridSize, cell * rows };
    left += gridSize + 2 * gap;
}

void StepsLayout::layColumns(const StepsData& data, const Theme& theme, double left)
{
    const QFontMetricsF labels(theme.body), numbers(theme.mono), titles(theme.strong);
    double widest = labels.horizontalAdvance(QStringLiteral("query"));
    for (int row = 0; row < std::min(m_rows, measuredRows); ++row)
        widest = std::max(widest, labels.horizontalAdvance(data.keyText(data.order[std::size_t(row)])));
    for (const Stage* stage : below(data))
        widest = std::max(widest, titles.horizontalAdvance(QString::fromStdString(stage->title)));
    m_labelsWidth = std::clamp(widest + 4, 44.0, m_queryIsStrip ? 92.0 : 150.0);
    m_labelsRight = left + m_labelsWidth;
    double fixed = 0;
    for (const Stage& stage : data.told.stages) {
        if (!isNumber(stage))
            continue;
        const bool weight = stage.id == stages::weight;
        const float top = largestOf(stage.numbers);
        const double number = numbers.horizontalAdvance(stepNumber(-top, top));
        const double head = titles.horizontalAdvance(QString::fromStdString(stage.title));
        const bool narrow = weight && m_queryIsStrip;
        const double width =
            weight ? std::max(narrow ? 0 : head, number + 56) + gap : std::max(head, number) + gap;
        m_numbers.push_back({ &stage, 0, width, weight, narrow, top });
        fixed += width;
    }
    const double from = m_labelsRight + 8, free = std::max(40.0, m_area.right() - from - fixed - gap);
    const double bar = std::clamp(free * 0.16, 0.0, 110.0); // the bars grow with the room
    const double cells = std::max(16.0, (free - bar) / 2);
    m_keys = { shown(data, stages::keyBefore, stages::key), from, cells * 1.08, false };
    double x = from + m_keys.width + gap / 2;
    for (Column& column : m_numbers) {
        column.left = x;
        column.width += column.weight ? bar : 0;
        x += column.width;
    }
    m_values = { data.stage(stages::value), x + gap / 2, std::max(8.0, m_area.right() - x - gap / 2), false };
    if (m_queryIsStrip)
        m_queryRect = { m_keys.left, m_area.top() + headHeight, m_keys.width, stripHeight - 6 };
}

void StepsLayout::layStrips(const StepsData& data)
{
    double y = m_bottom + gap;
    for (const Stage* stage : below(data)) {
        const bool context = stage->id == stages::context; // a sum of the values above it
        const double left = context ? m_values.left : m_keys.left;
        const double right = m_values.left + m_values.width;
        const QRectF label = context ? QRectF(m_area.left(), y, left - 8 - m_area.left(), stripHeight)
                                     : QRectF(m_area.left(), y, m_labelsRight - m_area.left(), stripHeight);
        m_strips.push_back({ stage, { left, y + 4, right - left, stripHeight - 8 }, label });
        y += stripHeight;
    }
}

std::pair<int, int> StepsLayout::visibleRows() const
{
    if (m_rows == 0)
        return { 0, 0 };
    const int first = std::clamp(int(m_scroll / m_rowHeight), 0, m_rows);
    const int last = std::clamp(int(std::ceil((m_scroll + visibleHeight()) / m_rowHeight)), first, m_rows);
    return { first, last };
}

std::optional<int> StepsLayout::rowAt(const QPointF& point) const
{
    if (point.y() < m_top || point.y() >= m_bottom)
        return std::nullopt;
    const int row = int((point.y() - m_top + m_scroll) / m_rowHeight);
    return row < m_rows ? std::optional(row) : std::nullopt;
}

QRectF StepsLayout::rowCells(const Column& column, int row) const
{
    const double inset = std::min(5.0, m_rowHeight * 0.18);
    return { column.left, rowTop(row) + inset, column.width, m_rowHeight - 2 * inset };
}

std::optional<StepCell> StepsLayout::cellAt(const StepsData& data, const QPointF& point) const
{
    const auto inside = [](double x, double left, double width) { return x >= left && x < left + width; };
    const auto part = [](double x, double left, double width, std::int64_t count) {
        return std::clamp(std::int64_t((x - left) / width * double(count)), std::int64_t(0), count - 1);
    };
    if (m_query && m_queryRect.contains(point)) {
        const std::int64_t rows = (m_query->width + m_queryColumns - 1) / m_queryColumns;
        const std::int64_t at =
            part(point.y(), m_queryRect.top(), m_queryRect.height(), rows) * m_queryColumns
            + part(point.x(), m_queryRect.left(), m_queryRect.width(), m_queryColumns);
        return at < m_query->width ? std::optional(StepCell{ m_query->id, 0, at }) : std::nullopt;
    }
    for (const Strip& strip : m_strips)
        if (strip.cells.adjusted(0, -4, 0, 4).contains(point))
            return StepCell{ strip.stage->id, 0,
                part(point.x(), strip.cells.left(), strip.cells.width(), strip.stage->width) };
    const auto row = rowAt(point);
    if (!row)
        return std::nullopt;
    const std::int64_t place = data.order[std::size_t(*row)];
    for (const Column& column : { m_keys, m_values })
        if (column.stage && inside(point.x(), column.left, column.width))
            return StepCell{ column.stage->id, place,
                part(point.x(), column.left, column.width, column.stage->width) };
    for (const Column& column : m_numbers)
        if (inside(point.x(), column.left, column.width))
            return StepCell{ column.stage->id, place, 0 };
    return std::nullopt;
}

QRectF StepsLayout::cellRect(const StepsData& data, const StepCell& cell) const
{
    if (m_query && cell.stage == m_query->id) {
        const std::int64_t rows = (m_query->width + m_queryColumns - 1) / m_queryColumns;
        const double w = m_queryRect.width() / m_queryColumns, h = m_queryRect.height() / double(rows);
        return { m_queryRect.left() + w * double(cell.component % m_queryColumns),
            m_queryRect.top() + h * double(cell.component / m_queryColumns), w, h };
    }
    for (const Strip& strip : m_strips)
        if (cell.stage == strip.stage->id)
            return stripCell(strip.cells, cell.component, strip.stage->width);
    const auto found = std::ranges::find(data.order, cell.place);
    if (found == data.order.end())
        return {};
    const int row = int(found - data.order.begin());
    for (const Column& column : { m_keys, m_values })
        if (column.stage && cell.stage == column.stage->id)
            return stripCell(rowCells(column, row), cell.component, column.stage->width);
    for (const Column& column : m_numbers)
        if (cell.stage == column.stage->id)
            return rowCells(column, row).adjusted(2, 0, -6, 0);
    return {};
}

std::vector<QRectF> StepsLayout::frames(const StepsData& data, int step) const
{
    std::vector<QRectF> all;
    const auto add = [&](const QRectF& rect) { // side by side becomes one
        if (!all.empty() && std::abs(all.back().top() - rect.top()) < 1
            && std::abs(all.back().bottom() - rect.bottom()) < 1 && rect.left() - all.back().right() < gap)
            all.back() |= rect;
        else if (!all.empty() && std::abs(all.back().bottom() - rect.top()) < 12
            && std::abs(all.back().left() - rect.left()) < 1)
            all.back() |= rect;
        else
            all.push_back(rect);
    };
    if (step < 0 || step >= int(data.steps.size()))
        return all;
    const double top = m_area.top() + (m_queryIsStrip ? stripHeight + 22 : 0);
    const auto columnFrame = [&](const Column& c) {
        const double over = c.stage->holds == Stage::Holds::Numbers ? -1 : 8;
        return QRectF(c.left - 5, top, c.width + over, m_bottom - top + 4);
    };
    for (const Stage* stage : data.steps[std::size_t(step)].stages) {
        if (stage == m_query)
            add(m_queryRect.adjusted(-5, -5, 5, 5));
        if (stage == m_keys.stage || stage == m_values.stage)
            add(columnFrame(stage == m_keys.stage ? m_keys : m_values));
        for (const Column& column : m_numbers)
            if (stage == column.stage)
                add(columnFrame(column));
        for (const Strip& strip : m_strips)
            if (stage == strip.stage)
                add(strip.cells.adjusted(-5, -4, 5, 4));
    }
    return all;
}

} // namespace headlight::ui
