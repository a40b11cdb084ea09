#pragma once
// What one layer's attention left behind.

#include "core/trace/head_summary.h"
#include "core/trace/weight_source.h"

namespace headlight {

/// Where in a model the attention happens.
enum class AttentionKind {
    Encoder, ///< self attention of an encoder (BERT, ViT, an encoder of a pair)
    Decoder, ///< causal self attention
    Cross, ///< a decoder looking at its encoder
};

struct AttentionSite {
    AttentionKind kind = AttentionKind::Encoder;
    int layer = 0;
    friend bool operator==(const AttentionSite&, const AttentionSite&) = default;
};

struct LayerAttention {
    AttentionSite site;
    int heads = 0;
    std::int64_t queries = 0, keys = 0;
    std::shared_ptr<const WeightSource> source;
    std::vector<HeadSummary> summaries; ///< one per head
    Tensor gradient; ///< d target / d weights [H,T,S], when the request asked for it
};

} // namespace headlight
