#include "ui/widgets/axis_labels.h"

#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double widestLabel = 120, slant = 55;
/// Measuring text is slow: of thousands of labels only the longest by count of characters are measured.
constexpr int mostMeasured = 256;

double radians(double degrees)
{
    return degrees * M_PI / 180;
}

void prepare(QPainter& painter, LabelLook look, const Theme& theme)
{
    QFont font = theme.small;
    font.setBold(look == LabelLook::Chosen);
    painter.setFont(font);
    painter.setPen(theme.text);
}

} // namespace

std::vector<int> thinnedLabels(
    const LabelRange& range, double cell, double needed, const std::vector<int>& kept)
{
    const int step = std::max(1, int(std::ceil(needed / std::max(cell, 1e-9))));
    const auto nearKept = [&](int index) {
        return std::ranges::any_of(
            kept, [&](int other) { return other != index && std::abs(other - index) * cell < needed; });
    };
    const auto isKept = [&](int index) { return std::ranges::find(kept, index) != kept.end(); };
    std::vector<int> shown;
    for (int i = (range.first + step - 1) / step * step; i < range.last; i += step) {
        if (!nearKept(i) && !isKept(i))
            shown.push_back(i);
    }
    // Of chosen labels that clash with each other the first ones win.
    std::vector<int> placed;
    for (int index : kept) {
        const bool clash =
            std::ranges::any_of(placed, [&](int other) { return std::abs(other - index) * cell < needed; });
        if (index >= range.first && index < range.last && !clash)
            placed.push_back(index);
    }
    shown.insert(shown.end(), placed.begin(), placed.end());
    std::ranges::sort(shown);
    return shown;
}

LabelLook labelLook(int index, const std::vector<int>& kept, const std::vector<int>& chosen)
{
    if (std::ranges::find(chosen, index) != chosen.end())
        return LabelLook::Chosen;
    return std::ranges::find(kept, index) != kept.end() ? LabelLook::Pointed : LabelLook::Plain;
}

double labelWidth(const QStringList& labels, const Theme& theme)
{
    QStringList longest = labels;
    longest.removeDuplicates(); // else the longest word alone is measured, which need not be the widest
    if (longest.size() > mostMeasured) {
        std::nth_element(longest.begin(), longest.begin() + mostMeasured, longest.end(),
            [](const QString& a, const QString& b) { return a.size() > b.size(); });
        longest.resize(mostMeasured);
    }
    QFont font = theme.small;
    font.setBold(true);
    const QFontMetricsF metrics(font);
    double width = 16;
    for (const QString& label : longest)
        width = std::max(width, metrics.horizontalAdvance(label));
    return std::min(std::ceil(width) + 2, widestLabel);
}

double slantedHeight(double width, const Theme& theme)
{
    return std::ceil(
        width * std::sin(radians(slant)) + QFontMetricsF(theme.small).height() * std::cos(radians(slant)));
}

double slantedSpacing(const Theme& theme)
{
    return QFontMetricsF(theme.small).height() / std::sin(radians(slant));
}

void paintRowLabel(
    QPainter& painter, const QRectF& place, const QString& label, LabelLook look, const Theme& theme)
{
    prepare(painter, look, theme);
    const QString text = painter.fontMetrics().elidedText(label, Qt::ElideRight, int(place.width()));
    painter.drawText(
        place, int(Qt::AlignAbsolute | Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip, text);
}

bool labelsFit(double width, double cell)
{
    constexpr double gap = 4;
    return width + gap <= cell;
}

void paintStraightLabel(
    QPainter& painter, const QPointF& foot, const QString& label, LabelLook look, const Theme& theme)
{
    prepare(painter, look, theme);
    const double line = QFontMetricsF(theme.small).height();
    const QString text = painter.fontMetrics().elidedText(label, Qt::ElideRight, int(widestLabel));
    painter.drawText(QRectF(foot.x() - widestLabel / 2, foot.y() - line, widestLabel, line),
        int(Qt::AlignHCenter | Qt::AlignVCenter) | Qt::TextDontClip, text);
}

void paintSlantedLabel(
    QPainter& painter, const QPointF& foot, const QString& label, LabelLook look, const Theme& theme)
{
    prepare(painter, look, theme);
    const double line = QFontMetricsF(theme.small).height();
    const QString text = painter.fontMetrics().elidedText(label, Qt::ElideRight, int(widestLabel));
    painter.save();
    painter.translate(foot);
    painter.rotate(-slant);
    painter.drawText(QRectF(0, -line / 2, widestLabel, line),
        int(Qt::AlignAbsolute | Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, text);
    painter.restore();
}

} // namespace headlight::ui
