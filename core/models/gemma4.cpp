// Gemma 4's words: Gemma 3 whose full layers have larger heads and turn a part of them, whose last layers
// take keys and values from earlier ones, and whose layers are each fed with a small embedding of the word
// beside the stream. Source: Gemma Team 2026 (Gemma 4).

#include "core/models/causal_model.h"
#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

struct Gemma4Config {
    RotaryDecoderSettings s;
    std::int64_t wholeHeadSize = 0, wholeKeyHeads = 0; ///< of layers that see everything
    std::int64_t firstSharing = 0; ///< from this layer on keys and values are those of earlier layers
    std::int64_t perLayer = 0; ///< width of what each layer is fed; 0: nothing
    bool keysAreValues = false; ///< in layers that see everything
    bool wideSharing = false; ///< feed-forward parts of layers that share are twice as wide

    bool slides(int index) const { return s.windows[std::size_t(index)] > 0; }
    bool shares(int index) const { return index >= firstSharing; }
    std::int64_t headSize(int index) const { return slides(index) ? s.headSize : wholeHeadSize; }
    std::int64_t keyHeads(int index) const { return slides(index) ? s.keyHeads : wholeKeyHeads; }
};

Gemma4Config readConfig(Config& config)
{
    const RotaryDecoderDefaults sizes{
        .vocabulary = 262144, .width = 2304, .layers = 30, .heads = 8, .keyHeads = 4, .inner = 9216
    };
    Gemma4Config c{ readRotaryDecoder(
        config, { .headSize = 256, .positions = 131072, .layerKind = "sliding_attention" }, sizes) };
    RotaryDecoderSettings& s = c.s;
    readAttentionBias(config, s);
    s.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
    s.tied = true;
    s.wordScale = std::sqrt(float(s.width));
    s.logitCap = config.optionalReal("final_logit_softcapping", std::nullopt).value_or(0.0f);
    s.bothWays = config.text("use_bidirectional_attention", "") == "all";
    s.windows = patternWindows(config, s.layers, 512, 6);
    s.windows.back() = 0; // the reference lets the last layer see everything whatever the file says
    s.rotaryOfLayer = rotaryByWindow(s.windows, 0, 1);
    c.keysAreValues = config.flag("attention_k_eq_v", false);
    c.wholeHeadSize = config.size("global_head_dim", 512, 1 << 16);
    c.wholeKeyHeads = c.keysAreValues && config.has("num_global_key_value_heads")
        ? checkedHeads(config, { s.heads, config.size("num_global_key_value_heads", 1, 4096) }).keyHeads
        : s.keyHeads;
    s.rotary.push_back(readRope(config,
        { .headSize = c.wholeHeadSize,
            .positions = 131072,
            .base = 1e6f,
            .share = 0.25f,
            .layerKind = "full_attention",
            .kind = "proportional" }));
    c.firstSharing = s.layers - config.number("num_kv_shared_layers", 0);
    c.perLayer = config.number("hidden_size_per_layer_input", 256);
    c.wideSharing = config.flag("use_double_wide_mlp", false);
    if (c.firstSharing < 1 || c.firstSharing > s.layers)
        config.problem(
            fmt::format("num_kv_shared_layers must be below the {} layers and not below 0.", s.layers));
    if (c.perLayer < 0)
        config.problem("hidden_size_per_layer_input must not be below 0.");
    if (c.perLayer > 0 && config.size("vocab_size_per_layer_input", 262144) < s.vocabulary)
        config.problem("vocab_size_per_layer_input is smaller than vocab_size.");
    if (config.flag("enable_moe_block", false))
        config.problem("enable_moe_block: layers with routed experts are not known of this family.");
    return c;
}

/// The last layer before `firstSharing` that sees as much as `index` does.
std::optional<int> rowsOf(Config& config, const Gemma4Config& c, int index)
{
    if (!c.shares(index))
        return std::nullopt;
    for (int from = int(c.firstSharing) - 1; from >= 0; --from)
        if (c.slides(from) == c.slides(index))
            return from;
    config.problem(
        fmt::format("Layer {} has no earlier layer of its kind to take keys and values from.", index));
    return std::nullopt;
}

Norm loadNorm(ParameterSource& source, const std::string& name, std::int64_t width, const Gemma4Config& c)
{
    return Norm::rootMeanSquare(source, name, width, c.s.epsilon);
}

Heads headsOf(const Gemma4Config& c, int index, std::optional<int> rowsOf)
{
    const std::int64_t window = c.s.windows[std::size_t(index)];
    const bool both = c.s.bothWays;
    return { .site = { both ? AttentionKind::Encoder : AttentionKind::Decoder, index },
        .heads = int(c.s.heads),
        .keyHeads = int(c.keyHeads(index)),
        .scale = 1.0f,
        .span = window == 0 ? (both ? globalSpan() : causalSpan())
                            : (both ? windowSpan(window / 2) : slidingSpan(window)),
        .note = rowsOf ? fmt::format("keys of layer {}", *rowsOf) : "" };
}

/// q, k and v with their norms; a layer that shares has a query of its own only.
void loadAttention(
    DecoderLayer& layer, ParameterSource& source, const std::string& name, int index, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    const std::int64_t size = c.headSize(index), keys = c.keyHeads(index) * size;
    const auto linear = [&](const char* part, std::int64_t out) {
        return Linear::load(source, name + part, s.width, out, s.qkvBias);
    };
    layer.projections.query = linear("q_proj", s.heads * size);
    layer.queryNorm = { { loadNorm(source, name + "q_norm", size, c) } };
    layer.output = Linear::load(source, name + "o_proj", s.heads * size, s.width, s.outputBias);
    if (layer.rowsOf)
        return;
    layer.projections.key = linear("k_proj", keys);
    if (!c.keysAreValues || c.slides(index))
        layer.projections.value = linear("v_proj", keys);
    layer.keyNorm = { { loadNorm(source, name + "k_norm", size, c) } };
    layer.valueNorm = { { Norm{ nullptr, nullptr, s.epsilon, Norm::Kind::RootMeanSquare } } };
}

DecoderLayer loadDecoder(ParameterSource& source, const std::string& name, int index,
    std::optional<int> rowsOf, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    DecoderLayer layer;
    layer.beforeAttention = loadNorm(source, name + "input_layernorm", s.width, c);
    layer.afterAttention = loadNorm(source, name + "post_attention_layernorm", s.width, c);
    layer.beforeForward = loadNorm(source, name + "pre_feedforward_layernorm", s.width, c);
    layer.afterForward = loadNorm(source, name + "post_feedforward_layernorm", s.width, c);
    layer.rowsOf = rowsOf;
    layer.leavesRows = !c.shares(index) && c.firstSharing < s.layers;
    layer.heads = headsOf(c, index, rowsOf);
    loadAttention(layer, source, name + "self_attn.", index, c);
    const std::int64_t inner = s.inner * (c.wideSharing && c.shares(index) ? 2 : 1);
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, Linear::Bias::No);
    };
    layer.forward = GatedFeedForward{ linear("mlp.gate_proj", s.width, inner),
        linear("mlp.up_proj", s.width, inner), linear("mlp.down_proj", inner, s.width), s.activation };
    return layer;
}

/// A layer, and what it makes of the words it is fed beside the stream.
struct Layer {
    DecoderLayer decoder;
    Linear gate, projection;
    std::optional<Norm> norm;
    ParameterRef factor; ///< [1], of all that comes out

    static Layer load(ParameterSource& source, const std::string& name, int index, std::optional<int> rowsOf,
        const Gemma4Config& c)
    {
        Layer layer{ loadDecoder(source, name, index, rowsOf, c), {}, {}, {}, {} };
        layer.factor = source.take(name + "layer_scalar", { 1 }, Initialisation::ones());
        if (c.perLayer == 0)
            return layer;
        layer.gate =
            Linear::load(source, name + "per_layer_input_gate", c.s.width, c.perLayer, Linear::Bias::No);
        layer.projection =
            Linear::load(source, name + "per_layer_projection", c.perLayer, c.s.width, Linear::Bias::No);
        layer.norm = loadNorm(source, name + "post_per_layer_input_norm", c.s.width, c);
        return layer;
    }
};

class Gemma4 final : public CausalModel {
public:
    Gemma4(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        const RotaryDecoderSettings& s = m_config.s;
        m_bothWays = s.bothWays;
        m_logitCap = s.logitCap;
        describe(config, { s.vocabulary, s.width, s.layers, s.heads, s.headSize }, attentionPhrase(s));
        m_info.writes = m_info.writes && !s.bothWays;
        m_words = Embedding::load(source, "model.embed_tokens", s.vocabulary, s.width);
        for (int i = 0; i < s.layers; ++i)
            m_layers.push_back(Layer::load(
                source, fmt::format("model.layers.{}.", i), i, rowsOf(config, m_config, i), m_config));
        m_lastNorm = loadNorm(source, "model.norm", s.width, m_config);
        loadBeside(config, source);
        for (const RotaryPositions& kind : s.rotary)
            limitLength(kind);
        loadHead(config, source, m_words, { .tied = true });
    }

private:
    void loadBeside(Config& config, ParameterSource& source)
    {
        const RotaryDecoderSettings& s = m_config.s;
        const std::int64_t all = s.layers * m_config.perLayer;
        if (all <= 0)
            return;
        m_besideWords = Embedding::load(
            source, "model.embed_tokens_per_layer", config.size("vocab_size_per_layer_input", 262144), all);
        m_besideMap =
            Linear::load(source, "model.per_layer_model_projection", s.width, all, Linear::Bias::No);
        m_besideNorm = loadNorm(source, "model.per_layer_projection_norm", m_config.perLayer, m_config);
    }

    Var embed(const WordRows& rows, Run& run) const override
    {
        return scale(m_words(rows.ids, run), m_config.s.wordScale);
    }

    std::vector<RotaryAngles> angles(const WordRows& rows) const override
    {
        std::vector<RotaryAngles> all;
        for (const RotaryPositions& kind : m_config.s.rotary)
            all.push_back(kind.angles(rows.positions));
        return all;
    }

    /// What all layers are fed beside the stream. Shapes: words [ΣT,E] → [ΣT,L·P].
    Var beside(const Var& words, const WordRows& rows, Run& run) const
    {
        const std::int64_t part = m_config.perLayer, layers = m_config.s.layers, count = words.shape().rows();
        const Var mapped = scale(m_besideMap(words, run), 1.0f / std::sqrt(float(m_config.s.width)));
        const Var normed = reshape(
            (*m_besideNorm)(reshape(mapped, { count * layers, part }), run), { count, layers * part });
        return scale(
            add(normed, scale(m_besideWords(rows.ids, run), std::sqrt(float(part)))), std::sqrt(0.5f));
    }

    Var layer(int index, const Var& x, const LayerPass& pass) const override
    {
        const Layer& layer = m_layers[std::size_t(index)];
        if (index == 0 && layer.norm)
            pass.handedOn.ofWords = beside(x, pass.rows, pass.run);
        const RotaryAngles& angles = pass.angles[std::size_t(m_config.s.rotaryOfLayer[std::size_t(index)])];
        Var y = layer.decoder(x, { pass.rows.packing, &angles, nullptr, nullptr, &pass.handedOn.rows }, pass.run);
        if (layer.norm) {
            const ColumnRange own{ index * m_config.perLayer, (index + 1) * m_config.perLayer };
            const Var gate = activate(m_config.s.activation, layer.gate(y, pass.run));
            const Var fed = multiply(gate, selectColumns(pass.handedOn.ofWords, { &own, 1 }));
            y = add(y, (*layer.norm)(layer.projection(fed, pass.run), pass.run));
        }
        return scale(y, layer.factor->value.toFloat().at(0));
    }

    Var finish(const Var& x, Run& run) const override { return (*m_lastNorm)(x, run); }

    Gemma4Config m_config;
    Embedding m_words, m_besideWords;
    Linear m_besideMap;
    std::vector<Layer> m_layers;
    std::optional<Norm> m_lastNorm, m_besideNorm;
};

constexpr std::array<std::string_view, 3> architectures{ "Gemma4ForCausalLM", "Gemma4TextModel",
    "Gemma4TextForSequenceClassification" };

} // namespace

const ModelFamily gemma4Family{ "gemma4_text", "Gemma 4", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Gemma4>(config, source);
    },
    "model." };

} // namespace headlight
