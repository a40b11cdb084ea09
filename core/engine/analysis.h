#pragma once
// A request to the engine and its answer, both values: they cross threads.

#include "core/engine/open_model.h"
#include "core/engine/pass.h"

#include <variant>

namespace headlight {

struct TextInput {
    std::string text;
    std::optional<std::string> pair;
};
struct IdsInput {
    std::vector<std::int64_t> ids;
};
struct ImageInput {
    Image image;
};
/// Tensors named as Hugging Face names them (input_ids, attention_mask, token_type_ids, pixel_values), taken as they are;
/// a batch is run row by row and stacked.
struct TensorInput {
    std::map<std::string, Tensor> tensors;
};
using AnalysisInput = std::variant<TextInput, IdsInput, ImageInput, TensorInput>;

struct AnalysisRequest {
    AnalysisInput input;
    TraceRequest trace;
    std::optional<GradientTarget> gradient;
    /// Cut a text that is too long instead of refusing it.
    bool cutToFit = false;
};

/// One row or column of the maps.
struct TokenInfo {
    std::string label; ///< "animal", "##ing" as "ing" with continuation set, "patch 3,4"
    std::string piece; ///< as in the vocabulary
    bool special = false; ///< [CLS], [SEP], <s> ...
    bool continuation = false; ///< continues the word before it
    int word = -1; ///< index of the word it belongs to
    int sequence = 0; ///< 0 text, 1 pair, -1 special
    std::pair<int, int> characters { 0, 0 }; ///< code points of its text, end exclusive
    int patchRow = -1, patchColumn = -1; ///< images
};

struct ClassProbability {
    std::string label;
    float probability = 0, logit = 0;
    std::int64_t index = 0;
};
/// What the model says, as a person reads it. Empty for models without a head.
struct Prediction {
    std::string title; ///< "sentiment", "fill of [MASK] 1", "answer"
    std::vector<ClassProbability> classes; ///< best first
};

struct AnalysisResult {
    std::shared_ptr<const OpenModel> model;
    std::shared_ptr<const Trace> trace;
    std::vector<TokenInfo> tokens; ///< rows and columns of self-attention maps
    std::vector<Prediction> predictions;
    Image picture; ///< as it came; empty for tensors and texts
    std::optional<ProcessedImage> image; ///< what the model saw, and how it maps back
    std::optional<PatchGrid> patches;
    ModelInput fed; ///< what the network was given
    double milliseconds = 0; ///< of the forward pass alone
    std::int64_t tokensCut = 0; ///< how many did not fit and were left out
    /// For TensorInput with a batch: outputs and maps stacked over the rows, by the names of CLI.md.
    std::map<std::string, Tensor> stacked;
};

} // namespace headlight
