#include "ui/views/heatmap_figure.h"

#include "ui/session/row_extras.h"
#include "ui/views/figure_page.h"
#include "ui/views/view_colours.h"

#include <QPainter>
#include <numeric>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap;

/// Per row; empty where the layer has no sinks.
std::vector<float> sinksOf(const ShownMap& map)
{
    std::vector<float> shares;
    for (int row = 0; row < int(map.rows()) && map.map().layer().sinks; ++row)
        shares.push_back(sinkShare(map.map(), map.rowTokens(), row).value_or(0.0f));
    return shares;
}

/// Empty where the layer has no experts, or where a row is several tokens.
HeatmapContent::Experts expertChips(const Scene& scene, const ShownMap& map)
{
    const auto choice = scene.result ? expertsOf(*scene.result, map.map().layer()) : nullptr;
    if (!choice || map.rowTokens().joins())
        return {};
    HeatmapContent::Experts chips{ choice->count, choice->chosen, {}, {} };
    for (const int query : map.queries()) {
        const auto first = std::ptrdiff_t(query) * choice->chosen, last = first + choice->chosen;
        chips.numbers.insert(
            chips.numbers.end(), choice->experts.begin() + first, choice->experts.begin() + last);
        chips.weights.insert(
            chips.weights.end(), choice->weights.begin() + first, choice->weights.begin() + last);
    }
    return chips;
}

HeatmapContent contentOf(const Scene& scene, const ShownMap& map, CellValues cells)
{
    HeatmapContent content;
    content.rows = int(map.rows());
    content.columns = int(map.columns());
    content.rowLabels = rowLabels(map);
    content.columnLabels = columnLabels(map);
    content.cells = std::move(cells);
    content.colours = coloursOf(scene, map, content.cells);
    content.pooling = scene.display.pooling;
    content.hasBar = scene.parts.legend;
    if (!map.renormalised()) // else what is shown sums to one without it
        content.sinks = sinksOf(map);
    content.experts = expertChips(scene, map);
    return content;
}

/// Column sums of values that may be pooled by their mean.
std::vector<float> columnSums(const CellValues& cells)
{
    std::vector<float> sums(static_cast<std::size_t>(cells.block.columns()), 0.0f);
    const auto lines = cells.values.shape()[0];
    for (std::int64_t line = 0; line < lines; ++line) {
        const auto row = cells.values.row(line);
        for (std::size_t column = 0; column < sums.size(); ++column)
            sums[column] += row[column];
    }
    return sums;
}

std::vector<int> placesOfKey(const Scene& scene, const ShownMap& map)
{
    const auto place = scene.selection.key ? map.columnOf(*scene.selection.key) : std::nullopt;
    return place ? std::vector{ *place } : std::vector<int>{};
}

QString poolingText(const Scene& scene)
{
    return u' '
        + (scene.display.pooling == Pooling::Max
                ? QCoreApplication::translate("Heatmap", "Cells that share a pixel show the largest weight.")
                : QCoreApplication::translate("Heatmap", "Cells that share a pixel show their mean weight."));
}

/// Sums over the keys; empty where they are all one.
std::vector<float> rowSums(const ShownMap& map, const std::stop_token& stop)
{
    const bool whole = !map.rowTokens().hides() && !map.columnTokens().hides();
    const bool mean = map.map().heads().size() == 1 || map.map().join() == HeadJoin::Mean;
    if ((whole && mean) || (map.renormalised() && mean))
        return {};
    const Tensor means = map.sample(map.whole(), map.rows(), 1, Pooling::Mean, stop);
    std::vector<float> sums(means.floats().begin(), means.floats().end());
    bool one = true;
    for (float& sum : sums) {
        sum *= float(map.columns());
        one = one && std::abs(sum - 1.0f) < 0.005f;
    }
    return one ? std::vector<float>() : sums;
}

/// Areas of the figure's parts.
struct HeatmapLayout {
    QRectF overview, map, strip;

    HeatmapLayout(const QRectF& body, double stripHeight, double overviewWidth)
    {
        strip = QRectF(body.left(), body.bottom() - stripHeight, body.width(), stripHeight);
        const double left = overviewWidth > 0 ? overviewWidth + gap : 0;
        const QRectF middle = body.adjusted(0, 0, 0, -stripHeight - 8);
        overview = QRectF(middle.topLeft(), QSizeF(overviewWidth, middle.height()));
        map = middle.adjusted(left, 0, 0, 0);
    }
};

/// The sentence tells what is looked at, whatever the other views show.
Scene forward(Scene scene)
{
    scene.display.direction = TokenDirection::LooksAt;
    return scene;
}

} // namespace

HeatmapContent heatmapContent(
    const Scene& scene, const ShownMap& map, int resolution, const std::stop_token& stop)
{
    if (map.empty())
        return {};
    const auto limit = std::int64_t(resolution);
    const Block whole = map.whole();
    const bool exact = map.prompt();
    const auto sampled = [&](Pooling pooling) {
        return map.sample(
            whole, exact ? whole.rows() : limit, exact ? whole.columns() : limit, pooling, stop);
    };
    HeatmapContent content = contentOf(scene, map, { whole, sampled(scene.display.pooling) });
    content.given = rowSums(map, stop);
    if (exact) {
        content.received = columnSums(content.cells);
    } else {
        const Tensor means = map.sample(whole, 1, whole.columns(), Pooling::Mean, stop);
        content.received.assign(means.floats().begin(), means.floats().end());
        for (float& mean : content.received)
            mean *= float(whole.rows());
    }
    return content;
}

HeatmapContent heatmapPreview(const Scene& scene, const ShownMap& map)
{
    if (map.empty() || map.prompt())
        return heatmapContent(scene, map);
    const auto& summary = map.map().layer().summaries[std::size_t(map.map().heads().front())];
    const bool largestWeights = scene.display.pooling == Pooling::Max;
    return contentOf(
        scene, map, { map.whole(), largestWeights ? summary.thumbnailMax() : summary.thumbnailMean() });
}

HeatmapMarks heatmapMarks(const Selection& selection, const ShownMap& map)
{
    HeatmapMarks marks;
    marks.rows = map.rowTokens().placesOf(selection.queries);
    if (selection.key)
        marks.column = map.columnOf(*selection.key);
    return marks;
}

QRectF windowOf(const QVariant& option)
{
    if (option.typeId() == QMetaType::QRectF)
        return option.toRectF();
    const QVariantList numbers = option.toList();
    return numbers.size() == 4
        ? QRectF(numbers[0].toDouble(), numbers[1].toDouble(), numbers[2].toDouble(), numbers[3].toDouble())
        : QRectF();
}

bool poolsCells(const HeatmapGeometry& geometry, double pixelsPerUnit)
{
    return !geometry.empty() && std::min(geometry.cellWidth(), geometry.cellHeight()) * pixelsPerUnit < 0.999;
}

QString heatmapCaption(const Scene& scene, const HeatmapGeometry& geometry, double pixelsPerUnit)
{
    const QString caption = captionOf(scene);
    if (!poolsCells(geometry, pixelsPerUnit))
        return caption;
    return caption + poolingText(scene);
}

QStringList heatmapChips(const Scene& scene)
{
    QStringList chips = headChips(scene);
    if (const QString role = roleChip(scene); !role.isEmpty())
        chips.prepend(role);
    return chips;
}

std::int64_t RowSentence::cells(const Scene& scene, const ShownMap& map)
{
    return distributionCells(forward(scene), map);
}

RowSentence RowSentence::of(const Scene& scene, const ShownMap& map, double width, Effort effort)
{
    const Theme& theme = themeOf(scene);
    RowSentence strip;
    if (map.empty())
        return strip;
    const Scene looking = forward(scene);
    strip.title = queryTitle(looking) + u':';
    const Distribution distribution = distributionOf(looking, map, effort);
    const double titleWidth = QFontMetricsF(theme.small).horizontalAdvance(strip.title) + 32;
    const TokenFlow::Setting setting{ theme.body, std::numeric_limits<double>::infinity(), 0, 4 };
    const auto weight = [&](int place) { return distribution.weights[std::size_t(map.keyOf(place))]; };
    const std::vector<int> chosen =
        map.crosses() ? placesOfKey(scene, map) : map.columnTokens().placesOf(scene.selection.queries);
    std::vector<int> order(std::size_t(map.columns()));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater(), weight);
    for (std::size_t kept = std::min<std::size_t>(order.size(), 60);;
         kept -= std::max<std::size_t>(1, kept / 12)) {
        std::vector<int> shown(order.begin(), order.begin() + std::ptrdiff_t(kept));
        std::ranges::sort(shown);
        std::vector<FlowToken> tokens;
        strip.looks.clear();
        const auto leaveOut = [&] {
            tokens.push_back({ QStringLiteral("…"), false, false });
            strip.looks.push_back({});
        };
        int expected = 0;
        for (const int place : shown) {
            const bool gap = place != expected;
            expected = place + 1;
            if (gap)
                leaveOut();
            tokens.push_back(flowToken(map.columnAxis(), map.columnTokens(), place));
            if (gap)
                tokens.back().continuation = false; // of a word that is left out
            const float share = ValueScale(scene.display.scale, distribution.top)(weight(place));
            const bool framed = std::ranges::find(chosen, place) != chosen.end();
            strip.looks.push_back({ share, framed, false });
        }
        if (expected < map.columns())
            leaveOut();
        strip.flow = TokenFlow(std::move(tokens), setting);
        if (strip.flow.size().width() + titleWidth <= width || kept < 4)
            return strip;
    }
}

double RowSentence::height() const
{
    return 42;
}

void RowSentence::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (flow.count() == 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    const double titleWidth = QFontMetricsF(theme.small).horizontalAdvance(title);
    painter.drawText(QRectF(area.left() + 12, area.top(), titleWidth + 4, area.height()),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, title);
    painter.setClipRect(area.adjusted(2, 2, -4, -2), Qt::IntersectClip);
    const QPointF origin(area.left() + 12 + titleWidth + 8, area.center().y() - flow.size().height() / 2);
    flow.paint(painter, origin, looks, theme, QRectF(QPointF(0, 0), flow.size()));
    painter.restore();
}

void HeatmapFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    const ShownMap map(scene);
    const HeadsPanel heads = HeadsPanel::of(scene);
    const double overviewWidth = area.width() >= 560 ? heads.overview.naturalWidth(theme) : 0;
    const RowSentence strip = RowSentence::of(scene, map, area.width() - 2 * gap, Effort::Exact);
    const bool crowded =
        double(std::max(map.rows(), map.columns())) > std::min(area.width(), area.height()) / 2;
    const FigurePage page(area, scene, captionOf(scene) + (crowded ? poolingText(scene) : QString()));
    const HeatmapLayout layout(page.body(), strip.height(), overviewWidth);
    page.paintHeading(painter, { titleOf(scene, headTitle(scene)), heatmapChips(scene) });
    if (map.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    if (overviewWidth > 0)
        heads.paint(painter, layout.overview, scene.selection, theme);
    const HeatmapContent content = heatmapContent(scene, map, 2048);
    const HeatmapPainter heatmap(content, theme);
    HeatmapGeometry geometry = heatmap.fitted(layout.map);
    if (const QRectF window = windowOf(scene.options.value(QStringLiteral("window"))); !window.isEmpty())
        geometry.window = window & QRectF(0, 0, geometry.columns, geometry.rows);
    CellValues detail;
    if (const Block visible = geometry.visible(); !content.cells.exact() && geometry.zoomedIn())
        detail = { visible, map.sample(visible, 2048, 2048, scene.display.pooling) };
    const HeatmapMarks marks = heatmapMarks(scene.selection, map);
    heatmap.paintCells(painter, geometry, detail);
    painter.setRenderHint(QPainter::Antialiasing);
    heatmap.paintFrame(painter, geometry, marks);
    heatmap.paintMarks(painter, geometry, marks);
    strip.paint(painter, layout.strip, theme);
    // The image inside a vector file has every cell, unless the map is too large for that.
    const bool whole = paintsVector(painter) && content.cells.exact();
    page.paintCaption(
        painter, heatmapCaption(scene, geometry, whole ? 1e6 : painter.deviceTransform().m11()));
}

QSize HeatmapFigure::cells(const Scene& scene) const
{
    const ShownMap map(scene);
    const QRect whole(0, 0, int(map.columns()), int(map.rows()));
    const QRectF window = windowOf(scene.options.value(QStringLiteral("window")));
    return window.isEmpty() ? whole.size() : (window.toAlignedRect() & whole).size();
}

QSizeF HeatmapFigure::naturalSize(const Scene& scene) const
{
    const ShownMap map(scene);
    if (map.empty())
        return { 640, 360 };
    HeatmapContent labels;
    labels.rows = int(map.rows());
    labels.columns = int(map.columns());
    labels.rowLabels = rowLabels(map);
    labels.columnLabels = columnLabels(map);
    labels.hasBar = scene.parts.legend;
    labels.sinks = map.renormalised() ? std::vector<float>() : sinksOf(map);
    labels.experts = expertChips(scene, map);
    const QSizeF canvas = HeatmapPainter(labels, themeOf(scene)).naturalSize();
    return { std::max(640.0,
                 std::ceil(canvas.width() + HeadsPanel::of(scene).overview.naturalWidth(themeOf(scene))
                     + 3 * gap + 24)),
        std::max(360.0, std::ceil(canvas.height() + Heading::height + 42 + 36 + 20 + gap))
            - FigurePage::spared(scene, 36) };
}

std::vector<std::vector<QString>> HeatmapFigure::table(const Scene& scene) const
{
    const ShownMap map(scene);
    std::vector<std::vector<QString>> rows;
    if (map.empty())
        return rows;
    std::vector<QString> header{ QCoreApplication::translate("Heatmap", "query \\ key") };
    for (const QString& label : columnLabels(map))
        header.push_back(label);
    const QStringList labels = rowLabels(map);
    const std::vector<float> sinks = map.renormalised() ? std::vector<float>() : sinksOf(map);
    const auto choice = map.rowTokens().joins() ? nullptr : expertsOf(*scene.result, map.map().layer());
    if (!sinks.empty())
        header.push_back(QCoreApplication::translate("Heatmap", "sink"));
    if (choice)
        header.push_back(QCoreApplication::translate("Heatmap", "experts"));
    rows.push_back(std::move(header));
    for (std::int64_t row = 0; row < map.rows(); ++row) {
        std::vector<QString> line{ labels[row] };
        for (float weight : map.row(row))
            line.push_back(exactText(weight));
        if (!sinks.empty())
            line.push_back(exactText(sinks[std::size_t(row)]));
        if (choice)
            line.push_back(expertsText(*choice, map.queryOf(row)));
        rows.push_back(std::move(line));
    }
    return rows;
}

QStringList HeatmapFigure::optionNames() const
{
    return { QStringLiteral("window"), QStringLiteral("role") };
}

} // namespace headlight::ui
