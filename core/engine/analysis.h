#pragma once
// A request to the engine and its answer, both values: they cross threads.

#include "core/audio/time_grid.h"
#include "core/engine/compute_error.h"
#include "core/engine/open_model.h"
#include "core/engine/pass.h"

#include <atomic>
#include <chrono>
#include <variant>

namespace headlight {

struct TextInput {
    std::string text;
    std::optional<std::string> pair;
};
/// A conversation, for models that brought a chat template; its last turn may be one the model is to go on with.
struct TurnsInput {
    std::vector<ChatTurn> turns;
    /// Begun: the text ends where the assistant is to speak. A model that is to write speaks there in any case, or goes on
    /// with the last turn when that is the assistant's.
    ChatTemplate::Reply reply = ChatTemplate::Reply::No;
    std::vector<Image> pictures = {}; ///< what turns have in front of their words
};
struct IdsInput {
    std::vector<std::int64_t> ids;
};
struct ImageInput {
    Image image;
    std::string text = {}; ///< for models of pictures and texts (CLIP, BLIP); empty otherwise
};
struct SoundInput {
    Sound sound;
};
/// Tensors named as Hugging Face names them (input_ids, attention_mask, token_type_ids, pixel_values), taken as they are;
/// a batch is run row by row and stacked.
struct TensorInput {
    std::map<std::string, Tensor> tensors;
};
using AnalysisInput = std::variant<TextInput, IdsInput, ImageInput, SoundInput, TensorInput, TurnsInput>;

/// How a model writes on. Greedy unless there are beams or a temperature.
struct GenerationOptions {
    std::int64_t newTokens = 20; ///< at most
    int beams = 1; ///< 1 to 8; the best by mean log probability wins (beam search)
    float temperature = 0.0f; ///< 0: the likeliest token; above: drawn from softmax(logits / temperature)
    std::int64_t topK = 0; ///< draw among the k likeliest; 0: all
    float topP = 1.0f; ///< draw among the likeliest that make up this much (Holtzman et al. 2020)
    std::uint64_t seed = 0;
    /// Set to end writing early; what is written so far is kept and shown. Null: cannot be ended.
    std::shared_ptr<const std::atomic<bool>> stop;
    /// Called on the engine's thread after each token with the text written so far.
    std::function<void(const std::string& text)> written;
};

struct AnalysisResult;

struct AnalysisRequest {
    AnalysisInput input;
    TraceRequest trace;
    std::optional<GradientTarget> gradient;
    /// A run that would take more memory than this, in bytes, is refused before it begins; 0: no limit.
    std::uint64_t memoryLimit = 0;
    /// Cut a text that is too long instead of refusing it.
    bool cutToFit = false;
    /// What the decoder of a pair is fed: a text, or ids that win over it. Without either it gets its start token.
    std::optional<std::string> target;
    std::vector<std::int64_t> decoderIds;
    /// Write first, then run once over everything written, so that the whole text has its maps.
    std::optional<GenerationOptions> generation;
    /// A result of the same model, whose trace kept `rows`: what the text shares with the beginning of that one's is not
    /// computed again, where the model allows it. Null: none.
    std::shared_ptr<const AnalysisResult> earlier;
    /// Called on the engine's thread while a long pass runs, at most once an interval: a result of the layers that are
    /// done, `complete` unset. Null: nobody waits for them.
    std::function<void(std::shared_ptr<const AnalysisResult>)> partial;
    std::chrono::milliseconds partialInterval { 150 };
    /// What linear maps multiply in; Unsupported where the processor cannot. With `measureCompute` the pass is repeated in
    /// f32, so that the result can say how far it is from that.
    Compute compute = Compute::Float32;
    bool measureCompute = false;
};

/// One row or column of the maps.
struct TokenInfo {
    std::string label; ///< "animal", "##ing" as "ing" with continuation set, "patch 3,4", "0.42 s"
    std::string piece; ///< as in the vocabulary
    /// What it adds when its word is put together, where that is not the label: a character cut into several tokens is
    /// added by the first of them alone.
    std::optional<std::string> inWord;
    bool special = false; ///< [CLS], [SEP], <s> ...
    bool continuation = false; ///< continues the word before it
    int word = -1; ///< index of the word it belongs to
    int sequence = 0; ///< 0 text, 1 pair, -1 special
    std::pair<int, int> characters { 0, 0 }; ///< code points of its text, end exclusive
    int turn = -1; ///< of a conversation: the turn whose words it is of; -1 for what the template wrote around them
    int patchRow = -1, patchColumn = -1; ///< images
};

struct ClassProbability {
    std::string label;
    float probability = 0, logit = 0;
    std::int64_t index = 0;
};
/// An object that was found, in shares of the picture's width and height.
struct DetectedBox {
    std::string label;
    float probability = 0;
    double left = 0, top = 0, right = 0, bottom = 0;
    std::int64_t token = 0; ///< the row of attention maps that speaks for it: a decoder query, or a detection token
};
/// What the model wrote.
struct Generated {
    std::vector<std::int64_t> ids; ///< without the prompt
    std::string text;
    std::int64_t firstToken = 0; ///< its place among `tokens`, or `decoderTokens` of a pair
};
/// What the model says, as a person reads it. Empty for models without a head.
struct Prediction {
    std::string title; ///< "sentiment", "fill of [MASK] 1", "answer"
    std::vector<ClassProbability> classes; ///< best first
};

struct AnalysisResult {
    std::shared_ptr<const OpenModel> model; ///< null for attention that another program computed
    std::string source; ///< the file it came from then; empty for a run
    std::shared_ptr<const Trace> trace;
    /// False while later layers are still being computed: the trace holds the first ones, and there are no outputs yet.
    bool complete = true;
    /// Of the text, else of the picture or sound: rows and columns of the encoder's (or only) maps.
    std::vector<TokenInfo> tokens;
    std::vector<ChatTurn> turns; ///< of a conversation, without what the model wrote
    std::string turnsText; ///< what the chat template made of them, a picture as its one placeholder
    std::vector<TokenInfo> decoderTokens; ///< of a pair's decoder
    std::vector<TokenInfo> patchTokens; ///< of the picture, for models that have a text beside it
    /// What the rows and columns of a layer's maps are.
    const std::vector<TokenInfo>& queryTokens(const AttentionSite& site) const;
    const std::vector<TokenInfo>& keyTokens(const AttentionSite& site) const;
    std::vector<Prediction> predictions;
    std::vector<DetectedBox> boxes; ///< likeliest first
    std::optional<Generated> generated;
    Image picture; ///< as it came; empty for tensors and texts
    std::optional<ProcessedImage> image; ///< what the model saw, and how it maps back
    std::optional<PatchGrid> patches;
    std::optional<PatchGrid> textPatches; ///< which of `tokens` are patches of a picture that stands in the text
    Sound sound; ///< as it came; empty for tensors
    std::optional<SoundFeatures> heard; ///< what the model heard: spectrogram or waveform
    std::optional<TimeGrid> times; ///< where in the sound each of `tokens` is
    ModelInput fed; ///< what the network was given
    double milliseconds = 0; ///< of the forward pass alone
    std::int64_t known = 0; ///< first tokens whose rows were taken from an earlier run
    Compute compute = Compute::Float32; ///< what linear maps multiplied in
    std::optional<ComputeError> computeError; ///< where it was asked for
    std::int64_t tokensCut = 0; ///< how many did not fit and were left out
    /// For TensorInput with a batch: outputs and maps stacked over the rows, by the names of CLI.md.
    std::map<std::string, Tensor> stacked;
};

} // namespace headlight
