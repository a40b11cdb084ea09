// The list of views, in the order of their tabs. To add one: its name here, and <name>_view.cpp that defines
// `const ViewDescriptor& <name>View()`.

#include "ui/views/view.h"

// clang-format off
#define HEADLIGHT_VIEWS(VIEW) \
    VIEW(gridView) \
    VIEW(heatmapView) \
    VIEW(textView) \
    VIEW(imageView)
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

} // namespace headlight::ui
