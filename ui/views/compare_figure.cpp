#include "ui/views/compare_figure.h"

#include "ui/views/distribution.h"
#include "ui/views/figure_page.h"

#include <QPainter>

#include <cmath>

namespace headlight::ui {
namespace {

constexpr double margin = metrics::wideGap, captionHeight = 36;
constexpr int figureResolution = 2048;

QString tr(const char* text)
{
    return QCoreApplication::translate("Compare", text);
}

/// A alone, and why there is nothing beside it.
void paintAlone(QPainter& painter, const FigurePage& page, const Scene& scene, const QString& reason)
{
    const Theme& theme = themeOf(scene);
    page.paintHeading(painter, { titleOf(scene, headTitle(scene)), {} });
    const QRectF left = page.body().adjusted(0, 0, -page.body().width() * 0.4, 0);
    const ShownMap map(scene);
    if (!map.empty()) {
        HeatmapContent content;
        content.rows = int(map.rows());
        content.columns = int(map.columns());
        content.rowLabels = rowLabels(map);
        content.columnLabels = columnLabels(map);
        content.pooling = scene.display.pooling;
        content.hasSums = false;
        content.cells = { map.whole(),
            map.sample(map.whole(), figureResolution, figureResolution, scene.display.pooling) };
        const float top = largest(content.cells.values);
        content.colours = { &colourMap(scene.display.colourMap), scene.display.scale,
            { top > 0 ? top : 1.0f } };
        const HeatmapPainter heatmap(content, theme);
        const HeatmapGeometry geometry = heatmap.fitted(left);
        heatmap.paintCells(painter, geometry, {});
        heatmap.paintFrame(painter, geometry, {});
    }
    painter.setFont(theme.body);
    painter.setPen(theme.mutedText);
    painter.drawText(
        QRectF(left.right() + margin, left.top(), page.body().right() - left.right() - margin, left.height()),
        int(Qt::AlignCenter) | Qt::TextWordWrap, reason);
}

struct PanelScene {
    const CompareMaps& maps;
    const Scene& scene;
    const HeatmapMarks& marks;
};

void paintPanel(QPainter& painter, const QRectF& area, CompareSide side, const ComparePanel& panel,
    const PanelScene& drawn)
{
    if (area.isEmpty())
        return;
    const Theme& theme = Theme::of(drawn.scene.theme);
    panel.title.paint(
        painter, QRectF(area.topLeft(), QSizeF(area.width(), CompareLayout::titleHeight)), theme);
    const HeatmapPainter heatmap(panel.content, theme);
    HeatmapGeometry geometry = heatmap.fitted(area.adjusted(0, CompareLayout::titleHeight, 0, 0));
    const QRectF window = drawn.scene.options.value(QStringLiteral("window")).toRectF();
    if (!window.isEmpty())
        geometry.window = window & QRectF(0, 0, geometry.columns, geometry.rows);
    if (geometry.empty())
        return;
    CellValues detail;
    if (const Block visible = geometry.visible(); !panel.content.cells.exact() && geometry.zoomedIn())
        detail = { visible,
            drawn.maps.sample(
                side, visible, figureResolution, figureResolution, drawn.scene.display.pooling) };
    painter.setRenderHint(QPainter::Antialiasing, false);
    heatmap.paintCells(painter, geometry, detail);
    painter.setRenderHint(QPainter::Antialiasing);
    heatmap.paintFrame(painter, geometry, drawn.marks);
    heatmap.paintMarks(painter, geometry, drawn.marks);
}

} // namespace

CompareShow showOf(const Scene& scene)
{
    return scene.options.value(QStringLiteral("show")).toString() == QLatin1String("difference")
        ? CompareShow::Difference
        : CompareShow::SideBySide;
}

void ComparePanelTitle::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.strong);
    const QFontMetricsF strong(theme.strong), small(theme.small);
    const QRectF box(
        area.left() + 0.5, area.center().y() - 10, std::max(20.0, strong.horizontalAdvance(badge) + 14), 20);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    painter.drawRoundedRect(box, 5, 5);
    painter.setPen(theme.accentText);
    painter.drawText(box, Qt::AlignCenter, badge);
    QRectF rest(box.right() + 8, area.top(), area.right() - box.right() - 8, area.height());
    painter.setPen(theme.text);
    const QString shown = strong.elidedText(title, Qt::ElideRight, rest.width());
    painter.drawText(rest, int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextSingleLine, shown);
    rest.setLeft(rest.left() + strong.horizontalAdvance(shown) + 10);
    if (!detail.isEmpty() && rest.width() > 40) {
        painter.setFont(theme.small);
        painter.setPen(theme.mutedText);
        painter.drawText(rest, int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextSingleLine,
            small.elidedText(detail, Qt::ElideRight, rest.width()));
    }
    painter.restore();
}

void CompareFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const CompareMaps maps(scene);
    if (!maps.reason().isEmpty() || maps.empty())
        return paintAlone(painter, FigurePage(area, scene, {}), scene,
            scene.result ? maps.reason() : emptyReason(scene, {}));
    ComparePicture picture = comparePicture(scene, maps, figureResolution);
    if (!scene.parts.legend)
        for (ComparePanel* panel : { &picture.a, &picture.b, &picture.difference })
            panel->content.hasBar = false;
    const FigurePage page(area, scene, picture.caption);
    page.paintHeading(painter, picture.heading);
    const CompareLayout layout = CompareLayout::of(page.body(), showOf(scene));
    const HeatmapMarks marks = compareMarks(scene.selection, maps);
    const PanelScene drawn{ maps, scene, marks };
    paintPanel(painter, layout.a, CompareSide::A, picture.a, drawn);
    paintPanel(painter, layout.b, CompareSide::B, picture.b, drawn);
    paintPanel(painter, layout.difference, CompareSide::Difference, picture.difference, drawn);
    page.paintCaption(painter, picture.caption);
}

QSize CompareFigure::cells(const Scene& scene) const
{
    const CompareMaps maps(scene);
    return { maps.columns(), maps.rows() };
}

QSizeF CompareFigure::naturalSize(const Scene& scene) const
{
    const CompareMaps maps(scene);
    if (!maps.reason().isEmpty() || maps.empty())
        return { 760, 420 };
    HeatmapContent labels;
    labels.rows = maps.rows();
    labels.columns = maps.columns();
    for (int row = 0; row < maps.rows(); ++row)
        labels.rowLabels << maps.rowLabel(CompareSide::Difference, row);
    for (int column = 0; column < maps.columns(); ++column)
        labels.columnLabels << maps.columnLabel(CompareSide::Difference, column);
    labels.beside.resize(1);
    labels.hasSums = false;
    const QSizeF map = HeatmapPainter(labels, themeOf(scene)).naturalSize();
    const double width = std::max(420.0, map.width()), height = std::max(400.0, map.height());
    const double beside = showOf(scene) == CompareShow::Difference ? 1.0 : 1.0 / 0.62;
    return { std::ceil(width * beside + CompareLayout::gap + 2 * margin),
        std::ceil(height + CompareLayout::titleHeight + Heading::height + captionHeight + margin + 20)
            - FigurePage::spared(scene, captionHeight) };
}

std::vector<std::vector<QString>> CompareFigure::table(const Scene& scene) const
{
    std::vector<std::vector<QString>> rows;
    const CompareMaps maps(scene);
    if (maps.a().map().empty())
        return rows;
    rows.push_back({ tr("query"), tr("key"), tr("weight A"), tr("weight B"),
        maps.sign() == Sign::AMinusB ? tr("difference A − B") : tr("difference B − A") });
    if (!maps.reason().isEmpty() || maps.empty()) {
        const ShownMap& map = maps.a();
        for (std::int64_t row = 0; row < map.rows(); ++row) {
            const auto weights = map.row(row);
            for (std::size_t key = 0; key < weights.size(); ++key)
                rows.push_back({ tokenLabel(map.rowAxis(), map.rowTokens(), int(row)),
                    tokenLabel(map.columnAxis(), map.columnTokens(), int(key)), exactText(weights[key]), {},
                    {} });
        }
        return rows;
    }
    for (int row = 0; row < maps.rows(); ++row) {
        const Block line{ row, row + 1, 0, maps.columns() };
        const Tensor a = maps.block(CompareSide::A, line), b = maps.block(CompareSide::B, line),
                     difference = maps.block(CompareSide::Difference, line);
        const AlignedTokens& query = maps.rowUnits().units[std::size_t(row)];
        for (int column = 0; column < maps.columns(); ++column) {
            const AlignedTokens& key = maps.columnUnits().units[std::size_t(column)];
            const bool inA = !query.a.empty() && !key.a.empty(), inB = !query.b.empty() && !key.b.empty();
            if (!inA && !inB)
                continue;
            rows.push_back({ maps.rowLabel(CompareSide::Difference, row),
                maps.columnLabel(CompareSide::Difference, column), inA ? exactText(a.at(column)) : QString(),
                inB ? exactText(b.at(column)) : QString(),
                inA && inB ? exactText(difference.at(column)) : QString() });
        }
    }
    return rows;
}

QStringList CompareFigure::optionNames() const
{
    return { QStringLiteral("show"), QStringLiteral("minus"), QStringLiteral("window") };
}

} // namespace headlight::ui
