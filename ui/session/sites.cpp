// Implements sites.h.

#include "ui/session/sites.h"

#include <QCoreApplication>

#include <algorithm>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Sites", text);
}

/// The two lists of tokens a site is about.
struct Groups {
    TokenGroup queries, keys;
};

Groups groupsOf(const AnalysisResult& result, const LayerAttention& layer)
{
    return { TokenAxis::queries(result, layer).group(), TokenAxis::keys(result, layer).group() };
}

std::vector<int> wordOf(const TokenAxis& axis, int token, const DisplaySettings& display)
{
    const ShownTokens words = ShownTokens::withHidden(axis, display);
    const auto place = words.placeOf(token);
    return place ? words.tokens(*place) : std::vector{ token };
}

/// The site whose rows are of this list, cross attention first.
std::optional<SiteGroup> siteWithRows(const AnalysisResult& result, TokenGroup group)
{
    std::optional<SiteGroup> best;
    for (const SiteGroup& site : sitesOf(result)) {
        const auto layers = layersOf(result, site);
        if (groupsOf(result, *layers.front()).queries == group
            && (!best || site.kind == AttentionKind::Cross))
            best = site;
    }
    return best;
}

} // namespace

std::vector<SiteGroup> sitesOf(const AnalysisResult& result)
{
    std::vector<SiteGroup> sites;
    if (!result.trace)
        return sites;
    for (const auto& layer : result.trace->layers()) {
        const SiteGroup site = SiteGroup::of(layer->site);
        if (std::ranges::find(sites, site) == sites.end())
            sites.push_back(site);
    }
    return sites;
}

std::vector<std::shared_ptr<const LayerAttention>> layersOf(const AnalysisResult& result, SiteGroup site)
{
    std::vector<std::shared_ptr<const LayerAttention>> layers;
    if (!result.trace)
        return layers;
    for (const auto& layer : result.trace->layers()) {
        if (SiteGroup::of(layer->site) == site)
            layers.push_back(layer);
    }
    return layers;
}

QString id(SiteGroup site)
{
    if (site.kind == AttentionKind::Cross)
        return QStringLiteral("cross");
    if (site.tower != Tower::Only)
        return site.tower == Tower::Text ? QStringLiteral("text") : QStringLiteral("vision");
    return site.kind == AttentionKind::Encoder ? QStringLiteral("encoder") : QStringLiteral("decoder");
}

QString title(SiteGroup site)
{
    if (site.kind == AttentionKind::Cross)
        return tr("Cross");
    if (site.tower != Tower::Only)
        return site.tower == Tower::Text ? tr("Text") : tr("Vision");
    return site.kind == AttentionKind::Encoder ? tr("Encoder") : tr("Decoder");
}

QString summary(SiteGroup site)
{
    if (site.kind == AttentionKind::Cross)
        return tr("What the decoder looks at in what the encoder read, saw or heard");
    if (site.tower != Tower::Only)
        return site.tower == Tower::Text ? tr("The text's tokens looking at each other")
                                         : tr("The picture's patches looking at each other");
    return site.kind == AttentionKind::Encoder ? tr("The encoder's tokens looking at each other")
                                               : tr("The decoder's tokens looking back at each other");
}

std::optional<SiteGroup> siteFromId(const AnalysisResult& result, const QString& wanted)
{
    for (const SiteGroup& site : sitesOf(result)) {
        if (id(site) == wanted)
            return site;
    }
    return std::nullopt;
}

Selection atSite(const Selection& selection, SiteGroup site, const AnalysisResult& result)
{
    const auto before = layerOf(result, selection);
    Selection moved = selection;
    moved.kind = site.kind;
    moved.tower = site.tower;
    moved = clamped(moved, result);
    const auto after = layerOf(result, moved);
    if (!before || !after)
        return moved;
    const bool sameRows = TokenAxis::queries(result, *before) == TokenAxis::queries(result, *after);
    const bool sameColumns = TokenAxis::keys(result, *before) == TokenAxis::keys(result, *after);
    if (!sameColumns)
        moved.key.reset();
    if (!sameRows)
        moved.queries = firstSelection(result, site).queries;
    return clamped(moved, result);
}

Selection withToken(const Selection& selection, TokenGroup group, int token, Choose choose,
    const AnalysisResult& result, const DisplaySettings& display)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return selection;
    Selection chosen = selection;
    const Groups groups = groupsOf(result, *layer);
    if (groups.queries == group) {
        const std::vector<int> word = wordOfQuery(selection, token, result, display);
        if (choose == Choose::Only)
            chosen.queries = word;
        else
            toggleWord(chosen.queries, word);
        if (groups.keys == group)
            chosen.key.reset();
        return chosen;
    }
    if (groups.keys == group) {
        const int key = wordOfKey(selection, token, result, display).front();
        chosen.key = chosen.key == key ? std::nullopt : std::optional(key);
        return chosen;
    }
    if (const auto site = siteWithRows(result, group)) {
        chosen = atSite(selection, *site, result);
        chosen.queries = wordOfQuery(chosen, token, result, display);
        chosen.key.reset();
    }
    return chosen;
}

std::vector<int> wordOfQuery(
    const Selection& selection, int query, const AnalysisResult& result, const DisplaySettings& display)
{
    const auto layer = layerOf(result, selection);
    return layer ? wordOf(TokenAxis::queries(result, *layer), query, display) : std::vector{ query };
}

std::vector<int> wordOfKey(
    const Selection& selection, int key, const AnalysisResult& result, const DisplaySettings& display)
{
    const auto layer = layerOf(result, selection);
    return layer ? wordOf(TokenAxis::keys(result, *layer), key, display) : std::vector{ key };
}

std::vector<int> chosenTokens(const Selection& selection, TokenGroup group, const AnalysisResult& result)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return {};
    const Groups groups = groupsOf(result, *layer);
    if (groups.queries == group)
        return selection.queries;
    return groups.keys == group && selection.key ? std::vector{ *selection.key } : std::vector<int>{};
}

Hover hoverOver(
    const Selection& selection, TokenGroup group, std::optional<int> token, const AnalysisResult& result)
{
    const auto layer = layerOf(result, selection);
    Hover hover;
    if (!layer)
        return hover;
    const Groups groups = groupsOf(result, *layer);
    if (groups.queries == group)
        hover.query = token;
    else if (groups.keys == group)
        hover.key = token;
    return hover;
}

std::optional<int> hoveredToken(
    const Selection& selection, const Hover& hover, TokenGroup group, const AnalysisResult& result)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return std::nullopt;
    const Groups groups = groupsOf(result, *layer);
    if (groups.queries == group)
        return hover.query;
    return groups.keys == group ? hover.key : std::nullopt;
}

} // namespace headlight::ui
