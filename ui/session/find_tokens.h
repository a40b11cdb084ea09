#pragma once
// Finding words among the tokens of a site: on the side of the queries and of the keys, across the pieces
// that a tokenizer cut them to.

#include "ui/session/selection.h"

#include <QString>

namespace headlight::ui {

struct FoundTokens {
    enum class Side { Query, Key } side = Side::Query;
    std::vector<int> tokens; ///< that the words stand in; one or several that follow each other
    friend bool operator==(const FoundTokens&, const FoundTokens&) = default;
};

/// Every place where `words` stand, in the order of the text: queries first, then keys where they are other
/// tokens. Case, accents and other marks do not count. Nothing for an empty search.
std::vector<FoundTokens> findTokens(
    const AnalysisResult& result, const Selection& selection, const QString& words);

} // namespace headlight::ui
