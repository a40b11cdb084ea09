#pragma once
// How a click changes the selection, the same in every view: plain replaces, with Ctrl it adds or takes away.

#include "ui/session/session.h"

#include <Qt>

namespace headlight::ui {

/// The session's selection with another query, and all of its word where pieces are joined. Takes the key
/// away when the last query goes, unless it can stand alone (cross attention).
Selection withQuery(const Session& session, int query, Qt::KeyboardModifiers modifiers);
/// Where queries and keys differ: chooses the key (of a joined word the first), or lets go of it when it was
/// chosen.
Selection withKey(const Session& session, int key);
/// A head of another layer always replaces: only heads of one layer are joined.
Selection withHead(Selection selection, int layer, int head, Qt::KeyboardModifiers modifiers);

} // namespace headlight::ui
