#pragma once
// The layout that Llama set and most families since share: rotary positions, grouped heads, a gated feed-forward, root
// mean square norms. A family says where it differs.

#include "core/models/decoder_stack.h"
#include "core/models/rope_settings.h"

namespace headlight {

/// Read from Llama's keys; a family then changes what it has otherwise.
struct RotaryDecoderSettings {
    std::int64_t vocabulary, width, layers, heads, keyHeads, headSize, inner;
    float epsilon;
    Activation activation;
    Norm::Kind norm = Norm::Kind::RootMeanSquare;
    float normOffset = 0.0f; ///< of root mean square norms
    Linear::Bias qkvBias = Linear::Bias::No, outputBias = Linear::Bias::No, forwardBias = Linear::Bias::No;
    bool tied = false; ///< without tie_word_embeddings in the file
    bool headBias = false; ///< of lm_head
    Linear::Bias normBias = Linear::Bias::Yes; ///< of layer norms
    /// Every token sees what comes after it as well; windows then reach half as far to each side.
    bool bothWays = false;

    std::string base = "model."; ///< in front of all names but the head's
    std::string headName = "lm_head";
    /// Words and head are tied where the file holds no head: of several configurations each may say so.
    bool tiedUnlessStored = false;
    /// Names below "model." and "model.layers.N."; an empty one: the family has no such norm.
    std::string attentionNorm = "input_layernorm", forwardNorm = "post_attention_layernorm", lastNorm = "norm";
    std::string attentionOutputNorm = {}, forwardOutputNorm = {};
    std::string output = "self_attn.o_proj";
    /// Of joint projections [q|k|v] and [gate|in]; empty: there are separate ones.
    std::string jointProjection = {}, jointGate = {};

    DecoderLayer::Sums sums = DecoderLayer::Sums::InTurn;
    float wordScale = 1.0f, scoreScale = 0.0f, scoreCap = 0.0f, logitCap = 0.0f; ///< 0: as usual, none, none
    float logitScale = 1.0f;
    float branchScale = 1.0f;
    /// Keys a query of each layer sees, itself included; 0 or an empty list: all before it.
    std::vector<std::int64_t> windows = {};

    struct Place {
        ParameterSource& source;
        const std::string& name; ///< "model.layers.N."
        int index;
    };
    /// Norms of q and k; null: none. `heads` counts those of q or of k, `part` is "q" or "k".
    std::function<HeadNorm(const Place&, std::string_view part, std::int64_t heads)> headNorm = {};
    /// Instead of the gated feed-forward.
    std::function<std::function<Var(const Var&, Run&)>(const Place&)> forward = {};
    /// Instead of q, k and v by a linear map each; values are then `valueSize` wide per head.
    std::function<Projections(const Place&)> projections = {};
    std::int64_t valueSize = 0; ///< 0: as wide as queries and keys
    bool sinks = false; ///< a sink per head, "self_attn.sinks"
    std::vector<RotaryPositions> rotary = {};
    std::vector<int> rotaryOfLayer = {}; ///< as DecoderStack has it
};

/// Sizes without a key of theirs in the file.
struct RotaryDecoderDefaults {
    std::int64_t vocabulary = 32000, width = 4096, layers = 32, heads = 32;
    std::int64_t keyHeads = 0; ///< 0: as many as heads
    std::int64_t inner = 11008;
    float epsilon = 1e-6f;
};

/// What every family reads: sizes under Llama's keys, "rms_norm_eps", "hidden_act", plain rotary settings.
RotaryDecoderSettings readRotaryDecoder(Config& config, RopeDefaults rope = {}, const RotaryDecoderDefaults& sizes = {});
/// Attention of the layers named in "layer_types" ("sliding_attention", "full_attention") if the file has them, else of
/// those that `slides` names, reaches back `window` keys. No window: all see everything before them.
std::vector<std::int64_t> layerWindows(
    Config& config, std::int64_t layers, std::optional<std::int64_t> window, const std::function<bool(std::int64_t layer)>& slides);

/// Qwen's: "use_sliding_window" switches a window on in the layers from "max_window_layers" on.
std::vector<std::int64_t> upperLayerWindows(Config& config, std::int64_t layers, std::int64_t usualFirst = 28);
/// "self_attn.q_norm" and "self_attn.k_norm": a root mean square norm over each head, one weight for all (Qwen3).
void normEachHead(RotaryDecoderSettings& settings);
/// "attention_bias", where one key decides for all four projections.
void readAttentionBias(Config& config, RotaryDecoderSettings& settings);

/// All layers slide but every so manieth, counted from 1, as "sliding_window_pattern" says (or layer_types).
std::vector<std::int64_t> patternWindows(Config& config, std::int64_t layers, std::int64_t window, std::int64_t pattern);
/// Kinds of rotary positions by layer, as DecoderStack has them: one kind where layers slide, another where they do not.
std::vector<int> rotaryByWindow(std::span<const std::int64_t> windows, int sliding, int full);
/// "softmax, a token sees itself and what came before; in 13 of 26 layers the last 4096 only"
std::string attentionPhrase(const RotaryDecoderSettings& settings);

/// The model itself, for families that see as well.
class RotaryDecoder : public DecoderStack {
public:
    /// `config` names the architecture and its head; the rest is in `settings`.
    RotaryDecoder(Config& config, ParameterSource& source, const RotaryDecoderSettings& settings);
};

std::unique_ptr<Model> makeRotaryDecoder(Config& config, ParameterSource& source, const RotaryDecoderSettings& settings);

} // namespace headlight
