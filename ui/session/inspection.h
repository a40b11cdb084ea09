#pragma once
// The exact numbers behind what is chosen or under the pointer, as plain values: what the inspector shows.

#include "core/engine/analysis.h"
#include "ui/session/display_settings.h"
#include "ui/session/selection.h"
#include "ui/session/shown_tokens.h"

#include <QString>

namespace headlight::ui {

/// What the inspector is about: the pointer's cell, row or head when there is one, else the selection. Must
/// not outlive the result.
struct Inspected {
    AttentionMap map;
    TokenAxis rows, columns; ///< what the map's queries and keys are
    std::vector<int> queries;
    std::optional<int> key;
    bool hovering = false;
};
Inspected inspected(const AnalysisResult& result, const Selection& selection, const Hover& hover);

struct CellNumbers {
    float weight = 0; ///< the chosen rows' weights on the key, summed; of joined words as the map shows them
    std::optional<float> score; ///< before softmax; of one head and one query only
    int rank = 0; ///< 1: the largest of its row (of the summed rows)
    int keys = 0; ///< how many are ranked: tokens, or words
    std::optional<float> renormalised; ///< with hidden tokens taken out of the row
};
/// Words that are chosen, each once, as the display shows them: its name and how many tokens it is made of.
struct ChosenWord {
    QString name;
    int pieces = 1;
};
std::vector<ChosenWord> chosenQueries(const Inspected& inspected, const DisplaySettings& display);
std::optional<ChosenWord> chosenKey(const Inspected& inspected, const DisplaySettings& display);

/// Nothing unless a query and a key are chosen.
std::optional<CellNumbers> cellNumbers(const Inspected& inspected, const DisplaySettings& display);

struct TokenWeight {
    int token = 0; ///< of a joined word the first
    QString text;
    float weight = 0;
};
/// The largest weights, best first: of what the chosen tokens look at, or of who looks at them. Hidden tokens
/// are left out. Empty when no token is chosen. In cross attention it is the chosen key that is looked at.
std::vector<TokenWeight> topTokens(
    const Inspected& inspected, TokenDirection direction, const DisplaySettings& display, std::size_t count);

/// All of these that are read from the map. Quick when `weightsRead` is small; else to be made on a worker.
struct Readings {
    std::optional<CellNumbers> numbers;
    std::vector<TokenWeight> tokens; ///< in the direction that is shown; what is looked at in cross attention
    std::vector<TokenWeight> lookers; ///< at the chosen key, in cross attention
};
Readings readings(const Inspected& inspected, const DisplaySettings& display, std::size_t count);
/// How many weights `readings` reads.
std::int64_t weightsRead(const Inspected& inspected, const DisplaySettings& display);

/// HeadStatistics of the map's heads: their mean, and the largest weight of any of them.
struct HeadProfile {
    float entropy = 0, distance = 0, firstMass = 0, rowSumError = 0;
    float largest = 0;
    std::int64_t largestQuery = 0, largestKey = 0;
};
HeadProfile profileOf(const AttentionMap& map);

} // namespace headlight::ui
