// Implements figure_size.h.

#include "ui/export/figure_size.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

using Fit = ExportOptions::Fit;

constexpr double columnWidth = 85, pageWidth = 178; // millimetres, of most journals
constexpr int printDpi = 300;
constexpr QSize slide(1920, 1080);
/// Type of 11 pixels shrinks to no less than five points, and a slide is not a poster.
constexpr double smallest = 0.6, largest = 3;

/// As wide as the paper allows, as high as the figure is then.
FigureSize onPaper(double millimetres, const QSizeF& natural)
{
    const double width = millimetres / 25.4 * ExportOptions::screenDpi;
    const double zoom = std::clamp(width / natural.width(), smallest, 1.0);
    const double height = std::min(natural.height() * std::max(zoom, width / natural.width()), 2.5 * width);
    const QSizeF page(width, height);
    return { page / zoom, page, printDpi };
}

FigureSize onSlide(const QSizeF& natural)
{
    const QSizeF page(slide);
    const double zoom = std::clamp(
        std::min(page.width() / natural.width(), page.height() / natural.height()), smallest, largest);
    return { page / zoom, page, ExportOptions::screenDpi };
}

} // namespace

FigureSize FigureSize::of(const ExportOptions& options, const QSizeF& natural)
{
    switch (options.fit) {
    case Fit::Column:
        return onPaper(columnWidth, natural);
    case Fit::Page:
        return onPaper(pageWidth, natural);
    case Fit::Slide:
        return onSlide(natural);
    case Fit::Own:
        break;
    }
    const QSizeF size = options.size.isEmpty()
        ? natural
        : QSizeF(options.size) * (double(ExportOptions::screenDpi) / double(options.dpi));
    return { size, size, options.dpi };
}

QSize FigureSize::pixels() const
{
    const double factor = double(dpi) / ExportOptions::screenDpi;
    return { int(std::lround(page.width() * factor)), int(std::lround(page.height() * factor)) };
}

QString id(Fit fit)
{
    return fit == Fit::Column ? QStringLiteral("column")
        : fit == Fit::Page    ? QStringLiteral("page")
        : fit == Fit::Slide   ? QStringLiteral("slide")
                              : QString();
}

std::optional<Fit> fitFromId(const QString& wanted)
{
    for (const Fit fit : { Fit::Column, Fit::Page, Fit::Slide }) {
        if (wanted == id(fit))
            return fit;
    }
    return std::nullopt;
}

} // namespace headlight::ui
