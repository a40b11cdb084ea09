// What the grid shows: thumbnails from the statistics of the run, in their order.

#include "ui/session/layer_marks.h"
#include "ui/session/normalisation.h"
#include "ui/session/role_names.h"
#include "ui/views/grid_figure.h"
#include "ui/views/head_facts.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heatmap_painter.h"

#include <QPainter>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Grid", text);
}

float positive(float top)
{
    return top > 0 ? top : 1.0f;
}

/// A head as its run left it, or sampled anew where hidden tokens must be taken out.
Tensor thumbnail(const Scene& scene, const LayerAttention& layer, int head, GridPicture::Precision precision,
    const std::stop_token& stop)
{
    const HeadSummary& summary = layer.summaries[std::size_t(head)];
    const Tensor& whole =
        scene.display.pooling == Pooling::Max ? summary.thumbnailMax() : summary.thumbnailMean();
    if ((!scene.display.hidesTokens() && !scene.display.joinWords)
        || precision == GridPicture::Precision::Coarse)
        return whole;
    const ShownMap map(scene, layer.site.layer, { head });
    if (map.empty())
        return {};
    return map.sample(
        map.whole(), HeadSummary::thumbnailSize, HeadSummary::thumbnailSize, scene.display.pooling, stop);
}

QString wordAt(const TokenAxis& axis, const ShownTokens& words, std::int64_t token)
{
    const auto place = words.placeOf(int(token));
    return place ? tokenLabel(axis, words, *place) : tokenLabel(axis, int(token));
}

/// Rows to leave free while a run goes on, so that nothing moves when they are filled. Of pairs and towers
/// the layers of a site are not known before they are there.
int layersToCome(const Scene& scene)
{
    if (!scene.result->model || sitesOf(*scene.result).size() != 1
        || scene.result->model->network->info().pair)
        return 0;
    const auto there = int(scene.result->trace->layers().size());
    return std::max(0, scene.result->model->network->info().layers - there);
}

std::vector<float> lineTops(const Tensor& values)
{
    std::vector<float> tops;
    for (std::int64_t line = 0; line < values.shape()[0]; ++line)
        tops.push_back(positive(std::ranges::max(values.row(line))));
    return tops;
}

} // namespace

GridPicture::GridPicture(const Scene& scene, Precision precision, const std::stop_token& stop)
    : m_options(GridOptions::of(scene.options))
    , m_display(scene.display)
    , m_typeScale(std::max(1.0, scene.typeScale))
{
    if (!scene.result || !scene.result->trace)
        return;
    m_shares = m_display.normalise == Normalise::Row || m_display.normalise == Normalise::Head
        || m_display.normalise == Normalise::Layer;
    for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
        if (stop.stop_requested())
            return;
        addLayer(scene, layer, precision, stop);
    }
    m_group = sharedBy(*scene.result, SiteGroup::of(scene.selection));
    m_layersSoFar = int(m_layers.size());
    for (int toCome = scene.result->complete ? 0 : layersToCome(scene); toCome > 0; --toCome) {
        m_layers.push_back(m_layers.empty() ? 0 : m_layers.back() + 1);
        m_marks << QString();
    }
    arrange();
}

bool GridPicture::needsExact(const Scene& scene)
{
    if (!scene.result)
        return false;
    const ShownTokens rows(rowAxisOf(scene), scene.display), columns(columnAxisOf(scene), scene.display);
    return rows.hides() || columns.hides() || rows.joins() || columns.joins();
}

bool GridPicture::isSmall(const Scene& scene)
{
    return std::ranges::all_of(
        layersOf(*scene.result, SiteGroup::of(scene.selection)), [](const auto& layer) {
            return std::max(layer->queries, layer->keys) <= HeadSummary::thumbnailSize;
        });
}

void GridPicture::addLayer(const Scene& scene, const std::shared_ptr<const LayerAttention>& layer,
    Precision precision, const std::stop_token& stop)
{
    m_layers.push_back(layer->site.layer);
    m_marks << layerMark(*scene.result, *layer);
    m_columns = std::max(m_columns, layer->heads);
    CellColours colours{ &colourMap(m_display.colourMap), m_display.scale, { 1.0f } };
    if (m_display.normalise == Normalise::Layer || m_display.normalise == Normalise::Model) {
        if (m_display.normalise == Normalise::Layer
            || m_layers.size() == 1) // that of the model is one for all
            m_top = topOf(*scene.result, AttentionMap(layer, 0), m_display);
        colours.tops = { m_top };
    }
    const TokenAxis queries = TokenAxis::queries(*scene.result, *layer);
    const TokenAxis keys = TokenAxis::keys(*scene.result, *layer);
    const ShownTokens queryWords = ShownTokens::withHidden(queries, m_display);
    const ShownTokens keyWords = ShownTokens::withHidden(keys, m_display);
    const std::vector<RoleScore> roles = rolesOf(*scene.result, *layer);
    for (int head = 0; head < layer->heads; ++head) {
        const Tensor values = thumbnail(scene, *layer, head, precision, stop);
        GridHead one;
        one.layer = layer->site.layer;
        one.head = head;
        one.mark = m_marks.back();
        one.facts = { layer->summaries[std::size_t(head)].statistics(), roles[std::size_t(head)],
            importanceOf(scene.options, layer->site.layer, head) };
        const HeadStatistics& statistics = one.facts.statistics;
        one.role = title(one.facts.role.role, *scene.result, *layer);
        if (one.facts.role.role != HeadRole::Mixed)
            one.role += QStringLiteral(" %1").arg(double(one.facts.role.score), 0, 'f', 2);
        one.strongest = QStringLiteral("\u2068%1\u2069 → \u2068%2\u2069")
                            .arg(wordAt(queries, queryWords, statistics.largestQuery),
                                wordAt(keys, keyWords, statistics.largestKey));
        one.passes = m_options.passes(one.facts);
        if (!values.empty() && values.count() > 0) {
            if (m_display.normalise == Normalise::Head)
                colours.tops = { positive(largest(values)) };
            else if (m_display.normalise == Normalise::Row)
                colours.tops = lineTops(values);
            one.image = thumbnailImage(values, colours);
        }
        m_heads.push_back(std::move(one));
    }
}

void GridPicture::arrange()
{
    if (m_options.order == GridOrder::LayerHead) {
        m_rows = int(m_layers.size());
        m_places.assign(std::size_t(m_rows * m_columns), -1);
        for (std::size_t i = 0; i < m_heads.size(); ++i) {
            const auto row = std::ranges::find(m_layers, m_heads[i].layer) - m_layers.begin();
            m_places[std::size_t(row * m_columns + m_heads[i].head)] = int(i);
        }
        return;
    }
    for (std::size_t i = 0; i < m_heads.size(); ++i) {
        if (m_heads[i].passes)
            m_places.push_back(int(i));
    }
    std::ranges::stable_sort(
        m_places, {}, [this](int i) { return m_options.sortKey(m_heads[std::size_t(i)].facts); });
}

double GridPicture::labelsWidth(const QStringList& marks, double rowHeight, double typeScale)
{
    const double letter = 6.4 * typeScale, line = 15 * typeScale,
                 least = GridLayout::rowLabelWidth * typeScale;
    constexpr double gap = 14;
    qsizetype longest = 0;
    for (const QString& mark : marks) {
        const QStringList lines = mark.split(markSeparator());
        if (double(lines.size() + 1) * line > rowHeight && !mark.isEmpty())
            longest = std::max(longest, mark.size() + 4);
        for (const QString& text : lines)
            longest = std::max(longest, text.size());
    }
    return std::clamp(double(longest) * letter + gap, least, std::max(least, 180.0));
}

GridLayout GridPicture::layout(const QRectF& room) const
{
    if (m_options.order == GridOrder::LayerHead)
        return GridLayout::fitted(room, m_rows, m_columns, GridLayout::Labels::Sides,
            labelsWidth(
                m_marks, (room.height() - GridLayout::columnLabelHeight) / std::max(1, m_rows), m_typeScale));
    const int columns = columnsFor(room.size(), places(), 1.0);
    const int rows = (places() + columns - 1) / columns;
    return GridLayout::fitted(room, rows, columns, GridLayout::Labels::Beneath);
}

const GridHead* GridPicture::at(int place) const
{
    if (place < 0 || place >= places() || m_places[std::size_t(place)] < 0)
        return nullptr;
    return &m_heads[std::size_t(m_places[std::size_t(place)])];
}

QSize GridPicture::cells() const
{
    QSize largest(0, 0);
    for (const GridHead& head : m_heads)
        largest = largest.expandedTo(head.image.size());
    const int columns = std::max(1, m_columns), rows = (places() + columns - 1) / columns;
    return { largest.width() * columns, largest.height() * rows };
}

std::optional<int> GridPicture::placeOf(int layer, int head) const
{
    for (int place = 0; place < places(); ++place) {
        if (const GridHead* found = at(place); found && found->layer == layer && found->head == head)
            return place;
    }
    return std::nullopt;
}

Heading GridPicture::heading(const Scene& scene) const
{
    Heading heading{ titleOf(scene, tr("Every layer, every head")), {} };
    if (scene.result && sitesOf(*scene.result).size() > 1)
        heading.chips << title(SiteGroup::of(scene.selection));
    if (scene.result)
        heading.chips << siteMarks(*scene.result, SiteGroup::of(scene.selection));
    if (const QString sorted = sortedText(m_options.order); !sorted.isEmpty())
        heading.chips << sorted;
    heading.chips << m_options.filterTexts();
    if (scene.result && !scene.result->complete)
        heading.chips << tr("layers so far: %1").arg(m_layersSoFar);
    const auto passing = std::ranges::count_if(m_heads, &GridHead::passes);
    if (passing != std::ptrdiff_t(m_heads.size()))
        heading.chips << tr("%1 of %2 heads").arg(passing).arg(m_heads.size());
    if (scene.result)
        for (const RoleCount& count : roleCounts(*scene.result, scene.selection))
            heading.chips << QStringLiteral("%1 %2").arg(count.title).arg(count.heads);
    return heading;
}

void GridPicture::paint(
    QPainter& painter, const GridLayout& layout, const Scene& scene, const Theme& theme) const
{
    painter.save();
    painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing, false);
    const QSize all = cells();
    const bool shapes =
        paintsVector(painter) && std::int64_t(all.width()) * all.height() <= Figure::vectorCellLimit;
    for (int place = 0; place < places(); ++place) {
        const GridHead* head = at(place);
        if (!head || head->image.isNull())
            continue;
        painter.setOpacity(head->passes ? 1.0 : 0.12);
        if (shapes)
            paintAsCells(painter, layout.rect(place), head->image);
        else
            painter.drawImage(layout.rect(place), head->image);
    }
    painter.setOpacity(1.0);
    paintLabels(painter, layout, theme);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.highlight, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    for (int head : scene.selection.heads) {
        if (const auto place = placeOf(scene.selection.layer, head))
            painter.drawRect(layout.rect(*place).adjusted(-2, -2, 2, 2));
    }
    painter.restore();
}

void GridPicture::paintLabels(QPainter& painter, const GridLayout& layout, const Theme& theme) const
{
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    const QFontMetricsF metrics(theme.small);
    if (layout.labels == GridLayout::Labels::Beneath) {
        for (int place = 0; place < places(); ++place) {
            const QRectF thumb = layout.rect(place);
            const QString text = QStringLiteral("L%1 H%2").arg(at(place)->layer).arg(at(place)->head);
            if (metrics.horizontalAdvance(text) <= layout.cell.width())
                painter.drawText(
                    QRectF(thumb.left(), thumb.bottom(), layout.cell.width(), GridLayout::captionHeight),
                    int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, text);
        }
        return;
    }
    paintRowLabels(painter, layout, theme);
    paintGroups(painter, layout, theme);
    const bool roomy = metrics.horizontalAdvance(tr("head %1").arg(88)) + 4 <= layout.cell.width();
    const int everyColumn =
        std::max(1, int(std::ceil(metrics.horizontalAdvance(QStringLiteral("888")) / layout.cell.width())));
    for (int column = 0; column < layout.columns; column += everyColumn) {
        const QRectF thumb = layout.rect(column);
        painter.drawText(QRectF(thumb.left(), thumb.top() - GridLayout::columnLabelHeight, thumb.width(),
                             GridLayout::columnLabelHeight),
            int(Qt::AlignCenter) | Qt::TextDontClip,
            roomy ? tr("head %1").arg(column) : QString::number(column));
    }
}

void GridPicture::paintRowLabels(QPainter& painter, const GridLayout& layout, const Theme& theme) const
{
    const QFontMetricsF metrics(theme.small);
    const double line = metrics.height(), width = layout.labelsWidth - 8;
    const int everyRow = std::max(1, int(std::ceil(line / layout.cell.height())));
    for (int row = 0; row < std::min(layout.rows, int(m_layers.size())); row += everyRow) {
        const QRectF thumb = layout.rect(row * layout.columns);
        QStringList lines{ tr("layer %1").arg(m_layers[std::size_t(row)]) };
        if (!m_marks[row].isEmpty())
            lines << m_marks[row].split(markSeparator());
        // Rows that are too low for all of it tell what sets the layer apart after its number.
        if (lines.size() > 1 && double(lines.size()) * line > layout.cell.height())
            lines = { metrics.elidedText(
                QStringLiteral("%1  %2").arg(m_layers[std::size_t(row)]).arg(m_marks[row]), Qt::ElideRight,
                width) };
        double top = thumb.center().y() - double(lines.size()) * line / 2;
        for (const QString& text : lines) {
            painter.drawText(QRectF(thumb.left() - layout.labelsWidth, top, width, line),
                int(Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip, text);
            top += line;
        }
    }
}

/// A line over the heads that share a key head.
void GridPicture::paintGroups(QPainter& painter, const GridLayout& layout, const Theme& theme) const
{
    if (m_group < 2 || layout.cell.width() * m_group < 8)
        return;
    painter.setPen(QPen(theme.mutedText, 1));
    for (int first = 0; first + m_group <= layout.columns; first += m_group) {
        const double y = std::floor(layout.area.top()) - 2.5;
        painter.drawLine(
            QPointF(layout.rect(first).left(), y), QPointF(layout.rect(first + m_group - 1).right(), y));
    }
}

void GridPicture::paintBar(QPainter& painter, const GridLayout& layout, const Theme& theme) const
{
    const QRectF place(layout.area.right() + 14, layout.area.top(), ColourBar::width(theme),
        std::clamp(layout.area.height(), 60.0, 220.0));
    ColourBar{ &colourMap(m_display.colourMap), m_display.scale, m_top, m_shares, {} }.paint(
        painter, place, theme);
}

} // namespace headlight::ui
