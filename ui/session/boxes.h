#pragma once
// Objects a model found in the picture, and the rows of attention that speak for them.

#include "ui/session/sites.h"

namespace headlight::ui {

/// Where a box's token is a row of maps over the picture: cross attention of a pair (DETR), else the encoder
/// (YOLOS). None without boxes.
std::optional<SiteGroup> boxSite(const AnalysisResult& result);
/// The selection with a box's row chosen, at the site of the boxes.
Selection withBox(const Selection& selection, int box, Choose choose, const AnalysisResult& result);
/// Indices of the boxes whose rows are chosen.
std::vector<int> chosenBoxes(const Selection& selection, const AnalysisResult& result);
/// "cat 93 %".
QString boxLabel(const DetectedBox& box);

} // namespace headlight::ui
