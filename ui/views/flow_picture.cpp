// Draws the Flow graph: lines first, tokens over them, what is chosen last.

#include "ui/views/distribution.h"
#include "ui/session/pictures.h"
#include "ui/views/flow_figure.h"
#include "ui/widgets/axis_labels.h"
#include "ui/widgets/cell_image.h"

#include <QPainter>
#include <cmath>
#include <map>

namespace headlight::ui {
namespace {

/// In type of the usual size.
constexpr double labelHeight = 14, lineHeight = 18, valueWidth = 40;
/// How much wider the label of a chosen token is.
constexpr double bolder = 1.12;

QString tr(const char* text)
{
    return QCoreApplication::translate("Flow", text);
}

const Image& pictureOf(const AnalysisResult& result)
{
    static const Image none;
    return !result.picture.empty() ? result.picture : result.image ? result.image->resized : none;
}

double largestOf(const std::vector<double>& values)
{
    return values.empty() ? 0.0 : std::ranges::max(values);
}

} // namespace

FlowPicture::FlowPicture(std::shared_ptr<const FlowContent> content, const Scene& scene)
    : m_content(std::move(content))
    , m_scene(scene)
    , m_options(FlowOptions::of(scene.options))
{
    if (empty())
        return;
    for (const FlowLevel& level : m_content->levels) {
        std::vector<int>& rows = m_rows.emplace_back();
        for (int token = 0; token < level.axis.count(); ++token)
            if (!level.axis.hidden(token, scene.display))
                rows.push_back(token);
    }
    m_strongest.assign(m_content->graph.steps.size(), 0.0);
    for (const MixingEdge& edge : m_content->edges)
        m_strongest[std::size_t(edge.step)] = std::max(m_strongest[std::size_t(edge.step)], edge.value);
}

FlowLayout FlowPicture::layout(const QRectF& area) const
{
    if (empty() || std::ranges::any_of(m_rows, [](const auto& rows) { return rows.empty(); }))
        return {};
    const Theme& theme = themeOf(m_scene);
    const auto width = [&](int level) {
        const auto& rows = m_rows[std::size_t(level)];
        QStringList labels;
        for (std::size_t i = 0; i < rows.size(); i += rows.size() / 500 + 1)
            labels << label(level, rows[i]);
        return labelWidth(labels, theme);
    };
    FlowShape shape;
    for (const auto& rows : m_rows)
        shape.rows.push_back(int(rows.size()));
    shape.typeScale = std::max(1.0, theme.typeScale);
    shape.secondStack = m_content->secondStack();
    shape.leftLabels = width(0) * bolder;
    shape.rightLabels = width(int(m_rows.size()) - 1) * bolder;
    const auto& grid = m_content->levels.front().axis.grid();
    if (const Image& picture = pictureOf(*m_content->result); grid && !picture.empty())
        shape.picture = double(picture.height()) / picture.width();
    return FlowLayout(area, std::move(shape));
}

std::optional<int> FlowPicture::rowOf(int level, int token) const
{
    const auto& rows = m_rows[std::size_t(level)];
    const auto found = std::ranges::lower_bound(rows, token);
    if (found == rows.end() || *found != token)
        return std::nullopt;
    return int(found - rows.begin());
}

QString FlowPicture::label(int level, int token) const
{
    return tokenLabel(m_content->levels[std::size_t(level)].axis, token);
}

FlowPicture::Mark FlowPicture::markOf(int level, int token) const
{
    const auto& queries = m_content->queries;
    if (level == m_content->start && std::ranges::find(queries, token) != queries.end())
        return Mark::Query;
    const bool key = level == m_content->answerLevel() && m_scene.selection.key == token
        && m_content->levels[std::size_t(level)].axis == columnAxisOf(m_scene);
    return key ? Mark::Key : Mark::None;
}

std::vector<double> FlowPicture::nodeShares(const FlowLayout& layout, int level) const
{
    std::vector<double> shares(std::size_t(layout.nodes(level)), 0.0);
    for (int row = 0; row < layout.rows(level); ++row)
        shares[std::size_t(layout.nodeOf(level, row))] += m_content->share(level, tokenOf({ level, row }));
    return shares;
}

/// The label of a chosen token stands out wherever the same tokens are labelled.
bool FlowPicture::labelled(int level, int token) const
{
    const auto& levels = m_content->levels;
    const bool same = levels[std::size_t(level)].axis == levels[std::size_t(m_content->start)].axis;
    return markOf(level, token) != Mark::None || (same && markOf(m_content->start, token) == Mark::Query);
}

void FlowPicture::paint(QPainter& painter, const FlowLayout& layout) const
{
    if (empty() || layout.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintHeaders(painter, layout);
    paintLines(painter, layout);
    paintNodes(painter, layout);
    paintLabels(painter, layout, 0, layout.labels(), Qt::AlignRight);
    paintLabels(painter, layout, layout.levels() - 1, layout.rightLabels(), Qt::AlignLeft);
    paintBars(painter, layout);
    paintPicture(painter, layout);
    paintChosen(painter, layout);
    painter.restore();
}

void FlowPicture::paintHeaders(QPainter& painter, const FlowLayout& layout) const
{
    const Theme& theme = themeOf(m_scene);
    const QFontMetricsF metrics(theme.small);
    painter.setPen(theme.mutedText);
    painter.setFont(theme.small);
    double widest = 0;
    for (int level = 0; level < layout.levels(); ++level)
        widest = std::max(widest, metrics.horizontalAdvance(levelTitle(*m_content, level)));
    const bool whole = widest * bolder + 8 <= layout.columnWidth();
    double free = layout.headers().left();
    for (int level = 0; level < layout.levels(); ++level) {
        const QString title = whole ? levelTitle(*m_content, level) : shortLevelTitle(*m_content, level);
        const bool start = level == m_content->start;
        const double width = metrics.horizontalAdvance(title) * (start ? bolder : 1.0);
        QRectF place(
            layout.x(level) - width / 2, layout.headers().top(), width, layout.headers().height() - 4);
        place.moveRight(std::min(place.right(), layout.headers().right() - 4));
        if (place.left() < free)
            continue; // rather none than one over another
        free = place.right() + 4;
        painter.setPen(start ? theme.text : theme.mutedText);
        painter.setFont(start ? theme.strong : theme.small);
        painter.drawText(place.adjusted(-20, 0, 20, 0), Qt::AlignCenter, title);
    }
    const QString answer = m_content->method == FlowMethod::Raw ? tr("weight") : tr("share");
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(layout.bars().left(), layout.headers().top(), layout.bars().width() - 14,
                         layout.headers().height() - 4),
        int(Qt::AlignLeft | Qt::AlignVCenter), answer);
}

void FlowPicture::paintNodes(QPainter& painter, const FlowLayout& layout) const
{
    const Theme& theme = themeOf(m_scene);
    for (int level = 0; level < layout.levels(); ++level) {
        const std::vector<double> shares = nodeShares(layout, level);
        const double top = largestOf(shares), height = layout.nodeHeight(level);
        const ValueScale scale(m_scene.display.scale, float(top > 0 ? top : 1));
        const bool beyond = level > m_content->start;
        const double radius = std::clamp(height * 0.34, 1.2, 7.0);
        for (int node = 0; node < layout.nodes(level); ++node) {
            const QPointF centre = layout.nodeCentre(level, node);
            const float tint = scale(float(shares[std::size_t(node)]));
            painter.setPen(height >= 7 && !beyond ? QPen(theme.border, 1) : QPen(Qt::NoPen));
            painter.setBrush(beyond && height < 7 ? theme.border : theme.surface);
            const QRectF box(centre - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius));
            const QRectF shape =
                height < 7 ? QRectF(centre.x() - 3, centre.y() - height / 2, 6, height) : box;
            const auto draw = [&] { height < 7 ? painter.drawRect(shape) : painter.drawEllipse(shape); };
            draw();
            if (tint > 0.0f) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(tintColour(tint, theme));
                draw();
            }
        }
    }
}

void FlowPicture::paintChosen(QPainter& painter, const FlowLayout& layout) const
{
    const Theme& theme = themeOf(m_scene);
    painter.setBrush(Qt::NoBrush);
    for (int level = 0; level < layout.levels(); ++level) {
        const double radius = std::clamp(layout.rowHeight(level) * 0.34, 1.2, 7.0) + 2.5;
        for (int row = 0; row < layout.rows(level); ++row)
            if (const Mark mark = markOf(level, tokenOf({ level, row })); mark != Mark::None) {
                const bool query = mark == Mark::Query;
                painter.setPen(QPen(theme.highlight, query ? 2.0 : 1.2, query ? Qt::SolidLine : Qt::DotLine));
                painter.drawEllipse(layout.centre({ level, row }), radius, radius);
            }
    }
}

void FlowPicture::paintLabels(
    QPainter& painter, const FlowLayout& layout, int level, const QRectF& area, Qt::Alignment side) const
{
    const Theme& theme = themeOf(m_scene);
    std::vector<int> kept;
    for (int row = 0; row < layout.rows(level); ++row)
        if (labelled(level, tokenOf({ level, row })))
            kept.push_back(row);
    const double cell = layout.rowHeight(level), line = lineHeight * layout.typeScale();
    const double apart = labelHeight * layout.typeScale();
    for (const int row : thinnedLabels({ 0, layout.rows(level) }, cell, apart, kept)) {
        const bool chosen = std::ranges::find(kept, row) != kept.end();
        painter.setFont(chosen ? theme.strong : theme.small);
        const bool special = m_content->levels[std::size_t(level)].axis.special(tokenOf({ level, row }));
        painter.setPen(special && !chosen ? theme.mutedText : theme.text);
        const QRectF place(area.left(), layout.centre({ level, row }).y() - line / 2, area.width(), line);
        painter.drawText(place, int(side | Qt::AlignVCenter) | Qt::TextSingleLine,
            QFontMetricsF(painter.font())
                .elidedText(label(level, tokenOf({ level, row })), Qt::ElideRight, area.width()));
    }
}

void FlowPicture::paintBars(QPainter& painter, const FlowLayout& layout) const
{
    const Theme& theme = themeOf(m_scene);
    const int level = m_content->answerLevel();
    if (std::size_t(level) >= m_content->shares.size() || layout.rows(level) != layout.rows(0))
        return;
    // Of one stack all columns have the same tokens, so that bars and labels stand in the same rows.
    const std::vector<double> shares = nodeShares(layout, level);
    const double top = largestOf(shares), height = layout.nodeHeight(level);
    const double room = valueWidth * layout.typeScale(), line = lineHeight * layout.typeScale();
    const bool numbers = height >= labelHeight * layout.typeScale() && layout.bars().width() > 2 * room;
    const double width = layout.bars().width() - (numbers ? room : 0);
    painter.setFont(theme.small);
    for (int node = 0; node < layout.nodes(level) && top > 0; ++node) {
        const double share = shares[std::size_t(node)], y = layout.nodeCentre(level, node).y();
        const double thick = std::clamp(height * 0.6, 1.0, 12.0);
        const QRectF bar(layout.bars().left(), y - thick / 2, std::max(1.0, width * share / top), thick);
        painter.setPen(Qt::NoPen);
        painter.setBrush(withAlpha(theme.accent, 0.85));
        if (share > 0)
            painter.drawRoundedRect(bar, std::min(2.0, thick / 2), std::min(2.0, thick / 2));
        painter.setPen(theme.mutedText);
        if (numbers && share > 0)
            painter.drawText(QRectF(bar.right() + 4, y - line / 2, room, line),
                int(Qt::AlignLeft | Qt::AlignVCenter), QString::number(share, 'f', 3));
    }
}

std::optional<PatchGeometry> FlowPicture::patches(const FlowLayout& layout) const
{
    if (empty() || layout.picture().isEmpty())
        return std::nullopt;
    const auto& grid = m_content->levels[std::size_t(m_content->answerLevel())].axis.grid();
    if (!grid)
        return std::nullopt;
    const AnalysisResult& result = *m_content->result;
    const bool own = !result.picture.empty();
    const Image& picture = own ? result.picture : result.image->resized;
    return PatchGeometry{ *grid, own ? PatchGeometry::Frame::Original : PatchGeometry::Frame::Fed,
        QSizeF(picture.width(), picture.height()), layout.picture() };
}

std::optional<FlowNode> FlowPicture::at(const FlowLayout& layout, const QPointF& point) const
{
    const auto geometry = patches(layout);
    if (!geometry || !layout.picture().contains(point))
        return layout.at(point);
    const auto cell = geometry->cellAt(point);
    const int level = m_content->answerLevel();
    const auto row = cell ? rowOf(level, geometry->grid.token(*cell)) : std::nullopt;
    return row ? std::optional(FlowNode{ level, *row }) : std::nullopt;
}

void FlowPicture::paintPicture(QPainter& painter, const FlowLayout& layout) const
{
    const int level = m_content->answerLevel();
    const auto geometry = patches(layout);
    if (!geometry)
        return;
    const PatchGrid& grid = geometry->grid;
    painter.save();
    painter.setClipRect(layout.picture(), Qt::IntersectClip);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const ScreenPicture picture = screenPicture(pictureOf(*m_content->result));
    const bool large = layout.picture().width() * painter.deviceTransform().m11() > picture.small.width();
    painter.drawImage(layout.picture(), large ? picture.whole : picture.small);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setOpacity(m_scene.display.imageOverlay);
    double top = 0;
    for (int token = grid.leadingTokens; token < grid.leadingTokens + grid.patches(); ++token)
        top = std::max(top, m_content->share(level, token));
    const ValueScale scale(m_scene.display.scale, float(top > 0 ? top : 1));
    const ColourMap& colours = colourMap(m_scene.display.colourMap);
    for (int row = 0; row < grid.rows(); ++row)
        for (int column = 0; column < grid.columns(); ++column) {
            const double share = m_content->share(level, grid.token({ row, column }));
            painter.fillRect(
                geometry->cellRect({ row, column }), QColor(colourOf(colours, scale(float(share)))));
        }
    painter.restore();
}

void FlowPicture::paintPointed(QPainter& painter, const FlowLayout& layout, const FlowNode& node,
    const std::vector<MixingEdge>& below) const
{
    const Theme& theme = themeOf(m_scene);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const int token = tokenOf(node);
    const auto draw = [&](const MixingEdge& edge, double strength) {
        const MixingStep& step = m_content->graph.steps[std::size_t(edge.step)];
        const auto from = rowOf(step.upper, edge.from), to = rowOf(step.lower, edge.to);
        if (from && to)
            paintLine(painter, layout,
                { { step.upper, layout.nodeOf(step.upper, *from) },
                    { step.lower, layout.nodeOf(step.lower, *to) }, edge.weight, 1 + 3 * strength,
                    withAlpha(theme.highlight, 0.25 + 0.75 * strength) });
    };
    double strongest = 0;
    for (const MixingEdge& edge : below)
        strongest = std::max(strongest, edge.weight);
    for (const MixingEdge& edge : below)
        if (edge.weight >= std::max(m_options.threshold, 0.01) * strongest)
            draw(edge, edge.weight / strongest);
    for (const MixingEdge& edge : m_content->edges) {
        const MixingStep& step = m_content->graph.steps[std::size_t(edge.step)];
        const double most = m_strongest[std::size_t(edge.step)];
        if (step.lower == node.level && edge.to == token && edge.value >= m_options.threshold * most
            && most > 0)
            draw(edge, edge.value / most);
    }
    paintNumber(painter, layout, node);
    painter.restore();
}

void FlowPicture::paintNumber(QPainter& painter, const FlowLayout& layout, const FlowNode& node) const
{
    const Theme& theme = themeOf(m_scene);
    const double radius = std::clamp(layout.rowHeight(node.level) * 0.34, 1.2, 7.0) + 2;
    painter.setPen(QPen(theme.highlight, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(layout.centre(node), radius, radius);
    const QString text = numberText(node);
    const QFontMetricsF metrics(theme.small);
    QRectF box(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 8);
    const QRectF room(layout.headers().left(), layout.headers().top(), layout.headers().width(),
        layout.plot().bottom() - layout.headers().top());
    const QPointF centre = layout.centre(node);
    box.moveCenter({ centre.x(), centre.y() - radius - box.height() / 2 - 5 });
    if (box.top() < room.top())
        box.moveTop(centre.y() + radius + 5);
    box.moveLeft(
        std::clamp(box.left(), room.left() + 1, std::max(room.left() + 1, room.right() - box.width() - 1)));
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(box, 5, 5);
    painter.setFont(theme.small);
    painter.setPen(theme.text);
    painter.drawText(box, Qt::AlignCenter, text);
}

} // namespace headlight::ui
