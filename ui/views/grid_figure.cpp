#include "ui/views/grid_figure.h"

#include "ui/session/role_names.h"
#include "ui/session/sites.h"
#include "ui/views/distribution.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heading.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, captionRoom = 36, barRoom = ColourBar::width + 18;

} // namespace

void GridFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    const GridPicture picture(scene, GridPicture::Precision::Exact);
    const QRectF inner = area.adjusted(gap, gap / 2, -gap, -gap / 2);
    picture.heading(scene).paint(
        painter, QRectF(inner.topLeft(), QSizeF(inner.width(), Heading::height)), theme);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    if (picture.empty()) {
        painter.drawText(inner, Qt::AlignCenter | Qt::TextWordWrap, emptyReason(scene, {}));
        return;
    }
    const double caption = heightOfCaption(captionOf(scene), inner.width(), theme);
    paintCaption(painter, QRectF(inner.left(), inner.bottom() - caption, inner.width(), caption),
        captionOf(scene), theme);
    const GridLayout layout = picture.layout(inner.adjusted(0, Heading::height + 6, -barRoom, -caption - 6));
    picture.paint(painter, layout, scene, theme);
    picture.paintBar(painter, layout, theme);
}

QSizeF GridFigure::naturalSize(const Scene& scene) const
{
    int rows = 0, columns = 0;
    if (scene.result && scene.result->trace)
        for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
            ++rows;
            columns = std::max(columns, layer->heads);
        }
    constexpr QSizeF thumbnail(88, 66);
    return { std::clamp(
                 2 * gap + GridLayout::rowLabelWidth + columns * thumbnail.width() + barRoom, 560.0, 4000.0),
        std::clamp(gap + Heading::height + GridLayout::columnLabelHeight + rows * thumbnail.height()
                + captionRoom + 14,
            300.0, 6000.0) };
}

std::vector<std::vector<QString>> GridFigure::table(const Scene& scene) const
{
    std::vector<std::vector<QString>> rows;
    if (!scene.result || !scene.result->trace)
        return rows;
    const auto tr = [](const char* text) { return QCoreApplication::translate("Grid", text); };
    rows.push_back(
        { tr("layer"), tr("head"), tr("entropy"), tr("distance"), tr("largest"), tr("on first token"),
            tr("role"), tr("role score"), tr("importance"), tr("strongest query"), tr("strongest key") });
    for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
        const std::vector<RoleScore> roles = rolesOf(*scene.result, *layer);
        for (int head = 0; head < layer->heads; ++head) {
            const RoleScore& role = roles[std::size_t(head)];
            const auto importance = importanceOf(scene.options, layer->site.layer, head);
            const TokenAxis queries = TokenAxis::queries(*scene.result, *layer);
            const TokenAxis keys = TokenAxis::keys(*scene.result, *layer);
            const HeadStatistics& s = layer->summaries[std::size_t(head)].statistics();
            rows.push_back({ QString::number(layer->site.layer), QString::number(head), exactText(s.entropy),
                exactText(s.distance), exactText(s.largest), exactText(s.firstMass),
                title(role.role, *scene.result, *layer), exactText(role.score),
                importance ? exactText(*importance) : QString(), tokenLabel(queries, int(s.largestQuery)),
                tokenLabel(keys, int(s.largestKey)) });
        }
    }
    return rows;
}

} // namespace headlight::ui
