// Implements boxes.h.

#include "ui/session/boxes.h"

#include <algorithm>

namespace headlight::ui {

std::optional<SiteGroup> boxSite(const AnalysisResult& result)
{
    const auto sites = sitesOf(result);
    if (result.boxes.empty() || sites.empty())
        return std::nullopt;
    const auto cross = std::ranges::find(sites, AttentionKind::Cross, &SiteGroup::kind);
    return cross != sites.end() ? *cross : sites.front();
}

Selection withBox(const Selection& selection, int box, Choose choose, const AnalysisResult& result)
{
    const auto site = boxSite(result);
    if (!site || box < 0 || std::size_t(box) >= result.boxes.size())
        return selection;
    const int token = int(result.boxes[std::size_t(box)].token);
    Selection chosen = atSite(selection, *site, result);
    chosen.key.reset();
    const auto found = std::ranges::find(chosen.queries, token);
    if (choose == Choose::Only || SiteGroup::of(selection) != *site)
        chosen.queries = { token };
    else if (found == chosen.queries.end())
        chosen.queries.push_back(token);
    else
        chosen.queries.erase(found);
    return clamped(chosen, result);
}

std::vector<int> chosenBoxes(const Selection& selection, const AnalysisResult& result)
{
    std::vector<int> chosen;
    if (boxSite(result) != SiteGroup::of(selection))
        return chosen;
    for (std::size_t box = 0; box < result.boxes.size(); ++box) {
        if (std::ranges::find(selection.queries, int(result.boxes[box].token)) != selection.queries.end())
            chosen.push_back(int(box));
    }
    return chosen;
}

QString boxLabel(const DetectedBox& box)
{
    return QStringLiteral("%1 %2 %")
        .arg(QString::fromStdString(box.label))
        .arg(double(box.probability) * 100, 0, 'f', 0);
}

} // namespace headlight::ui
