#pragma once
// Where in a model attention happens: encoder, decoder, cross, or the text and vision towers. What the site
// chooser offers, and what a selection becomes at another site.

#include "ui/session/selection.h"
#include "ui/session/shown_tokens.h"

namespace headlight::ui {

/// All layers of one kind and tower.
struct SiteGroup {
    AttentionKind kind = AttentionKind::Encoder;
    Tower tower = Tower::Only;
    friend bool operator==(const SiteGroup&, const SiteGroup&) = default;

    static SiteGroup of(const Selection& selection) { return { selection.kind, selection.tower }; }
    static SiteGroup of(const AttentionSite& site) { return { site.kind, site.tower }; }
};

/// Those a result has, in the order they ran; one for most models.
std::vector<SiteGroup> sitesOf(const AnalysisResult& result);
/// Layers of a site, in order.
std::vector<std::shared_ptr<const LayerAttention>> layersOf(const AnalysisResult& result, SiteGroup site);

/// As on the command line: "encoder", "decoder", "cross", "text", "vision".
QString id(SiteGroup site);
/// "Encoder", "Cross" ...: on the chooser.
QString title(SiteGroup site);
/// One sentence for the tool tip.
QString summary(SiteGroup site);
/// The site of a result by its id; none when it has no such.
std::optional<SiteGroup> siteFromId(const AnalysisResult& result, const QString& id);

/// The selection at another site: layer and heads as far as they exist there, tokens kept where both sites
/// mean the same ones.
Selection atSite(const Selection& selection, SiteGroup site, const AnalysisResult& result);

enum class Choose { Only, Toggle };
/// A token chosen beside the maps, in a strip: the row of the site's maps, else their column, else a row at
/// the site that has such rows (cross attention before self attention). Where words are joined, all of its
/// word's tokens as rows, the first one as the column.
Selection withToken(const Selection& selection, TokenGroup group, int token, Choose choose,
    const AnalysisResult& result, const DisplaySettings& display = {});
/// All tokens of the word that a row's or column's token belongs to; the token alone where pieces are not
/// joined.
std::vector<int> wordOfQuery(
    const Selection& selection, int query, const AnalysisResult& result, const DisplaySettings& display);
std::vector<int> wordOfKey(
    const Selection& selection, int key, const AnalysisResult& result, const DisplaySettings& display);
/// Which tokens of a list are chosen, as rows or as the column.
std::vector<int> chosenTokens(const Selection& selection, TokenGroup group, const AnalysisResult& result);
/// The pointer over a token of a list: a row or column of the site's maps, or nothing of theirs.
Hover hoverOver(
    const Selection& selection, TokenGroup group, std::optional<int> token, const AnalysisResult& result);
/// Which token of a list the pointer is over, wherever it is.
std::optional<int> hoveredToken(
    const Selection& selection, const Hover& hover, TokenGroup group, const AnalysisResult& result);

} // namespace headlight::ui
