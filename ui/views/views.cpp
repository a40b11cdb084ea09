// The list of views, in the order of their tabs. To add one: its name here, and <name>_view.cpp that defines
// `const ViewDescriptor& <name>View()`.

#include "ui/session/sites.h"
#include "ui/views/view.h"

// clang-format off
#define HEADLIGHT_VIEWS(VIEW) \
    VIEW(gridView) \
    VIEW(heatmapView) \
    VIEW(linksView) \
    VIEW(textView) \
    VIEW(imageView) \
    VIEW(soundView) \
    VIEW(stepsView) \
    VIEW(flowView) \
    VIEW(compareView)
// clang-format on

namespace headlight::ui {

#define HEADLIGHT_DECLARE(name) const ViewDescriptor& name();
HEADLIGHT_VIEWS(HEADLIGHT_DECLARE)

std::span<const ViewDescriptor> views()
{
#define HEADLIGHT_LIST(name) name(),
    static const std::vector<ViewDescriptor> all{ HEADLIGHT_VIEWS(HEADLIGHT_LIST) };
    return all;
}

const ViewDescriptor* viewById(const QString& id)
{
    const auto all = views();
    const auto found = std::ranges::find(all, id, &ViewDescriptor::id);
    return found == all.end() ? nullptr : &*found;
}

bool ViewDescriptor::available(const AnalysisResult& result) const
{
    return result.trace && std::ranges::any_of(result.trace->layers(), [&](const auto& layer) {
        return shows(result, *layer);
    });
}

bool ViewDescriptor::available(const AnalysisResult& result, const Selection& selection) const
{
    const auto layer = layerOf(result, selection);
    return layer && shows(result, *layer);
}

Selection ViewDescriptor::reachable(const AnalysisResult& result, const Selection& selection) const
{
    if (!available(result) || available(result, selection))
        return selection;
    Selection found = selection;
    for (const SiteGroup& site : sitesOf(result)) {
        const Selection there = atSite(selection, site, result);
        if (available(result, there))
            found = there;
    }
    return found;
}

} // namespace headlight::ui
