#pragma once
// Roles of heads as a person reads them: names, tool tips, how many heads of a site have which.

#include "core/engine/analysis.h"
#include "core/metrics/head_roles.h"

#include <QString>

namespace headlight::ui {

/// As in options and on the command line: "previous", "separator" ...
QString id(HeadRole role);
std::optional<HeadRole> roleFromId(const QString& id);
/// "previous token", "[CLS] sink" (named by the layer's own first key and separators), "mixed".
QString title(HeadRole role, const AnalysisResult& result, const LayerAttention& layer);
/// What heads of this role do, and the rule, in a sentence or two.
QString summary(HeadRole role);
std::span<const HeadRole> allRoles();

/// What the rules need to know of a layer's tokens.
RoleTokens roleTokens(const AnalysisResult& result, const LayerAttention& layer);
/// The role of every head of a layer, read once for each layer and then known.
std::vector<RoleScore> rolesOf(const AnalysisResult& result, const LayerAttention& layer);
/// Reads those of all layers, so that the window finds them known. Not on the GUI thread.
void readRolesOf(const AnalysisResult& result);
/// The same for what an engine returned, if it did.
Expected<std::shared_ptr<const AnalysisResult>> withRoles(
    Expected<std::shared_ptr<const AnalysisResult>> result);

} // namespace headlight::ui
