#pragma once
// How one head came from a query to its context, stage by stage, with the arithmetic behind every number. A
// mechanism tells its own stages; what stands before and after it (projections, rotation, output map, sum)
// LayerComputation adds.

#include "core/tensor/tensor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headlight {

/// What one number was made of: a sum of terms, or a formula with its numbers put in.
struct Arithmetic {
    struct Term {
        float left = 0;
        std::optional<float> right = {}; ///< the term is left × right; none: left alone
    };
    std::string formula; ///< "q · k = Σ qᵢ × kᵢ"
    std::vector<Term> terms; ///< all of them, in order; empty where `substituted` says it
    std::optional<float> added; ///< on top of the terms: a bias of the map
    std::string substituted; ///< "25.59 × 0.125"
    std::string note; ///< where a factor comes from: "bucket 5 of distance −3"
    float result = 0; ///< as the model has it
};

/// One number per key, one vector per key, or one vector.
struct Stage {
    enum class Holds { Numbers, KeyVectors, Vector };
    std::string id; ///< "product"; unique among the stages
    std::string title; ///< "q·k"
    std::string formula; ///< "Σ qᵢ × kᵢ"
    std::string step,
        stepTitle; ///< the step it belongs to: "score", "score q·k"; several stages may share one
    Holds holds = Holds::Numbers;
    std::vector<float> numbers = {}; ///< one per key, or the vector
    std::int64_t width = 0; ///< numbers per vector
    /// The vector of a key, by its place in AttentionSteps::keys. Valid as long as the stage.
    std::function<std::span<const float>(std::int64_t place)> vectorOf = {};
    /// Of the number (place, component): one of the two is 0 where the stage has no such axis. Callable from
    /// any thread.
    std::function<Arithmetic(std::int64_t place, std::int64_t component)> explain = {};
};

struct AttentionSteps {
    /// Keys that were compared, as columns of the map; others were never looked at (other windows).
    std::vector<std::int64_t> keys;
    std::vector<Stage> stages; ///< in the order they happened
    std::vector<std::string> notes; ///< what is not shown, and why

    const Stage* stage(std::string_view id) const
    {
        for (const Stage& one : stages)
            if (one.id == id)
                return &one;
        return nullptr;
    }
};

/// The names that every softmax mechanism's stages have, for who lays them out.
namespace stages {
inline constexpr std::string_view query = "query", key = "key", value = "value", product = "product",
                                  scaled = "scaled", bias = "bias", biased = "biased", capped = "capped",
                                  masked = "masked", weight = "weight", context = "context", heads = "heads",
                                  output = "output", residual = "residual", sum = "sum",
                                  queryBefore = "query-before", keyBefore = "key-before";
} // namespace stages

/// What a mechanism kept of a layer to tell its stages.
class StepSource {
public:
    virtual ~StepSource() = default;
    /// One head, one query (a row of the map). Callable from any thread.
    virtual AttentionSteps steps(int head, std::int64_t query) const = 0;
    /// The row of q and of the context that belongs to a query: another one where rows stand in the order of
    /// windows.
    virtual std::int64_t rowOf(std::int64_t query) const { return query; }
    /// False where the query's vectors came from maps of its own, not from those of the layer (global
    /// tokens).
    virtual bool usesLayerMaps(std::int64_t query) const { return query >= 0; }
    /// Memory kept, in bytes.
    virtual std::size_t bytes() const = 0;
};

} // namespace headlight
