#pragma once
// What views that show one distribution over tokens tint by: the chosen tokens' rows or columns summed.

#include "ui/views/shown_map.h"

namespace headlight::ui {

struct Distribution {
    /// One weight per token of the axis that is tinted; 0 for hidden ones. Pieces of a joined word have the
    /// weight of the word.
    std::vector<float> weights;
    /// Of the colour bar: the largest weight, or 1 when weights are shown as they are.
    float top = 1;
    bool averaged = false; ///< no token is chosen: the mean over all queries
};

/// Prompt answers within a frame at any length: without a chosen token, a large map's mean comes from its
/// thumbnail.
enum class Effort { Prompt, Exact };

/// How many weights it is made of: above ShownMap::promptCells a view leaves it to a worker.
std::int64_t distributionCells(const Scene& scene, const ShownMap& map);
/// LooksAt: the rows of the chosen queries summed (of joined words each once, which is their pieces' mean).
/// LookedAtBy: the columns of the chosen tokens summed. Where queries and keys differ it is always what the
/// chosen queries look at, over the keys.
Distribution distributionOf(const Scene& scene, const ShownMap& map, Effort effort = Effort::Exact);
/// Where queries and keys differ: who looks at the chosen key, over the queries. All 0 without a chosen key.
Distribution lookersOf(const Scene& scene, const ShownMap& map);

/// Shortest text that reads back as the same float.
QString exactText(float weight);

} // namespace headlight::ui
