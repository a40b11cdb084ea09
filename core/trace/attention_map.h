#pragma once
// One head of one layer (or several heads joined), lazy: numbers are made when they are asked for.

#include "core/trace/layer_attention.h"

namespace headlight {

enum class Pooling { Max, Mean };
/// How several heads become one map.
enum class HeadJoin { Mean, Max };

class AttentionMap {
public:
    AttentionMap() = default;
    /// One head.
    AttentionMap(std::shared_ptr<const LayerAttention> layer, int head);
    /// Several heads joined into one map. The rows of a mean sum to one, those of a max do not.
    AttentionMap(std::shared_ptr<const LayerAttention> layer, std::vector<int> heads, HeadJoin join);

    bool empty() const { return m_layer == nullptr; }
    std::int64_t queries() const { return m_layer ? m_layer->queries : 0; }
    std::int64_t keys() const { return m_layer ? m_layer->keys : 0; }
    const LayerAttention& layer() const { return *m_layer; }
    std::span<const int> heads() const { return m_heads; }
    HeadJoin join() const { return m_join; }

    float at(std::int64_t query, std::int64_t key) const;
    /// Score before softmax; only for a single head. -infinity where masked.
    float score(std::int64_t query, std::int64_t key) const;
    /// Shapes: [keys].
    std::vector<float> row(std::int64_t query) const;
    /// Shapes: [queries]. What a key receives from each query.
    std::vector<float> column(std::int64_t key) const;
    /// Shapes: [rows,columns] of the block.
    Tensor block(const Block& block) const;
    /// Shapes: [queries,keys].
    Tensor full() const;
    /// Shapes: [height,width], each pixel the largest or mean weight under it; never larger than the map itself.
    Tensor pooled(std::int64_t width, std::int64_t height, Pooling pooling) const;

private:
    void checkInside(const Block& block) const;
    void weights(const Block& block, std::span<float> out) const;

    std::shared_ptr<const LayerAttention> m_layer;
    std::vector<int> m_heads;
    HeadJoin m_join = HeadJoin::Mean;
};

} // namespace headlight
