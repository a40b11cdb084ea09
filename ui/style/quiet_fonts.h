#pragma once
// Words in many scripts without noise: Qt tells of every font that lacks a script before it takes the next one, which
// is how fallback works and nothing a person could mend.

namespace headlight::ui {

/// Leaves such lines out of what Qt writes to stderr; everything else goes where it went. Call once, before the
/// application is made.
void quietFontFallback();

} // namespace headlight::ui
