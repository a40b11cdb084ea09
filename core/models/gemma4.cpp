// Gemma 4's words: Gemma 3 whose full layers have larger heads and turn a part of them, whose last layers
// take keys and values from earlier ones, and whose layers are each fed with a small embedding of the word
// beside the stream; large ones have routed experts. Source: Gemma Team 2026 (Gemma 4).

#include "core/models/families.h"
#include "core/models/gemma4_layer.h"

namespace headlight {
namespace {

/// Heads of layers that see everything. The newest files say so layer by layer, the last of which is one.
void readWholeLayers(Config& config, Gemma4Config& c)
{
    Config layers = config.part("per_layer_config");
    Config last = layers.part(std::to_string(c.s.layers - 1).c_str());
    const bool newest = config.has("per_layer_config");
    c.wholeHeadSize = newest ? last.size("head_dim", c.s.headSize, 1 << 16) : config.size("global_head_dim", 512, 1 << 16);
    c.wholeKeyHeads = c.s.keyHeads;
    if (newest)
        c.wholeKeyHeads = last.size("num_key_value_heads", c.s.keyHeads, 4096);
    else if (c.keysAreValues && config.has("num_global_key_value_heads"))
        c.wholeKeyHeads = config.size("num_global_key_value_heads", 1, 4096);
    c.wholeKeyHeads = checkedHeads(config, { c.s.heads, c.wholeKeyHeads }).keyHeads;
}

void readExperts(Config& config, Gemma4Config& c)
{
    c.experts = config.size("num_experts", 0, 65536);
    c.expertsChosen = config.size("top_k_experts", 0, 65536);
    c.expertInner = config.size("moe_intermediate_size");
    if (c.expertsChosen > c.experts)
        config.problem(fmt::format("{} of {} experts cannot be chosen.", c.expertsChosen, c.experts));
}

void check(Config& config, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    if (c.firstSharing < 1 || c.firstSharing > s.layers)
        config.problem(
            fmt::format("num_kv_shared_layers must be below the {} layers and not below 0.", s.layers));
    if (c.perLayer < 0)
        config.problem("hidden_size_per_layer_input must not be below 0.");
    if (c.perLayer > 0 && config.size("vocab_size_per_layer_input", 262144) < s.vocabulary)
        config.problem("vocab_size_per_layer_input is smaller than vocab_size.");
}

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
    readWholeLayers(config, c);
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
    check(config, c);
    if (config.flag("enable_moe_block", false))
        readExperts(config, c);
    return c;
}

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
            m_layers.push_back(Gemma4Layer::load(config, source, i, m_config));
        m_lastNorm = Norm::rootMeanSquare(source, "model.norm", s.width, s.epsilon);
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
        m_besideNorm =
            Norm::rootMeanSquare(source, "model.per_layer_projection_norm", m_config.perLayer, s.epsilon);
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
        if (index == 0 && m_config.perLayer > 0)
            pass.handedOn.ofWords = beside(x, pass.rows, pass.run);
        const RotaryAngles& angles = pass.angles[std::size_t(m_config.s.rotaryOfLayer[std::size_t(index)])];
        return m_layers[std::size_t(index)](x, pass.handedOn.ofWords,
            { pass.rows.packing, &angles, nullptr, nullptr, &pass.handedOn.rows }, pass.run);
    }

    Var finish(const Var& x, Run& run) const override { return (*m_lastNorm)(x, run); }

    Gemma4Config m_config;
    Embedding m_words, m_besideWords;
    Linear m_besideMap;
    std::vector<Gemma4Layer> m_layers;
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
