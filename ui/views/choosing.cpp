#include "ui/views/choosing.h"

#include "ui/session/sites.h"

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

Selection withQuery(const Session& session, int query, Qt::KeyboardModifiers modifiers)
{
    Selection selection = session.selection();
    const std::vector<int> word = session.result()
        ? wordOfQuery(selection, query, *session.result(), session.display())
        : std::vector{ query };
    if (adds(modifiers))
        toggleWord(selection.queries, word);
    else
        selection.queries = word;
    if (selection.queries.empty() && selection.kind != AttentionKind::Cross)
        selection.key.reset();
    return selection;
}

Selection withKey(const Session& session, int key)
{
    Selection selection = session.selection();
    if (session.result())
        key = wordOfKey(selection, key, *session.result(), session.display()).front();
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
