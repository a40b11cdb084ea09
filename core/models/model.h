#pragma once
// A loaded model: what it is, its parameters, and its forward pass.

#include "core/base/expected.h"
#include "core/nn/run.h"

#include <filesystem>
#include <optional>

namespace headlight {

/// What a person gives. A pair's decoder is fed with tokens beside it.
enum class InputKind { Text, Image, ImageAndText, Sound };
enum class Task {
    Features,
    SequenceClassification,
    TokenClassification,
    MaskedLanguage,
    CausalLanguage, ///< writes on
    SequenceToSequence, ///< reads with an encoder, writes with a decoder
    QuestionAnswering,
    ImageClassification,
    ObjectDetection,
    ImageTextMatching, ///< how well pictures and texts go together (CLIP)
    Transcription, ///< sound to characters, frame by frame (CTC)
};

/// "sequence classification", as a person reads it.
std::string_view displayName(Task task);
/// "a picture", as a person reads it.
std::string_view displayName(InputKind kind);

/// What views and commands need to know of a model without knowing its family.
struct ModelInfo {
    std::string family; ///< "bert"
    std::string architecture; ///< "BertForSequenceClassification"
    Task task = Task::Features;
    InputKind input = InputKind::Text;
    bool pair = false; ///< an encoder and a decoder that looks at it
    bool writes = false; ///< can go on writing tokens: a causal language model, or a pair with one as its decoder
    int layers = 0, heads = 0, headSize = 0, width = 0;
    std::int64_t vocabulary = 0, maximumPositions = 0; ///< text only; 0 positions: no limit
    std::int64_t decoderVocabulary = 0, decoderPositions = 0; ///< pairs only
    std::int64_t imageSize = 0, patchSize = 0, channels = 3; ///< images only; imageSize is what it was trained on
    int leadingTokens = 0; ///< tokens before the first patch ([CLS]); images only
    int registerTokens = 0; ///< how many of these, the last, are registers: they stand for nothing in the picture
    int trailingTokens = 0; ///< tokens after the last patch (YOLOS' detections); images only
    std::int64_t patchHeight = 0; ///< 0: patches are square
    bool partialPatches = false; ///< a rest at the right and bottom is a patch as well; else it is left out
    std::int64_t queries = 0; ///< objects that a detector's decoder looks for (DETR)
    std::int64_t pictureToken = -1; ///< the token of a text in whose place a picture stands; -1: pictures are not in texts
    std::int64_t framesPerPatch = 1; ///< a patch reaches over so many frames; a picture is repeated
    std::int64_t patchesPerToken = 1; ///< along a side: so many patches become one token of the text
    std::int64_t textLength = 0; ///< texts beside pictures are padded to so many tokens (SigLIP); 0: they are not
    /// Sounds only: from one token to the next, and what one token hears by itself, in samples or frames as it is fed.
    std::int64_t soundStep = 0, soundWidth = 0;
    std::int64_t blank = 0; ///< transcriptions only: the token that stands for no letter
    std::vector<std::string> labels; ///< of the classes, by index
    std::string attention; ///< one phrase: "softmax, all tokens see all tokens"
};

/// Patches of a picture (frames: 1) or of a film.
struct PatchVolume {
    std::int64_t frames = 1, rows = 0, columns = 0;
    std::int64_t count() const { return frames * rows * columns; }
};

/// One example as the network takes it.
struct ModelInput {
    std::vector<std::int64_t> ids, typeIds; ///< text; typeIds may be empty (all 0)
    std::vector<std::uint8_t> attentionMask; ///< 1 real, 0 padding; empty: all real
    std::vector<std::uint8_t> globalMask; ///< Longformer: 1 sees all and is seen by all; empty: none
    std::vector<std::int64_t> decoderIds; ///< pairs: what the decoder is fed; with a cache, the new tokens
    Tensor pixelValues; ///< images: [C,H,W]
    Tensor pixelMask; ///< images: [H,W], 0 where padded; empty: all real
    Tensor patches; ///< pictures cut by their processor: [Σ patches,numbers of a patch]
    std::vector<PatchVolume> patchGrids; ///< of each of these pictures
    std::vector<std::uint8_t> patchMask; ///< 1 where a row of `patches` is real; empty: all are
    std::vector<Tensor> pictures; ///< inside a text: [C,H,W] each
    std::vector<Tensor> pictureMasks; ///< [H,W] each, 0 where padded; empty: all real
    Tensor features; ///< sound as a log-mel spectrogram: [mels,frames]
    Tensor samples; ///< sound as a wave: [n]

    bool hasPicture() const { return !pixelValues.empty() || !patches.empty() || !pictures.empty(); }
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
    /// What a pair's decoder is fed when the input does not say: BART classifies what it has read, shifted by one.
    /// Empty: the input must say it.
    virtual std::vector<std::int64_t> impliedDecoderIds(const ModelInput&) const { return {}; }
    /// True when a text can be read on from rows of an earlier one that began alike (Run::beginning): nothing of it
    /// depends on what comes after.
    virtual bool readsOn(const ModelInput&) const { return false; }
    /// Mends outputs that depend on the whole batch, after rows that ran one by one were stacked (CLIP's logits).
    virtual void joinBatch(std::map<std::string, Tensor>&) const { }

    const ModelInfo& info() const { return m_info; }
    const std::vector<ParameterRef>& parameters() const { return m_parameters; }
    std::int64_t parameterCount() const;

protected:
    friend class ModelLoader;
    ModelInfo m_info;
    std::vector<ParameterRef> m_parameters;
};

} // namespace headlight
