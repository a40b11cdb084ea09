#include "ui/views/head_facts.h"

#include "ui/session/sites.h"

#include <QCoreApplication>
#include <algorithm>

namespace headlight::ui {
namespace {

constexpr double partGap = 14;

QString tr(const char* text)
{
    return QCoreApplication::translate("Heatmap", text);
}

QString headName(const LayerAttention& layer, int head)
{
    return tr("Layer %1 · Head %2").arg(layer.site.layer).arg(head);
}

/// What the heads of one layer put into the panel.
void addLayer(HeadsPanel& panel, const AnalysisResult& result, const LayerAttention& layer,
    std::optional<HeadRole> chosen)
{
    const std::vector<RoleScore> roles = rolesOf(result, layer);
    panel.overview.layers.push_back(layer.site.layer);
    panel.scatter.layers.push_back(layer.site.layer);
    panel.overview.heads = std::max(panel.overview.heads, layer.heads);
    for (int head = 0; head < layer.heads; ++head) {
        const HeadStatistics& s = layer.summaries[std::size_t(head)].statistics();
        const RoleScore& role = roles[std::size_t(head)];
        const bool faded = chosen && role.role != *chosen;
        const QString tip =
            QStringLiteral("%1\n%2\n%3\n%4")
                .arg(headName(layer, head), tr("entropy %1 nats").arg(double(s.entropy), 0, 'f', 2),
                    tr("mean distance %1 tokens").arg(double(s.distance), 0, 'f', 1),
                    title(role.role, result, layer));
        panel.overview.values.push_back({ layer.site.layer, head, s.entropy, tip, faded });
        panel.scatter.dots.push_back({ layer.site.layer, head, s.distance, faded, tip });
    }
}

} // namespace

std::optional<HeadRole> chosenRole(const Scene& scene)
{
    return roleFromId(scene.options.value(QStringLiteral("role")).toString());
}

std::vector<RoleCount> roleCounts(const AnalysisResult& result, const Selection& site)
{
    std::vector<RoleCount> counts;
    for (const auto& layer : layersOf(result, SiteGroup::of(site)))
        for (const RoleScore& one : rolesOf(result, *layer)) {
            auto found = std::ranges::find(counts, one.role, &RoleCount::role);
            if (found == counts.end())
                found = counts.insert(counts.end(), { one.role, title(one.role, result, *layer), 0 });
            ++found->heads;
        }
    std::ranges::stable_sort(counts, [](const RoleCount& a, const RoleCount& b) {
        return std::pair(a.role == HeadRole::Mixed, -a.heads)
            < std::pair(b.role == HeadRole::Mixed, -b.heads);
    });
    return counts;
}

QString roleChip(const Scene& scene)
{
    const auto layer = scene.result ? layerOf(*scene.result, scene.selection) : nullptr;
    if (!layer || scene.selection.heads.size() != 1
        || std::size_t(scene.selection.head()) >= layer->summaries.size())
        return {};
    const RoleScore role = roleOf(*layer, scene.selection.head(), roleTokens(*scene.result, *layer));
    const QString name = title(role.role, *scene.result, *layer);
    return role.role == HeadRole::Mixed
        ? name
        : QStringLiteral("%1 %2").arg(name).arg(double(role.score), 0, 'f', 2);
}

HeadsPanel HeadsPanel::of(const Scene& scene)
{
    HeadsPanel panel;
    panel.overview.caption = tr("layer × head, by entropy");
    panel.overview.map = &colourMap(scene.display.colourMap);
    panel.scatter.caption = tr("mean attention distance");
    panel.scatter.unit = tr("tokens");
    panel.roles.caption = tr("head roles");
    if (!scene.result)
        return panel;
    const auto chosen = chosenRole(scene);
    for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection)))
        addLayer(panel, *scene.result, *layer, chosen);
    for (const RoleCount& count : roleCounts(*scene.result, scene.selection))
        panel.roles.chips.push_back(
            { id(count.role), QStringLiteral("%1 %2").arg(count.title).arg(count.heads),
                QStringLiteral("%1.\n%2").arg(
                    summary(count.role), tr("Click: only these heads stay in the light")) });
    if (chosen)
        panel.roles.chosen = id(*chosen);
    return panel;
}

HeadsPanel::Layout HeadsPanel::layout(const QRectF& area) const
{
    Layout parts;
    parts.overview = QRectF(
        area.topLeft(), QSizeF(area.width(), std::min(area.height(), overview.heightFor(area.width()))));
    double y = parts.overview.bottom() + partGap;
    if (y + ScatterContent::height <= area.bottom() && !scatter.dots.empty()) {
        parts.scatter = QRectF(area.left(), y, area.width(), ScatterContent::height);
        y = parts.scatter.bottom() + partGap;
    }
    const std::size_t fits = roles.fitting(area.bottom() - y);
    if (fits > 0)
        parts.roles = QRectF(area.left(), y, area.width(), roles.heightFor(fits));
    return parts;
}

void HeadsPanel::paint(
    QPainter& painter, const QRectF& area, const Selection& selection, const Theme& theme) const
{
    const Layout parts = layout(area);
    overview.paint(painter, parts.overview, selection.layer, selection.heads, theme);
    if (!parts.scatter.isEmpty())
        scatter.paint(painter, parts.scatter, selection.layer, selection.heads, theme);
    if (!parts.roles.isEmpty())
        roles.paint(painter, parts.roles, theme);
}

} // namespace headlight::ui
