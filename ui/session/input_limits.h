#pragma once
// How large a pasted or dropped text or picture may be. Larger ones are refused in one sentence before
// anything is done with them: a mistaken paste must not take the memory or stop the window.

#include <QSize>
#include <QString>

#include <optional>

namespace headlight::ui {

constexpr qsizetype longestText = 1'000'000; ///< characters: more than any model reads
constexpr qint64 mostPixels = 100'000'000;

/// Why it is not taken; nothing when it is.
std::optional<QString> refusedText(qsizetype characters);
std::optional<QString> refusedPicture(QSize size);

} // namespace headlight::ui
