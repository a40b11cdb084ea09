#pragma once
// How well what was typed fits a line: word for word in any order, each as a whole word, the beginning of
// one, a part of one, or its letters in order where they stand together or begin words.

#include <QString>

#include <optional>

namespace headlight::ui {

/// None when a word fits nowhere. Case and accents do not count. An empty `typed` fits everything alike.
std::optional<int> fuzzyScore(const QString& typed, const QString& line);

/// The same for long texts, in which strewn letters would be found by chance: every typed word must begin a
/// word.
std::optional<int> wordsScore(const QString& typed, const QString& line);

} // namespace headlight::ui
