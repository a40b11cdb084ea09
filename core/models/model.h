#pragma once
// A loaded model: what it is, its parameters, and its forward pass.

#include "core/base/expected.h"
#include "core/nn/run.h"

#include <filesystem>
#include <optional>

namespace headlight {

enum class InputKind { Text, Image };
enum class Task { Features, SequenceClassification, MaskedLanguage, QuestionAnswering, ImageClassification };

/// "sequence classification", as a person reads it.
std::string_view displayName(Task task);

/// What views and commands need to know of a model without knowing its family.
struct ModelInfo {
    std::string family; ///< "bert"
    std::string architecture; ///< "BertForSequenceClassification"
    Task task = Task::Features;
    InputKind input = InputKind::Text;
    int layers = 0, heads = 0, headSize = 0, width = 0;
    std::int64_t vocabulary = 0, maximumPositions = 0; ///< text only
    std::int64_t imageSize = 0, patchSize = 0, channels = 3; ///< images only; imageSize is what it was trained on
    int leadingTokens = 0; ///< tokens before the first patch ([CLS]); images only
    std::vector<std::string> labels; ///< of the classes, by index
    std::string attention; ///< one phrase: "softmax, all tokens see all tokens"
};

/// One example as the network takes it.
struct ModelInput {
    std::vector<std::int64_t> ids, typeIds; ///< text; typeIds may be empty (all 0)
    std::vector<std::uint8_t> attentionMask; ///< 1 real, 0 padding; empty: all real
    Tensor pixelValues; ///< images: [C,H,W]
};

/// An output and what its rows are.
struct ModelOutput {
    enum class Rows { PerSequence, PerToken };
    Var value; ///< [n,...] per sequence, or [Σ tokens,...] packed
    Rows rows;
};
using ModelOutputs = std::map<std::string, ModelOutput>;

class Model {
public:
    virtual ~Model() = default;
    /// Runs a batch of one or more examples, packed. A trace may be recorded for a batch of one only.
    /// Errors: throws Stopped. The input must have passed `check`.
    virtual ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const = 0;
    /// BadInput or TooLong with one clear sentence when the input cannot be run.
    virtual Status check(const ModelInput& input) const = 0;
    /// Attention rows and columns of an example: tokens, or special tokens + patches.
    virtual std::int64_t tokens(const ModelInput& input) const = 0;

    const ModelInfo& info() const { return m_info; }
    const std::vector<ParameterRef>& parameters() const { return m_parameters; }
    std::int64_t parameterCount() const;

protected:
    friend class ModelLoader;
    ModelInfo m_info;
    std::vector<ParameterRef> m_parameters;
};

} // namespace headlight
