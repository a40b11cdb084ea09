#include "ui/views/choosing.h"

#include <algorithm>

namespace headlight::ui {
namespace {

bool adds(Qt::KeyboardModifiers modifiers)
{
    return modifiers & (Qt::ControlModifier | Qt::MetaModifier);
}

void toggle(std::vector<int>& values, int value)
{
    const auto found = std::ranges::find(values, value);
    if (found == values.end())
        values.push_back(value);
    else
        values.erase(found);
}

} // namespace

Selection withQuery(Selection selection, int query, Qt::KeyboardModifiers modifiers)
{
    if (adds(modifiers))
        toggle(selection.queries, query);
    else
        selection.queries = { query };
    if (selection.queries.empty() && selection.kind != AttentionKind::Cross)
        selection.key.reset();
    return selection;
}

Selection withKey(Selection selection, int key)
{
    selection.key = selection.key == key ? std::nullopt : std::optional(key);
    return selection;
}

Selection withHead(Selection selection, int layer, int head, Qt::KeyboardModifiers modifiers)
{
    if (adds(modifiers) && layer == selection.layer && selection.heads != std::vector{ head })
        toggle(selection.heads, head);
    else
        selection.heads = { head };
    selection.layer = layer;
    std::ranges::sort(selection.heads);
    return selection;
}

} // namespace headlight::ui
