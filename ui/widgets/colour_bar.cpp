#include "ui/widgets/colour_bar.h"

#include "ui/widgets/cell_image.h"

#include <QLinearGradient>
#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

/// Up to `count` steps of 1, 2 or 5 times a power of ten between 0 and `top`.
double roundStep(double top, int count)
{
    const double raw = top / std::max(count, 1), power = std::pow(10.0, std::floor(std::log10(raw)));
    for (double factor : { 1.0, 2.0, 5.0 }) {
        if (factor * power >= raw * 0.999)
            return factor * power;
    }
    return 10.0 * power;
}

QString shortNumber(double value)
{
    return value != 0 && value < 1e-4 ? QString::number(value, 'g', 1) : QString::number(value, 'g', 3);
}

std::vector<double> linearTicks(double top, int count)
{
    std::vector<double> out;
    const double step = roundStep(top, count);
    for (int i = 0; i * step < top * 0.999; ++i)
        out.push_back(i * step);
    out.push_back(top);
    return out;
}

std::vector<double> decadeTicks(double top)
{
    std::vector<double> out{ 0.0 };
    for (int exponent = int(std::ceil(std::log10(top * double(ValueScale::logFloor))));
         std::pow(10, exponent) < top * 0.999; ++exponent)
        out.push_back(std::pow(10.0, exponent));
    out.push_back(top);
    return out;
}

/// The ticks of weights above 0, and their mirror image below.
std::vector<ColourBar::Tick> mirrored(const std::vector<ColourBar::Tick>& above)
{
    std::vector<ColourBar::Tick> out;
    for (auto tick = above.rbegin(); tick != above.rend(); ++tick) {
        if (tick->position > 0)
            out.push_back({ 0.5 - tick->position / 2, u'\u2212' + tick->text });
    }
    for (const ColourBar::Tick& tick : above)
        out.push_back({ 0.5 + tick.position / 2, tick.position > 0 ? u'+' + tick.text : tick.text });
    return out;
}

} // namespace

std::vector<ColourBar::Tick> ColourBar::ticks(double height, double lineHeight) const
{
    if (isSigned) {
        ColourBar above = *this;
        above.isSigned = false;
        return mirrored(above.ticks(height / 2, lineHeight));
    }
    if (!(top > 0))
        return { { 0.0, QStringLiteral("0") } };
    const double end = shares ? 1.0 : double(top);
    const int room = std::clamp(int(height / (lineHeight * 2.2)), 1, 5);
    const ValueScale toPosition(scale, float(end));
    std::vector<Tick> kept;
    for (double value : scale == Scale::Logarithmic ? decadeTicks(end) : linearTicks(end, room)) {
        const double position = double(toPosition(float(value)));
        const bool last = value == end;
        const auto clashes = [&] {
            const double apart = (last ? 1.3 : 1.0) * lineHeight; // the end's is moved inwards
            return !kept.empty() && (position - kept.back().position) * height < apart;
        };
        while (last && kept.size() > 1 && clashes())
            kept.pop_back();
        if (!clashes() || last)
            kept.push_back({ position,
                shares ? QStringLiteral("%1 %").arg(shortNumber(value * 100)) : shortNumber(value) });
    }
    return kept;
}

double ColourBar::width(const Theme& theme)
{
    return barWidth + 52 * std::max(1.0, theme.typeScale);
}

void ColourBar::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    painter.save();
    painter.setFont(theme.small);
    const QFontMetricsF metrics(theme.small);
    const double labelRoom = label.isEmpty() ? 0 : metrics.height() + 4;
    const QRectF bar(area.left(), area.top(), barWidth, area.height() - labelRoom);
    QLinearGradient gradient(bar.bottomLeft(), bar.topLeft());
    for (int i = 0; i <= 32; ++i)
        gradient.setColorAt(
            i / 32.0, QColor(isSigned ? map->at(float(i) / 32.0f) : colourOf(*map, float(i) / 32.0f)));
    painter.fillRect(bar, gradient);
    painter.setPen(theme.mutedText);
    for (const Tick& tick : ticks(bar.height(), metrics.height())) {
        const double y = bar.bottom() - tick.position * bar.height();
        painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y));
        const double centre =
            std::clamp(y, bar.top() + metrics.height() / 2 - 3, bar.bottom() - metrics.height() / 2 + 3);
        painter.drawText(QRectF(bar.right() + 6, centre - metrics.height() / 2,
                             area.right() - bar.right() - 6, metrics.height()),
            int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, tick.text);
    }
    if (!label.isEmpty())
        painter.drawText(QRectF(area.left(), bar.bottom() + 4, area.width(), metrics.height()),
            int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, label);
    painter.restore();
}

QString weightText(float weight)
{
    if (weight > 0.0f && weight < 0.00005f)
        return QString::number(double(weight), 'g', 2);
    return QString::number(double(weight), 'f', 4);
}

QString differenceText(float difference)
{
    if (difference == 0.0f)
        return QStringLiteral("0");
    return (difference < 0 ? QChar(u'\u2212') : QChar(u'+')) + weightText(std::abs(difference));
}

} // namespace headlight::ui
