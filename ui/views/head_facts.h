#pragma once
// What is said of every head of a site at once: the overview beside a map, the scatter and the roles beneath
// it.

#include "ui/session/role_names.h"
#include "ui/views/view.h"
#include "ui/widgets/head_scatter.h"
#include "ui/widgets/overview_map.h"
#include "ui/widgets/role_list.h"

namespace headlight::ui {

/// Option of a scene, the same in every view that has it: "role" (id): other heads are faded or left out.
std::optional<HeadRole> chosenRole(const Scene& scene);

struct RoleCount {
    HeadRole role = HeadRole::Mixed;
    QString title; ///< "previous token"
    int heads = 0;
};
/// The roles of a site's heads, the most frequent first; mixed ones last.
std::vector<RoleCount> roleCounts(const AnalysisResult& result, const Selection& site);
/// "previous token 0.83" of the chosen head; empty for joined heads.
QString roleChip(const Scene& scene);

/// The panel at the left of a map: parts that do not fit are left out, from below.
struct HeadsPanel {
    OverviewContent overview;
    ScatterContent scatter;
    RoleListContent roles;

    static HeadsPanel of(const Scene& scene);
    struct Layout {
        QRectF overview, scatter, roles;
    };
    Layout layout(const QRectF& area) const;
    void paint(QPainter& painter, const QRectF& area, const Selection& selection, const Theme& theme) const;
};

} // namespace headlight::ui
