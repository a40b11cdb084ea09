#pragma once
// What is added to scaled scores before mask and softmax: relative positions, slopes, disentangled terms. Lazy like the
// maps themselves: any block can be asked for.

#include "core/autodiff/tape.h"
#include "core/trace/attention_steps.h"
#include "core/trace/weight_source.h"

#include <functional>
#include <memory>

namespace headlight {

/// One head of one packed sequence. With fewer queries than keys, the queries are the last ones.
struct MapPlace {
    std::int64_t sequence = 0;
    int head = 0;
    std::int64_t queries = 0, keys = 0;
    /// Position of a query among the keys.
    std::int64_t position(std::int64_t query) const { return keys - queries + query; }
};

class ScoreBias {
public:
    virtual ~ScoreBias() = default;
    /// out (row-major, the block's shape) += bias. Callable from any thread.
    virtual void add(const MapPlace& place, const Block& block, float* out) const = 0;
    /// Memory kept, in bytes.
    virtual std::size_t bytes() const = 0;

    /// What it is called where it is shown: "relative position".
    virtual std::string_view name() const { return "bias"; }
    /// Where the number of one cell comes from; all but its result. Empty: the number is learned as it is.
    virtual Arithmetic explain(const MapPlace& place, std::int64_t query, std::int64_t key) const;

    /// What it is computed from, as far as gradients flow through it; empty: none do.
    virtual std::vector<Var> inputs() const { return {}; }
    /// Adds d target / d inputs()[i] to gradients[i] (null: not wanted), given d target / d bias of one whole map
    /// [queries,keys]. Called for one map at a time.
    virtual void backward(const MapPlace& place, const float* dBias, std::span<float* const> gradients) const;
};

/// A learned number per bucket of distance and head. Source: Raffel et al. 2020 (T5), §2.1.
/// Shapes: table [buckets,H]. `bucketOf` maps key position − query position to a bucket; it is asked once per distance.
std::shared_ptr<const ScoreBias> relativeBias(
    Var table, std::int64_t longest, const std::function<std::int64_t(std::int64_t distance)>& bucketOf);

/// Which bucket a distance (key position − query position) falls into: near ones have a bucket each, far ones share in
/// powers up to `farthest`. Source: Raffel et al. 2020 (T5), §2.1.
struct RelativeBuckets {
    std::int64_t count = 32, farthest = 128;
    /// Half of the buckets for keys after the query; else all of those are at distance 0.
    enum class Sides { Both, Before } sides = Sides::Both;
    std::int64_t of(std::int64_t distance) const;
};

/// slope[h] · key position. Equal to −slope · distance up to a constant per row, which softmax ignores.
/// Source: Press et al. 2022 (ALiBi).
std::shared_ptr<const ScoreBias> slopeBias(std::vector<float> slopes);
/// The same with slope, position and product each rounded to bfloat16, then multiplied by `factor`: as Falcon does.
std::shared_ptr<const ScoreBias> roundedSlopeBias(std::vector<float> slopes, float factor);
/// The slopes of ALiBi for `heads` heads, those of the next power of two filling up.
std::vector<float> alibiSlopes(int heads);

/// A learned number per cell kind and head: bias[h][i,j] = table[index[i·keys+j], h]. For windows and pictures of one
/// size. Shapes: table [n,H], index queries·keys numbers. Sources: Liu et al. 2021 (Swin), Bao et al. 2022 (BEiT).
std::shared_ptr<const ScoreBias> indexedBias(Var table, std::shared_ptr<const std::vector<std::int32_t>> index);

} // namespace headlight
