#pragma once
// Scores that depend on content and distance together: queries and keys multiplied with learned vectors of how far
// apart they are. DeBERTa's disentangled attention, and BERT's relative positions.

#include "core/attention/score_bias.h"

namespace headlight {

/// bias[i,j] = scale · (q_i · keyOfDistance[b] + k_j · queryOfDistance[b]) with b = bucketOf(i − j).
/// Sources: He et al. 2021 (DeBERTa), eq. 4; Shaw et al. 2018; Huang et al. 2020, method 4.
struct DistanceTerms {
    Var q, k; ///< [ΣT, H·D], as the attention itself takes them
    /// [buckets, H·D], or [buckets, D] for all heads alike; an empty one: no such term.
    Var keyOfDistance, queryOfDistance;
    int heads = 1;
    float scale = 1.0f;
    std::vector<std::int64_t> begins; ///< first row of each sequence, and the end
    std::function<std::int64_t(std::int64_t distance)> bucketOf; ///< asked once per distance
};
std::shared_ptr<const ScoreBias> distanceProducts(DistanceTerms terms);

/// Buckets of DeBERTa-v2: near distances one by one, far ones on a logarithmic scale; odd in `distance`.
/// Source: He et al. 2021 (DeBERTa-v2), logarithmic buckets up to `longest`.
std::int64_t logBucket(std::int64_t distance, std::int64_t buckets, std::int64_t longest);

} // namespace headlight
