// Implements navigation.h.

#include "ui/session/navigation.h"

#include "ui/session/shown_tokens.h"
#include "ui/session/sites.h"

#include <algorithm>

namespace headlight::ui {
namespace {

/// The place of the next shown token from `from` in direction `by`; none at the edge. `from` = -1 finds the
/// first.
std::optional<int> nextPlace(int from, int by, const TokenAxis& axis, const ShownTokens& shown)
{
    const auto here = shown.placeOf(from);
    for (int token = from + by; token >= 0 && token < axis.count(); token += by) {
        if (const auto place = shown.placeOf(token); place && place != here)
            return place;
    }
    return here;
}

/// The tokens there; `from` itself where nothing is shown.
std::vector<int> nextTokens(int from, int by, const TokenAxis& axis, const ShownTokens& shown)
{
    const auto place = nextPlace(from, by, axis, shown);
    return place ? shown.tokens(*place) : std::vector{ std::max(from, 0) };
}

Selection movedCell(
    Selection selection, Step step, const AnalysisResult& result, const DisplaySettings& display)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return selection;
    const bool vertical = step == Step::Up || step == Step::Down;
    const int by = step == Step::Up || step == Step::Left ? -1 : 1;
    const TokenAxis rows = TokenAxis::queries(result, *layer), columns = TokenAxis::keys(result, *layer);
    const ShownTokens shownRows(rows, display), shownColumns(columns, display);
    const std::optional<int> query = selection.query();
    if (!query)
        selection.queries = nextTokens(-1, 1, rows, shownRows);
    else if (vertical)
        selection.queries = nextTokens(*query, by, rows, shownRows);
    if (!selection.key)
        selection.key = query && vertical ? std::nullopt
                                          : std::optional(nextTokens(-1, 1, columns, shownColumns).front());
    else if (!vertical && query)
        selection.key = nextTokens(*selection.key, by, columns, shownColumns).front();
    return selection;
}

Selection movedHead(Selection selection, int by, const AnalysisResult& result)
{
    const auto layer = layerOf(result, selection);
    if (!layer)
        return selection;
    // From several joined heads a step leads to the first or last of them.
    const bool joined = selection.heads.size() > 1;
    const int from =
        by > 0 ? selection.heads.front() - (joined ? 1 : 0) : selection.heads.back() + (joined ? 1 : 0);
    selection.heads = { std::clamp(from + by, 0, layer->heads - 1) };
    return selection;
}

Selection movedLayer(Selection selection, int by, const AnalysisResult& result)
{
    const auto layers = layersOf(result, SiteGroup::of(selection));
    const auto here = std::find_if(layers.begin(), layers.end(),
        [&](const auto& layer) { return layer->site.layer == selection.layer; });
    if (here == layers.end())
        return clamped(selection, result);
    const auto target = std::clamp<std::ptrdiff_t>(here - layers.begin() + by, 0, std::ssize(layers) - 1);
    selection.layer = layers[std::size_t(target)]->site.layer;
    return clamped(selection, result);
}

} // namespace

Selection moved(
    const Selection& selection, Step step, const AnalysisResult& result, const DisplaySettings& display)
{
    Selection cleared = selection;
    switch (step) {
    case Step::PreviousHead:
        return movedHead(selection, -1, result);
    case Step::NextHead:
        return movedHead(selection, 1, result);
    case Step::PreviousLayer:
        return movedLayer(selection, -1, result);
    case Step::NextLayer:
        return movedLayer(selection, 1, result);
    case Step::Clear:
        cleared.queries.clear();
        cleared.key.reset();
        return cleared;
    case Step::Up:
    case Step::Down:
    case Step::Left:
    case Step::Right:
        break;
    }
    return movedCell(selection, step, result, display);
}

std::optional<Step> stepOfKey(int key)
{
    switch (key) {
    case Qt::Key_Up:
        return Step::Up;
    case Qt::Key_Down:
        return Step::Down;
    case Qt::Key_Left:
        return Step::Left;
    case Qt::Key_Right:
        return Step::Right;
    case Qt::Key_BracketLeft:
        return Step::PreviousHead;
    case Qt::Key_BracketRight:
        return Step::NextHead;
    case Qt::Key_BraceLeft:
        return Step::PreviousLayer;
    case Qt::Key_BraceRight:
        return Step::NextLayer;
    case Qt::Key_Escape:
        return Step::Clear;
    default:
        return std::nullopt;
    }
}

} // namespace headlight::ui
