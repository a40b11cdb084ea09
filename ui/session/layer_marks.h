#pragma once
// What sets the layers of a site apart: windows, missing positions, keys taken over or shared. A model tells
// it of each layer; here it becomes what a person reads beside a row of the grid or a map.

#include "ui/session/sites.h"

#include <QStringList>

namespace headlight::ui {

/// "sliding 512", "full · no positions". Empty where all layers see everything and nothing else is to be
/// said.
QString layerMark(const AnalysisResult& result, const LayerAttention& layer);
/// Between the parts of a mark.
QString markSeparator();
/// "sliding 512 in 22 of 26 layers", "no positions in 9 of 36 layers", "keys shared by 4 heads": of a whole
/// site.
QStringList siteMarks(const AnalysisResult& result, SiteGroup site);
/// How many heads share a key head in every layer of a site; 1 where none do or layers differ.
int sharedBy(const AnalysisResult& result, SiteGroup site);

} // namespace headlight::ui
