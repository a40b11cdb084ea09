#pragma once
// The stages of softmax attention over dot products, told for one head and query from what the run kept: for
// every key, windows of a map, or a window with global tokens.

#include "core/attention/mechanism.h"
#include "core/trace/attention_steps.h"

namespace headlight {

/// One row of one head's scores. `inputs` hold it as row `query` of sequence `sequence`.
struct DotRow {
    std::shared_ptr<const AttentionInputs> inputs;
    std::int64_t sequence = 0;
    int head = 0;
    std::int64_t query = 0;
    std::vector<std::int64_t> keys; ///< columns of the recorded map, one per key of the sequence
    std::vector<float> weights; ///< as recorded, one per key
    std::vector<float> context; ///< [Dv]
    /// What hides keys beside span and masks; empty: nothing does.
    std::function<bool(std::int64_t key)> visible = {};
    std::string hiddenBecause = {}; ///< why `visible` says no
};
AttentionSteps softmaxDotSteps(DotRow row);

/// Of softmaxDot. `inputs` hold a single sequence or the windows of one; `context` [ΣT,H·Dv].
std::shared_ptr<const StepSource> softmaxDotStepSource(
    const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context);
/// Of windowGlobal with globals, a single sequence.
std::shared_ptr<const StepSource> windowGlobalStepSource(
    const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context);

} // namespace headlight
