// Implements steps_figure.h.

#include "ui/views/steps_figure.h"

#include "ui/views/steps_chips.h"
#include "ui/views/steps_picture.h"
#include "ui/views/distribution.h"
#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = 16, captionHeight = 20, naturalWidth = 1280, naturalRow = 26;

QString tr(const char* text)
{
    return QCoreApplication::translate("Steps", text);
}

/// Keeps the rows with the largest weights, in the order they stand.
int dropSmallRows(StepsData& data)
{
    const Stage* weight = data.stage(stages::weight);
    if (data.order.size() <= StepsFigure::mostRows || !weight)
        return 0;
    std::vector<std::int64_t> best = data.order;
    std::ranges::stable_sort(best, [&](std::int64_t a, std::int64_t b) {
        return weight->numbers[std::size_t(a)] > weight->numbers[std::size_t(b)];
    });
    best.resize(StepsFigure::mostRows);
    const std::set<std::int64_t> kept(best.begin(), best.end());
    const auto all = data.order.size();
    std::erase_if(data.order, [&](std::int64_t place) { return !kept.contains(place); });
    return int(all - data.order.size());
}

} // namespace

void StepsFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    StepsData data(scene);
    const FigurePage page(area, scene, QStringLiteral("…"));
    const QRectF& inner = page.inner();
    if (data.empty())
        return page.paintReason(
            painter, emptyReason(scene, tr("The run did not keep how its weights came about.")));
    const int dropped = dropSmallRows(data);
    data.setKey(scene);
    data.setProgress(scene);
    page.paintHeading(painter, data.heading(scene));
    const QStringList titles = chipTitles(data);
    const auto chips = chipRects(titles, inner.width(), theme);
    const double chipsHeight = chips.empty() ? 0 : chips.back().bottom() + 8;
    QStringList caption = data.remarks();
    if (dropped > 0)
        caption.push_front(tr("The %1 largest weights of %2 keys.")
                               .arg(data.order.size())
                               .arg(int(data.order.size()) + dropped));
    page.paintCaption(
        painter, QFontMetricsF(theme.small).elidedText(caption.join(' '), Qt::ElideRight, inner.width()));
    const QRectF card = page.body().adjusted(0, 0, 0, -chipsHeight);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const StepsLayout layout(data, card, theme, StepsLayout::Rows::Fit);
    const StepsLook look{ &theme, &colourMap(scene.display.colourMap), -1, 1, {}, {} };
    painter.save();
    painter.setClipRect(card, Qt::IntersectClip);
    paintSteps(painter, data, layout, look);
    painter.restore();
    paintChips(painter, { inner.left(), card.bottom() + 8 }, titles, chips, data.current, theme);
}

QSizeF StepsFigure::naturalSize(const Scene& scene) const
{
    const StepsData data(scene);
    if (data.empty())
        return { naturalWidth, 400 };
    const auto chips = chipRects(chipTitles(data), naturalWidth - 2 * gap, themeOf(scene));
    const double rows = double(std::min(data.order.size(), mostRows));
    const double height = Heading::height + captionHeight + (chips.empty() ? 0 : chips.back().bottom()) + gap
        + 14 + StepsLayout::headHeight + StepsLayout::padding * 1.5 + StepsLayout::stripsHeight(data)
        + rows * naturalRow;
    return { naturalWidth,
        std::clamp(std::ceil(height), 420.0, 6000.0) - FigurePage::spared(scene, captionHeight) };
}

std::vector<QVariantMap> StepsFigure::steps(const Scene& scene) const
{
    std::vector<QVariantMap> all;
    const StepsData data(scene);
    for (const StepsData::Step& step : data.steps)
        all.push_back(
            { { QStringLiteral("step"), QString::fromStdString(step.id) }, { QStringLiteral("row"), -1 } });
    return all;
}

std::vector<std::vector<QString>> StepsFigure::table(const Scene& scene) const
{
    const StepsData data(scene);
    std::vector<std::vector<QString>> rows;
    if (data.empty())
        return rows;
    std::vector<QString> header{ tr("key"), tr("token") };
    for (const Stage& stage : data.told.stages)
        if (stage.holds == Stage::Holds::Numbers)
            header.push_back(QString::fromStdString(stage.id == stages::bias ? stage.formula : stage.title));
    rows.push_back(std::move(header));
    for (const std::int64_t place : data.order) {
        std::vector<QString> line{ QString::number(data.told.keys[std::size_t(place)]), data.keyText(place) };
        for (const Stage& stage : data.told.stages)
            if (stage.holds == Stage::Holds::Numbers) {
                const float value = stage.numbers[std::size_t(place)];
                line.push_back(std::isinf(value) ? QStringLiteral("-inf") : exactText(value));
            }
        rows.push_back(std::move(line));
    }
    return rows;
}

QStringList StepsFigure::optionNames() const
{
    return { QStringLiteral("step"), QStringLiteral("row"), QStringLiteral("order") };
}

} // namespace headlight::ui
