#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

using Settings = RotaryDecoderSettings;

std::optional<Norm> loadNorm(ParameterSource& source, const std::string& prefix, const std::string& name, const Settings& s)
{
    if (name.empty())
        return std::nullopt;
    return s.norm == Norm::Kind::Layer ? Norm::layer(source, prefix + name, s.width, s.epsilon, s.normBias)
                                       : Norm::rootMeanSquare(source, prefix + name, s.width, s.epsilon, s.normOffset);
}

Projections loadProjections(const Settings::Place& place, const Settings& s)
{
    if (s.projections)
        return s.projections(place);
    ParameterSource& source = place.source;
    const std::string& prefix = place.name;
    const std::int64_t queries = s.heads * s.headSize, keys = s.keyHeads * s.headSize;
    const auto linear = [&](const std::string& part, std::int64_t out) {
        return Linear::load(source, prefix + part, s.width, out, s.qkvBias);
    };
    if (!s.jointProjection.empty())
        return Projections::sideBySide(linear(s.jointProjection, queries + 2 * keys), s.heads, s.keyHeads, s.headSize);
    return { linear("self_attn.q_proj", queries), linear("self_attn.k_proj", keys), linear("self_attn.v_proj", keys) };
}

std::function<Var(const Var&, Run&)> loadForward(const Settings::Place& place, const Settings& s)
{
    if (s.forward)
        return s.forward(place);
    const auto linear = [&](const std::string& part, std::int64_t in, std::int64_t out) {
        return Linear::load(place.source, place.name + part, in, out, s.forwardBias);
    };
    if (!s.jointGate.empty())
        return JointGatedFeedForward { linear(s.jointGate, s.width, 2 * s.inner), linear("mlp.down_proj", s.inner, s.width), s.activation };
    return GatedFeedForward { linear("mlp.gate_proj", s.width, s.inner), linear("mlp.up_proj", s.width, s.inner),
        linear("mlp.down_proj", s.inner, s.width), s.activation };
}

std::shared_ptr<const Span> spanOf(const Settings& s, int index)
{
    const std::int64_t window = s.windows.empty() ? 0 : s.windows[std::size_t(index)];
    if (s.bothWays)
        return window > 0 ? windowSpan(window / 2) : globalSpan();
    return window > 0 ? slidingSpan(window) : causalSpan();
}

Heads headsOf(const Settings& s, int index)
{
    const bool turns = s.rotaryOfLayer.empty() || s.rotaryOfLayer[std::size_t(index)] >= 0;
    return { .site = { s.bothWays ? AttentionKind::Encoder : AttentionKind::Decoder, index }, .heads = int(s.heads),
        .keyHeads = int(s.keyHeads), .scale = s.scoreScale, .softCap = s.scoreCap, .span = spanOf(s, index),
        .note = turns ? "" : "no positions" };
}

DecoderLayer loadLayer(ParameterSource& source, const std::string& name, int index, const Settings& s)
{
    const Settings::Place place { source, name, index };
    DecoderLayer layer;
    layer.sums = s.sums;
    layer.beforeAttention = loadNorm(source, name, s.attentionNorm, s);
    layer.beforeForward = loadNorm(source, name, s.forwardNorm, s);
    layer.afterAttention = loadNorm(source, name, s.attentionOutputNorm, s);
    layer.afterForward = loadNorm(source, name, s.forwardOutputNorm, s);
    layer.branchScale = s.branchScale;
    layer.projections = loadProjections(place, s);
    if (s.headNorm) {
        layer.queryNorm = s.headNorm(place, "q", s.heads);
        layer.keyNorm = s.headNorm(place, "k", s.keyHeads);
    }
    layer.heads = headsOf(s, index);
    if (s.sinks)
        layer.heads.sinks = source.take(name + "self_attn.sinks", { s.heads }, Initialisation::zeros());
    layer.output = Linear::load(source, name + s.output, s.heads * (s.valueSize > 0 ? s.valueSize : s.headSize), s.width, s.outputBias);
    layer.forward = loadForward(place, s);
    return layer;
}

std::int64_t slidingLayers(const Settings& s)
{
    return std::count_if(s.windows.begin(), s.windows.end(), [](std::int64_t w) { return w > 0; });
}

std::string encoderPhrase(const Settings& s)
{
    const std::string phrase = "softmax, every token sees every token";
    if (slidingLayers(s) == 0)
        return phrase;
    const std::int64_t width = *std::max_element(s.windows.begin(), s.windows.end());
    return fmt::format("{}; in {} of {} layers {} on each side only", phrase, slidingLayers(s), s.layers, width / 2);
}

} // namespace

RotaryDecoderSettings readRotaryDecoder(Config& config, RopeDefaults rope, const RotaryDecoderDefaults& sizes)
{
    Settings s {};
    s.vocabulary = config.size("vocab_size", sizes.vocabulary);
    s.width = config.size("hidden_size", sizes.width);
    s.layers = config.size("num_hidden_layers", sizes.layers, 1000);
    s.heads = config.size("num_attention_heads", sizes.heads, 4096);
    const bool usual = sizes.keyHeads > 0 && !config.mentions("num_key_value_heads"); // null: as many as heads
    const std::int64_t keyHeads
        = config.has("num_key_value_heads") ? config.size("num_key_value_heads", 1, 4096) : usual ? sizes.keyHeads : s.heads;
    s.keyHeads = checkedHeads(config, { s.heads, keyHeads }).keyHeads;
    if (!config.has("head_dim") && (rope.headSize == 0 || config.mentions("head_dim")))
        s.headSize = evenHeadSize(config, s.width, s.heads);
    else
        s.headSize = config.size("head_dim", rope.headSize, 1 << 16);
    s.inner = config.size("intermediate_size", sizes.inner);
    s.epsilon = config.real("rms_norm_eps", sizes.epsilon);
    s.activation = config.activation("hidden_act", "silu");
    rope.headSize = s.headSize;
    s.rotary = { readRope(config, rope) };
    return s;
}

std::vector<std::int64_t> layerWindows(
    Config& config, std::int64_t layers, std::optional<std::int64_t> window, const std::function<bool(std::int64_t)>& slides)
{
    std::vector<std::int64_t> windows(std::size_t(layers), 0);
    const std::vector<std::string> types = config.texts("layer_types");
    for (const std::string& type : types)
        if (type != "sliding_attention" && type != "full_attention") {
            config.problem(
                fmt::format("Layers of the type \"{}\" are not known; known are full_attention and sliding_attention.", type));
            return windows;
        }
    if (!window)
        return windows;
    if (*window < 1 || (!types.empty() && std::int64_t(types.size()) != layers)) {
        config.problem(fmt::format("A window of {} keys and {} layer_types do not fit {} layers.", *window, types.size(), layers));
        return windows;
    }
    for (std::size_t i = 0; i < windows.size(); ++i)
        windows[i] = (types.empty() ? slides(std::int64_t(i)) : types[i] == "sliding_attention") ? *window : 0;
    return windows;
}

std::vector<std::int64_t> patternWindows(Config& config, std::int64_t layers, std::int64_t window, std::int64_t pattern)
{
    const std::int64_t said = config.size(
        config.has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern", pattern);
    return layerWindows(config, layers, config.optionalNumber("sliding_window", window),
        [said](std::int64_t layer) { return (layer + 1) % said != 0; });
}

std::vector<int> rotaryByWindow(std::span<const std::int64_t> windows, int sliding, int full)
{
    std::vector<int> kinds;
    for (const std::int64_t window : windows)
        kinds.push_back(window > 0 ? sliding : full);
    return kinds;
}

std::vector<std::int64_t> upperLayerWindows(Config& config, std::int64_t layers, std::int64_t usualFirst)
{
    const auto window = config.flag("use_sliding_window", false) ? config.optionalNumber("sliding_window", 4096) : std::nullopt;
    const std::int64_t first = config.number("max_window_layers", usualFirst);
    return layerWindows(config, layers, window, [first](std::int64_t layer) { return layer >= first; });
}

void normEachHead(RotaryDecoderSettings& settings)
{
    settings.headNorm = [size = settings.headSize, epsilon = settings.epsilon, offset = settings.normOffset](
                            const Settings::Place& place, std::string_view part, std::int64_t) {
        return HeadNorm { { Norm::rootMeanSquare(place.source, fmt::format("{}self_attn.{}_norm", place.name, part), size, epsilon, offset) } };
    };
}

void readAttentionBias(Config& config, RotaryDecoderSettings& settings)
{
    settings.qkvBias = settings.outputBias = config.flag("attention_bias", false) ? Linear::Bias::Yes : Linear::Bias::No;
}

std::string attentionPhrase(const Settings& s)
{
    if (s.bothWays)
        return encoderPhrase(s);
    const auto sliding = slidingLayers(s);
    const std::string kind = s.sinks ? "softmax with a sink"
        : s.projections              ? "softmax over keys that come from a latent row of each token"
                                     : "softmax";
    const std::string phrase = kind + ", a token sees itself and what came before";
    if (sliding == 0)
        return phrase;
    const std::int64_t width = *std::max_element(s.windows.begin(), s.windows.end());
    return sliding == s.layers ? fmt::format("{}, a token sees the last {}, itself included", kind, width)
                               : fmt::format("{}; in {} of {} layers the last {} only", phrase, sliding, s.layers, width);
}

RotaryDecoder::RotaryDecoder(Config& config, ParameterSource& source, const Settings& s)
{
    describe(config, { s.vocabulary, s.width, s.layers, s.heads, s.headSize }, attentionPhrase(s));
    m_bothWays = s.bothWays;
    m_info.writes = m_info.writes && !s.bothWays;
    // Some heads of the reference call what they stand on "transformer".
    const bool renamed = source.has("transformer.embed_tokens.weight") && !source.has(s.base + "embed_tokens.weight");
    const std::string base = renamed ? "transformer." : s.base;
    m_words = Embedding::load(source, base + "embed_tokens", s.vocabulary, s.width);
    m_wordScale = s.wordScale;
    for (int i = 0; i < s.layers; ++i)
        m_layers.push_back(loadLayer(source, fmt::format("{}layers.{}.", base, i), i, s));
    m_lastNorm = loadNorm(source, base, s.lastNorm, s);
    m_rotary = s.rotary;
    m_rotaryOfLayer = s.rotaryOfLayer;
    for (const RotaryPositions& kind : s.rotary)
        limitLength(kind);
    m_logitCap = s.logitCap;
    m_logitScale = s.logitScale;
    loadHead(config, source, m_words, { .tied = s.tied, .bias = s.headBias, .headName = s.headName, .tiedUnlessStored = s.tiedUnlessStored });
}

std::unique_ptr<Model> makeRotaryDecoder(Config& config, ParameterSource& source, const RotaryDecoderSettings& settings)
{
    return std::make_unique<RotaryDecoder>(config, source, settings);
}

} // namespace headlight
