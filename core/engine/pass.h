#pragma once
// One pass of a model over one example: forward, and backward when a gradient is wanted.

#include "core/models/model.h"

namespace headlight {

/// d target / d attention: the target is one entry of an output.
struct GradientTarget {
    std::string output = "logits";
    /// One number: a class (for token outputs at the last position). Several: the full index, batch axis first.
    std::vector<std::int64_t> index;
};

struct PassRequest {
    TraceRequest trace;
    std::optional<GradientTarget> gradient;
    /// A pass over a text of the same model, whose trace kept `rows`. What this one's text shares with its beginning is
    /// not computed again where the model allows it. Null trace: none.
    struct Earlier {
        std::vector<std::int64_t> ids;
        std::shared_ptr<const Trace> trace;
    };
    Earlier earlier = {};
    /// Called between the layers with what is recorded so far. Empty: nobody watches.
    std::function<void(const Trace& soFar)> watch = {};
};

struct PassResult {
    std::shared_ptr<const Trace> trace;
    double milliseconds = 0; ///< of the forward pass alone
    std::int64_t known = 0; ///< rows at the beginning that were taken from the earlier pass
};

/// Errors: BadInput, TooLong (from Model::check, or a target that does not exist); BadFile when the numbers overflow.
/// Throws Stopped.
Expected<PassResult> runPass(
    const Model& model, const ModelInput& input, const PassRequest& request, const JobControl& control);

/// Raw tensors by Hugging Face's names → one ModelInput per row of the batch. Errors: BadInput naming what is missing
/// or does not fit.
Expected<std::vector<ModelInput>> inputsFromTensors(
    const std::map<std::string, Tensor>& tensors, const ModelInfo& info);

/// What a trace holds by the names of CLI.md, all maps materialised: attentions.{i} [1,H,T,S], hidden_states.{i}
/// [1,T,E], attention_grads.{i}, logits ...
/// Of a pair: encoder_attentions.{i}, decoder_attentions.{i}, cross_attentions.{i}; of towers: text.attentions.{i} ...
std::map<std::string, Tensor> namedTensors(const Trace& trace, const ModelInfo& info);

/// Rows of a batch joined along the first axis. Tensors whose other axes differ are an error of the caller's.
std::map<std::string, Tensor> stackRows(std::span<const std::map<std::string, Tensor>> rows);

} // namespace headlight
