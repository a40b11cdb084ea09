#pragma once
// How well what was typed fits a line: its letters in order, the better the closer together and at beginnings
// of words.

#include <QString>

#include <optional>

namespace headlight::ui {

/// None when a letter is missing. Case and accents do not count. An empty `typed` fits everything alike.
std::optional<int> fuzzyScore(const QString& typed, const QString& line);

} // namespace headlight::ui
