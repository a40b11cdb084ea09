#include "ui/widgets/cell_image.h"

#include <QPainter>

#include <cmath>
#include <cstring>

namespace headlight::ui {
namespace {

/// The numbers that a pixel shows, and which cell of the map stands for it.
struct Range {
    std::int64_t first = 0, last = 0;
    std::int64_t cell = 0;
    bool empty() const { return first >= last; }
    friend bool operator==(const Range&, const Range&) = default;
};

struct Axis {
    double windowBegin, windowSize;
    std::int64_t cellBegin, cells, numbers;
};

/// For each of `pixels` the range of numbers beneath it.
std::vector<Range> ranges(int pixels, const Axis& axis)
{
    std::vector<Range> out(static_cast<std::size_t>(pixels));
    const double numbersPerCell = double(axis.numbers) / double(axis.cells), step = axis.windowSize / pixels;
    const bool several = step * numbersPerCell > 1.0;
    const auto number = [&](double cell) { return (cell - double(axis.cellBegin)) * numbersPerCell; };
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const double begin = axis.windowBegin + pixel * step, middle = begin + step / 2;
        Range& range = out[std::size_t(pixel)];
        range.first = std::int64_t(std::floor(several ? number(begin) + 1e-9 : number(middle)));
        range.last = several ? std::max(range.first + 1, std::int64_t(std::ceil(number(begin + step) - 1e-9)))
                             : range.first + 1;
        range.cell = std::int64_t(std::floor(middle));
        if (range.last <= 0 || range.first >= axis.numbers)
            range = {};
        range.first = std::max<std::int64_t>(range.first, 0);
        range.last = std::min(range.last, axis.numbers);
    }
    return out;
}

float pool(const Tensor& values, const Range& rows, const Range& columns, Pooling pooling)
{
    const auto width = values.shape()[1];
    const float* data = values.floats().data();
    float top = 0.0f, sum = 0.0f;
    for (auto row = rows.first; row < rows.last; ++row)
        for (auto column = columns.first; column < columns.last; ++column) {
            const float w = data[row * width + column];
            if (std::abs(w) > std::abs(top))
                top = w;
            sum += w;
        }
    const auto count = (rows.last - rows.first) * (columns.last - columns.first);
    return pooling == Pooling::Max ? top : sum / float(count);
}

} // namespace

QRgb colourOf(const ColourMap& map, float position)
{
    return map.at(map.diverging ? 0.5f + 0.5f * position : position);
}

ColourLine CellColours::ofRow(std::int64_t row) const
{
    using Curve = ColourLine::Curve;
    const float top = perRow()
        ? tops[std::size_t(std::clamp<std::int64_t>(row, 0, std::int64_t(tops.size()) - 1))]
        : tops.front();
    const bool fromTheMiddle = isSigned || map->diverging;
    return { map->table.data(), top,
        scale == Scale::SquareRoot        ? Curve::SquareRoot
            : scale == Scale::Logarithmic ? Curve::Logarithmic
                                          : Curve::Linear,
        ValueScale::logFloor, fromTheMiddle ? 0.5f : 0.0f, fromTheMiddle ? 0.5f : 1.0f, isSigned };
}

QRgb CellColours::colour(float weight, std::int64_t row) const
{
    QRgb colour = 0;
    colourLine(ofRow(row), &weight, &colour, 1);
    return colour;
}

bool CellValues::covers(const Block& wanted) const
{
    return !empty() && block.firstRow <= wanted.firstRow && block.lastRow >= wanted.lastRow
        && block.firstColumn <= wanted.firstColumn && block.lastColumn >= wanted.lastColumn;
}

float CellValues::at(std::int64_t row, std::int64_t column) const
{
    HEADLIGHT_CHECK(exact(), "an exact weight of pooled values");
    return values.at((row - block.firstRow) * block.columns() + column - block.firstColumn);
}

void paintCells(
    QImage& image, const CellValues& cells, const QRectF& window, const CellColours& colours, Pooling pooling)
{
    if (cells.empty() || image.isNull())
        return;
    const auto& shape = cells.values.shape();
    const auto columns = ranges(image.width(),
        { window.left(), window.width(), cells.block.firstColumn, cells.block.columns(), shape[1] });
    const auto rows = ranges(image.height(),
        { window.top(), window.height(), cells.block.firstRow, cells.block.rows(), shape[0] });
    // Pixels that show the same numbers as the one before take its colour.
    std::vector<Range> shown;
    for (const Range& column : columns)
        if (!column.empty() && (shown.empty() || column != shown.back()))
            shown.push_back(column);
    std::vector<float> numbers(shown.size());
    std::vector<QRgb> painted(shown.size());
    for (int y = 0; y < image.height(); ++y) {
        const Range& row = rows[std::size_t(y)];
        if (row.empty())
            continue;
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        if (y > 0 && row == rows[std::size_t(y - 1)]) {
            std::memcpy(line, image.constScanLine(y - 1), std::size_t(image.width()) * sizeof(QRgb));
            continue;
        }
        std::transform(shown.begin(), shown.end(), numbers.begin(),
            [&](const Range& column) { return pool(cells.values, row, column, pooling); });
        colourLine(colours.ofRow(row.cell), numbers.data(), painted.data(), std::int64_t(numbers.size()));
        std::size_t next = 0;
        for (int x = 0; x < image.width(); ++x) {
            const Range& column = columns[std::size_t(x)];
            if (column.empty())
                continue;
            next += next < shown.size() && column == shown[next] ? 0 : 1;
            line[x] = painted[next];
        }
    }
}

void paintAsCells(QPainter& painter, const QRectF& area, const QImage& image)
{
    // Renderers show the seams of neighbours that only touch; what comes after is painted over the overlap.
    constexpr double overlap = 1;
    const double width = area.width() / image.width(), height = area.height() / image.height();
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0, end = 1; x < image.width(); x = end++) {
            while (end < image.width() && image.pixel(end, y) == image.pixel(x, y))
                ++end;
            const QRectF run(area.left() + x * width, area.top() + y * height, (end - x) * width, height);
            painter.fillRect(run.adjusted(0, 0, overlap, overlap) & area, QColor(image.pixel(x, y)));
        }
}

QImage thumbnailImage(const Tensor& values, const CellColours& colours)
{
    const auto height = values.shape()[0], width = values.shape()[1];
    QImage image(int(width), int(height), QImage::Format_RGB32);
    paintCells(image, { { 0, height, 0, width }, values }, QRectF(0, 0, double(width), double(height)),
        colours, Pooling::Max);
    return image;
}

} // namespace headlight::ui
