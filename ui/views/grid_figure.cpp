#include "ui/views/grid_figure.h"

#include "ui/session/layer_marks.h"
#include "ui/session/role_names.h"
#include "ui/views/distribution.h"
#include "ui/views/figure_page.h"
#include "ui/widgets/colour_bar.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double gap = metrics::wideGap, captionRoom = 36;

double barRoom(const Scene& scene)
{
    return scene.parts.legend ? ColourBar::width(themeOf(scene)) + 18 : 0;
}

} // namespace

void GridFigure::paint(QPainter& painter, const QRectF& area, const Scene& scene) const
{
    const Theme& theme = themeOf(scene);
    const GridPicture picture(scene, GridPicture::Precision::Exact);
    const FigurePage page(area, scene, captionOf(scene));
    page.paintHeading(painter, picture.heading(scene));
    if (picture.empty())
        return page.paintReason(painter, emptyReason(scene, {}));
    page.paintCaption(painter, captionOf(scene));
    const GridLayout layout = picture.layout(page.body().adjusted(0, 0, -barRoom(scene), 0));
    picture.paint(painter, layout, scene, theme);
    if (scene.parts.legend)
        picture.paintBar(painter, layout, theme);
}

QSize GridFigure::cells(const Scene& scene) const
{
    return GridPicture(scene, GridPicture::Precision::Exact).cells();
}

QSizeF GridFigure::naturalSize(const Scene& scene) const
{
    int rows = 0, columns = 0;
    QStringList marks;
    if (scene.result && scene.result->trace)
        for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
            ++rows;
            marks << layerMark(*scene.result, *layer);
            columns = std::max(columns, layer->heads);
        }
    constexpr QSizeF thumbnail(88, 66);
    const double bar = barRoom(scene);
    return { std::clamp(2 * gap + GridPicture::labelsWidth(marks, thumbnail.height())
                     + columns * thumbnail.width() + bar,
                 560.0, 4000.0),
        std::clamp(gap + Heading::height + GridLayout::columnLabelHeight + rows * thumbnail.height()
                + captionRoom + 14,
            300.0, 6000.0)
            - FigurePage::spared(scene, captionRoom) };
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

QStringList GridFigure::optionNames() const
{
    return { QStringLiteral("order"), QStringLiteral("role"), QStringLiteral("minEntropy"),
        QStringLiteral("maxEntropy"), QStringLiteral("minDistance"), QStringLiteral("maxDistance"),
        QStringLiteral("minImportance"), QStringLiteral("maxImportance") };
}

} // namespace headlight::ui
