#include "ui/views/links_figure.h"

#include "ui/widgets/links_raster.h"
#include "ui/widgets/heatmap_painter.h"

#include "ui/session/normalisation.h"
#include "ui/style/head_colours.h"
#include "ui/views/distribution.h"
#include "ui/views/figure_page.h"
#include "ui/widgets/axis_labels.h"
#include "ui/widgets/colour_bar.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double titleHeight = 22, captionHeight = 18, legendHeight = 20, thinnest = 0.7, thickestLine = 9;
/// Above this many lines they are straight: curves would only be slower.
constexpr std::size_t mostCurves = 3000;
/// Measuring text is slow: only so many labels are, those of the most characters.
constexpr qsizetype mostMeasured = 48;

QString tr(const char* text)
{
    return QCoreApplication::translate("Links", text);
}

double widthOf(QStringList labels, const QFont& font)
{
    labels.removeDuplicates(); // else the longest word alone is measured, which need not be the widest
    const auto measured = std::min(labels.size(), mostMeasured);
    std::partial_sort(labels.begin(), labels.begin() + measured, labels.end(),
        [](const QString& a, const QString& b) { return a.size() > b.size(); });
    const QFontMetricsF metrics(font);
    double widest = 0;
    for (qsizetype i = 0; i < measured; ++i)
        widest = std::max(widest, metrics.horizontalAdvance(labels[i]));
    return std::ceil(widest) + 14;
}

/// Short texts are set larger.
QFont labelFont(int tokens, const Theme& theme)
{
    QFont font = theme.body;
    if (tokens <= 18)
        font.setPixelSize(font.pixelSize() * 16 / 13);
    return tokens <= 60 ? font : theme.small;
}

/// Which colour is which head, in a line.
void paintHeadColours(QPainter& painter, const QRectF& area, const Scene& scene)
{
    const Theme& theme = themeOf(scene);
    painter.setFont(theme.small);
    double x = area.left();
    for (const int head : scene.selection.heads) {
        const QString name = tr("head %1").arg(head);
        const double width = QFontMetricsF(theme.small).horizontalAdvance(name);
        if (x + width + 30 > area.right())
            return;
        painter.fillRect(QRectF(x, area.top() + 1, 12, 12), headColour(head, scene.theme));
        painter.setPen(theme.text);
        painter.drawText(
            QRectF(x + 17, area.top() - 3, width + 2, 20), int(Qt::AlignLeft | Qt::AlignVCenter), name);
        x += width + 34;
    }
}

float topOfHeads(const Scene& scene)
{
    float top = 0;
    for (const int head : scene.selection.heads) {
        const ShownMap map(scene, scene.selection.layer, { head });
        if (map.empty())
            continue;
        top = std::max(top, topOf(*scene.result, map.map(), scene.display));
        if (scene.display.normalise == Normalise::Layer || scene.display.normalise == Normalise::Model)
            break; // the same for every head
    }
    return top > 0 ? top : 1.0f;
}

} // namespace

/// One column of labels as it is painted.
struct LinksPainter::Side {
    const QStringList& labels;
    const TokenAxis& axis;
    std::span<const int> tokens;
    std::vector<int> chosen;
    std::optional<int> pointed;
    bool left;
};

LinksPainter::LinksPainter(const Scene& scene, const QRectF& area)
    : m_scene(scene)
    , m_map(
          scene, scene.selection.layer, { scene.selection.heads.empty() ? 0 : scene.selection.heads.front() })
    , m_theme(themeOf(scene))
    , m_scale(scene.display.scale, topOfHeads(scene))
{
    if (m_map.empty())
        return;
    m_rowLabels = rowLabels(m_map);
    m_columnLabels = columnLabels(m_map);
    const QFont font = labelFont(int(std::max(m_map.rows(), m_map.columns())), m_theme);
    m_layout = LinksLayout::of(area.adjusted(0, titleHeight, 0, 0), int(m_map.rows()), int(m_map.columns()),
        widthOf(m_rowLabels, font), widthOf(m_columnLabels, font), QFontMetricsF(font).height());
}

QColor LinksPainter::colourOf(const Link& link, double strength) const
{
    QColor colour = headColour(link.head, m_scene.theme);
    colour.setAlphaF(float(std::clamp((0.12 + 0.83 * double(m_scale(link.weight))) * strength, 0.0, 1.0)));
    return colour;
}

double LinksPainter::thickest() const
{
    return std::min(thickestLine, std::max(1.5, 0.8 * std::min(m_layout.leftStep(), m_layout.rightStep())));
}

double LinksPainter::lineWidth(const Link& link) const
{
    return std::max(thinnest, double(m_scale(link.weight)) * thickest());
}

void LinksPainter::paintLinks(QPainter& painter, std::span<const Link> links, double strength) const
{
    if (!paintsVector(painter))
        return paintPixels(painter, links, strength);
    const double from = m_layout.lineLeft(), to = m_layout.lineRight(), bend = (to - from) * linkBend;
    painter.setBrush(Qt::NoBrush);
    for (const Link& link : links) {
        painter.setPen(QPen(colourOf(link, strength), lineWidth(link), Qt::SolidLine, Qt::FlatCap));
        const QPointF begin(from, m_layout.leftY(double(link.row))),
            end(to, m_layout.rightY(double(link.column)));
        if (links.size() > mostCurves) {
            painter.drawLine(begin, end);
            continue;
        }
        QPainterPath path(begin);
        path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end);
        painter.drawPath(path);
    }
}

/// The same on a screen or in a picture, as pixels at once.
void LinksPainter::paintPixels(QPainter& painter, std::span<const Link> links, double strength) const
{
    const double above = std::min(m_layout.left.top(), m_layout.right.top()) - thickestLine;
    const double below = std::max(m_layout.left.bottom(), m_layout.right.bottom()) + thickestLine;
    const QRectF area(m_layout.lineLeft(), above, m_layout.lineRight() - m_layout.lineLeft(), below - above);
    const double scale = painter.deviceTransform().m11();
    if (links.empty() || area.width() < 1 || !(scale > 0))
        return;
    QImage image((area.size() * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    std::vector<RasterLink> lines;
    lines.reserve(links.size());
    for (const Link& link : links)
        lines.push_back({ (m_layout.leftY(double(link.row)) - above) * scale,
            (m_layout.rightY(double(link.column)) - above) * scale, lineWidth(link) * scale,
            colourOf(link, strength) });
    drawLinks(image, links.size() > mostCurves ? LinkShape::Straight : LinkShape::Curved, lines);
    painter.drawImage(area, image);
}

std::vector<int> LinksPainter::chosenRows() const
{
    return m_map.rowTokens().placesOf(m_scene.selection.queries);
}

std::vector<int> LinksPainter::chosenColumns() const
{
    const auto column = m_scene.selection.key ? m_map.columnOf(*m_scene.selection.key) : std::nullopt;
    return column ? std::vector{ *column } : std::vector<int>{};
}

void LinksPainter::paintSide(QPainter& painter, const Side& side) const
{
    const QRectF& area = side.left ? m_layout.left : m_layout.right;
    const double step = side.left ? m_layout.leftStep() : m_layout.rightStep();
    std::vector<int> kept = side.chosen;
    if (side.pointed)
        kept.push_back(*side.pointed);
    QFont font = labelFont(std::max(m_layout.rows, m_layout.columns), m_theme), bold = font;
    bold.setBold(true);
    const auto contains = [](const std::vector<int>& list, int index) {
        return std::ranges::find(list, index) != list.end();
    };
    const LabelRange all{ 0, int(side.labels.size()) };
    for (const int index : thinnedLabels(all, step, m_layout.labelHeight, kept)) {
        const bool chosen = contains(side.chosen, index);
        const double y = side.left ? m_layout.leftY(index) : m_layout.rightY(index);
        const QRectF box(area.left(), y - m_layout.labelHeight / 2, area.width(), m_layout.labelHeight);
        if (chosen || side.pointed == index) {
            painter.setPen(chosen ? QPen(m_theme.highlight, 1.5) : QPen(m_theme.border));
            painter.setBrush(m_theme.accentSoft);
            painter.drawRoundedRect(box.adjusted(0.5, -0.5, -0.5, 0.5), 5, 5);
        }
        painter.setFont(chosen ? bold : font);
        painter.setPen(
            side.axis.special(side.tokens[std::size_t(index)]) && !chosen ? m_theme.mutedText : m_theme.text);
        const QString text =
            QFontMetricsF(painter.font()).elidedText(side.labels[index], Qt::ElideMiddle, box.width() - 8);
        painter.drawText(box.adjusted(4, 0, -4, 0),
            int(Qt::AlignVCenter | Qt::AlignAbsolute | (side.left ? Qt::AlignRight : Qt::AlignLeft))
                | Qt::TextSingleLine,
            text);
    }
}

void LinksPainter::paintLabels(QPainter& painter, const LinksPointer& pointer) const
{
    painter.setFont(m_theme.small);
    painter.setPen(m_theme.mutedText);
    const auto title = [&](const QRectF& column, const QString& text, Qt::Alignment side) {
        // Wider than a column of short labels, it leans towards the lines, not over the edge.
        const double width = std::max(column.width(), painter.fontMetrics().horizontalAdvance(text) + 2.0);
        const double x = side == Qt::AlignRight ? column.left() : column.right() - width;
        painter.drawText(QRectF(x, column.top() - titleHeight, width, titleHeight - 4),
            int(side | Qt::AlignVCenter) | Qt::TextDontClip | Qt::TextSingleLine, text);
    };
    const bool crosses = m_map.crosses();
    title(m_layout.left, crosses ? tr("query: decoder") : tr("query"), Qt::AlignRight);
    title(m_layout.right, crosses ? tr("key: encoder") : tr("key"), Qt::AlignLeft);
    paintSide(painter, { m_rowLabels, m_map.rowAxis(), m_map.queries(), chosenRows(), pointer.row, true });
    paintSide(painter,
        { m_columnLabels, m_map.columnAxis(), m_map.keys(), chosenColumns(), pointer.column, false });
}

void LinksPainter::paintNumbers(
    QPainter& painter, std::span<const Link> links, const LinksPointer& pointer) const
{
    constexpr std::size_t most = 10;
    const QFontMetricsF metrics(m_theme.small);
    painter.setFont(m_theme.small);
    std::vector<double> taken;
    for (std::size_t i = links.size(); i-- > 0 && taken.size() < most;) { // strongest last in the list
        const Link& link = links[i];
        const double y =
            pointer.row ? m_layout.rightY(double(link.column)) : m_layout.leftY(double(link.row));
        if (std::ranges::any_of(taken, [&](double other) { return std::abs(other - y) < metrics.height(); }))
            continue;
        taken.push_back(y);
        const QString text = weightText(link.weight);
        const double width = metrics.horizontalAdvance(text) + 10, height = metrics.height() + 2;
        const double x = pointer.row ? m_layout.lineRight() - width - 2 : m_layout.lineLeft() + 2;
        const QRectF box(x, y - height / 2, width, height);
        painter.setPen(QPen(headColour(link.head, m_scene.theme), 1));
        painter.setBrush(m_theme.panel);
        painter.drawRoundedRect(box, 4, 4);
        painter.setPen(m_theme.text);
        painter.drawText(box, Qt::AlignCenter, text);
    }
}

QString linksCaption(const Scene& scene, const LinksContent& content)
{
    const double threshold = double(LinksOptions::of(scene).threshold);
    const QString least = weightText(float(threshold));
    QString text = std::int64_t(content.links.size()) < content.above
        ? tr("The %1 strongest of %2 links at or above %3.")
              .arg(content.links.size())
              .arg(content.above)
              .arg(least)
        : tr("%1 links at or above %2.").arg(content.above).arg(least);
    if (content.preview)
        text = tr("Preview from the thumbnails; the exact links follow.");
    else if (content.merged)
        text += u' ' + tr("Tokens that share a line of the screen are joined: their largest weight counts.");
    return text + u' ' + captionOf(scene);
}

void LinksFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    // The caption's text needs the lines, they its height: one line is left for it.
    const FigurePage page(area, scene, QStringLiteral("…"));
    page.paintHeading(painter, { titleOf(scene, headTitle(scene)), {} });
    const double legend = scene.parts.legend ? legendHeight : 0;
    const LinksPainter links(scene, page.body().adjusted(0, legend, 0, 0));
    if (links.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    if (scene.parts.legend)
        paintHeadColours(painter, page.body(), scene);
    painter.setRenderHint(QPainter::Antialiasing);
    const LinksContent content = linksContent(scene, int(links.layout().left.height() / 2));
    links.paintLinks(painter, content.links);
    links.paintLinks(painter, chosenLinks(scene, mostCurves));
    links.paintLabels(painter, {});
    page.paintCaption(painter,
        QFontMetricsF(themeOf(scene).small)
            .elidedText(linksCaption(scene, content), Qt::ElideRight, page.inner().width()));
}

QSizeF LinksFigure::naturalSize(const Scene& scene) const
{
    const ShownMap map(scene);
    const double tokens = double(std::max(map.rows(), map.columns()));
    const double step = tokens <= 60 ? 26 : tokens <= 200 ? 17 : 6;
    return { 720,
        std::clamp(
            std::ceil(tokens * step) + Heading::height + titleHeight + captionHeight + 60, 260.0, 2400.0)
            - FigurePage::spared(scene, captionHeight) - (scene.parts.legend ? 0.0 : legendHeight) };
}

std::vector<std::vector<QString>> LinksFigure::table(const Scene& scene) const
{
    const ShownMap map(scene);
    std::vector<std::vector<QString>> rows{ { tr("head"), tr("query index"), tr("query"), tr("key index"),
        tr("key"), tr("weight") } };
    if (map.empty())
        return {};
    const LinksContent content =
        linksContent(scene, std::numeric_limits<int>::max(), {}, std::numeric_limits<std::size_t>::max());
    for (auto link = content.links.rbegin(); link != content.links.rend(); ++link) {
        const int query = map.queryOf(std::int64_t(link->row)), key = map.keyOf(std::int64_t(link->column));
        rows.push_back({ QString::number(link->head), QString::number(query),
            tokenLabel(map.rowAxis(), map.rowTokens(), link->row), QString::number(key),
            tokenLabel(map.columnAxis(), map.columnTokens(), link->column), exactText(link->weight) });
    }
    return rows;
}

QStringList LinksFigure::optionNames() const
{
    return { QStringLiteral("threshold") };
}

} // namespace headlight::ui
