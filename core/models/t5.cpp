// T5 and Flan-T5: norms without mean before each part, scores without scaling, positions as a learned number per bucket
// of distance that all layers of a stack share. Source: Raffel et al. 2020; gated variant: Shazeer 2020.

#include "core/models/families.h"
#include "core/models/pair_model.h"
#include "core/nn/attention.h"

namespace headlight {
namespace {

struct T5Config {
    std::int64_t vocabulary, width, headSize, heads, inner, encoderLayers, decoderLayers, buckets, farthest;
    float epsilon, dropout;
    Activation activation;
    bool gated;
};

/// "relu", "gated-gelu", "gated-silu" ...; what a file says on top of it wins, as in the reference.
void readFeedForward(Config& config, T5Config& c)
{
    const std::string kind = config.text("feed_forward_proj", "relu");
    const bool gated = kind.starts_with("gated-");
    const std::string name = kind == "gated-gelu" ? "gelu_new" : gated ? kind.substr(6) : kind;
    c.activation = config.activation("dense_act_fn", name);
    c.gated = config.flag("is_gated_act", gated);
}

T5Config readConfig(Config& config)
{
    T5Config c {};
    c.vocabulary = config.size("vocab_size", 32128);
    c.width = config.size("d_model", 512);
    c.headSize = config.size("d_kv", 64);
    c.inner = config.size("d_ff", 2048);
    c.encoderLayers = config.size("num_layers", 6, 1000);
    c.decoderLayers = config.has("num_decoder_layers") ? config.size("num_decoder_layers", 6, 1000) : c.encoderLayers;
    c.heads = config.size("num_heads", 8, 4096);
    c.buckets = config.size("relative_attention_num_buckets", 32, 1 << 16);
    c.farthest = config.size("relative_attention_max_distance", 128, 1 << 20);
    c.epsilon = config.real("layer_norm_epsilon", 1e-6f);
    c.dropout = config.real("dropout_rate", 0.1f);
    readFeedForward(config, c);
    if (c.buckets < 4 || c.farthest <= c.buckets / 2)
        config.problem(fmt::format("{} buckets of distance up to {} leave no room for far ones.", c.buckets, c.farthest));
    return c;
}

struct T5FeedForward {
    std::optional<FeedForward> plain;
    std::optional<GatedFeedForward> gated;

    static T5FeedForward load(ParameterSource& source, const std::string& name, const T5Config& c)
    {
        const auto in = [&](const char* part) { return Linear::load(source, name + part, c.width, c.inner, Linear::Bias::No); };
        const Linear out = Linear::load(source, name + "wo", c.inner, c.width, Linear::Bias::No);
        if (c.gated)
            return { std::nullopt, GatedFeedForward { in("wi_0"), in("wi_1"), out, c.activation } };
        return { FeedForward { in("wi"), out, c.activation }, std::nullopt };
    }
    Var operator()(const Var& x, Run& run) const { return gated ? (*gated)(x, run) : (*plain)(x, run); }
};

template <typename Attention>
Attention loadAttention(ParameterSource& source, const std::string& name, const T5Config& c, AttentionSite site)
{
    const std::int64_t inner = c.heads * c.headSize;
    const auto in = [&](const char* part) { return Linear::load(source, name + part, c.width, inner, Linear::Bias::No); };
    return { in("q"), in("k"), in("v"), Linear::load(source, name + "o", inner, c.width, Linear::Bias::No),
        { .site = site, .heads = int(c.heads), .scale = 1.0f,
            .span = site.kind == AttentionKind::Decoder ? causalSpan() : globalSpan() } };
}

struct Layer {
    Norm attentionNorm, crossNorm, outputNorm;
    SelfAttention attention;
    std::optional<CrossAttention> cross; ///< decoders only
    T5FeedForward feedForward;

    /// `name` is "encoder.block.0.layer."
    static Layer load(ParameterSource& source, const std::string& name, const T5Config& c, AttentionSite site)
    {
        const bool looks = site.kind == AttentionKind::Decoder;
        const auto norm = [&](int part) {
            return Norm::rootMeanSquare(source, fmt::format("{}{}.layer_norm", name, part), c.width, c.epsilon);
        };
        Layer layer;
        layer.attention = loadAttention<SelfAttention>(source, name + "0.SelfAttention.", c, site);
        layer.attentionNorm = norm(0);
        if (looks) {
            site.kind = AttentionKind::Cross;
            layer.cross = loadAttention<CrossAttention>(source, name + "1.EncDecAttention.", c, site);
            layer.crossNorm = norm(1);
        }
        const int last = looks ? 2 : 1;
        layer.feedForward = T5FeedForward::load(source, fmt::format("{}{}.DenseReluDense.", name, last), c);
        layer.outputNorm = norm(last);
        return layer;
    }
};

/// An encoder, or a decoder that looks at one.
class Stack {
public:
    Stack() = default;
    Stack(ParameterSource& source, const std::string& name, const T5Config& c, AttentionKind kind)
        : m_config(c)
        , m_kind(kind)
    {
        const std::int64_t layers = kind == AttentionKind::Encoder ? c.encoderLayers : c.decoderLayers;
        for (int i = 0; i < layers; ++i)
            m_layers.push_back(Layer::load(source, fmt::format("{}.block.{}.layer.", name, i), c, { kind, i }));
        m_distances = Embedding::load(source, name + ".block.0.layer.0.SelfAttention.relative_attention_bias", c.buckets, c.heads);
        m_norm = Norm::rootMeanSquare(source, name + ".final_layer_norm", c.width, c.epsilon);
    }
    int layers() const { return int(m_layers.size()); }

    struct Pass {
        const Packing& packing;
        const Var* states = nullptr; ///< of the encoder, for a decoder
        const Packing* encoder = nullptr;
        int before, all; ///< layers that ran before, and all of the model's
    };
    /// Shapes: words [ΣT,E] → [ΣT,E].
    Var operator()(const Var& words, const Pass& pass, Run& run) const
    {
        using Sides = RelativeBuckets::Sides;
        const RelativeBuckets buckets { m_config.buckets, m_config.farthest,
            m_kind == AttentionKind::Encoder ? Sides::Both : Sides::Before };
        const auto bias = relativeBias(run.useFloat(m_distances.table), std::max(m_config.farthest, m_config.buckets),
            [&](std::int64_t distance) { return buckets.of(distance); });
        return runStack(run.dropout(words, m_config.dropout),
            { { m_kind, 0 }, layers(), pass.before, pass.all,
                [&](int i, const Var& x) { return step(m_layers[std::size_t(i)], x, pass, bias, run); },
                [&](const Var& x) { return run.dropout(m_norm(x, run), m_config.dropout); } },
            run);
    }

private:
    Var step(const Layer& layer, Var x, const Pass& pass, const std::shared_ptr<const ScoreBias>& bias, Run& run) const
    {
        const auto added = [&](const Var& part) { return run.addResidual(x, run.dropout(part, m_config.dropout)); };
        x = added(layer.attention(layer.attentionNorm(x, run), pass.packing, run, bias));
        if (layer.cross)
            x = added((*layer.cross)(layer.crossNorm(x, run), pass.packing, *pass.states, *pass.encoder, run));
        return added(layer.feedForward(layer.outputNorm(x, run), run));
    }

    T5Config m_config {};
    AttentionKind m_kind = AttentionKind::Encoder;
    std::vector<Layer> m_layers;
    Embedding m_distances;
    Norm m_norm;
};

class T5 final : public PairModel {
public:
    T5(Config& config, ParameterSource& source)
    {
        const T5Config c = readConfig(config);
        describe(config,
            { .vocabulary = c.vocabulary, .decoderVocabulary = c.vocabulary, .width = c.width, .heads = c.heads,
                .headSize = c.headSize, .encoderLayers = c.encoderLayers, .decoderLayers = c.decoderLayers },
            "softmax without scaling, with a learned number per distance");
        const std::array<std::string, 3> names { "shared", "encoder.embed_tokens", "decoder.embed_tokens" };
        m_embedding = loadSharedWords(source, names, c.vocabulary, c.width);
        m_encoder = Stack(source, "encoder", c, AttentionKind::Encoder);
        if (m_info.pair)
            m_decoder = Stack(source, "decoder", c, AttentionKind::Decoder);
        if (!m_info.writes)
            return;
        const bool tied = config.flag("tie_word_embeddings", true);
        m_words = loadWordHead(source, "lm_head", m_embedding, { c.vocabulary, c.width }, tied);
        if (tied)
            m_words->scale = 1.0f / std::sqrt(float(c.width));
    }

private:
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override
    {
        const Run fresh(run.control()); // no cache: an encoder reads everything at once
        const WordRows rows = packWords(batch, fresh);
        return { m_encoder(m_embedding(rows.ids, run), { .packing = rows.packing, .before = 0, .all = all() }, run), rows.packing };
    }
    Var decode(const DecoderPass& pass) const override
    {
        return m_decoder(m_embedding(pass.rows.ids, pass.run),
            { pass.rows.packing, &pass.encoder.states, &pass.encoder.packing, m_encoder.layers(), all() }, pass.run);
    }
    int all() const { return m_encoder.layers() + m_decoder.layers(); }

    Embedding m_embedding;
    Stack m_encoder, m_decoder;
};

constexpr std::array<std::string_view, 3> architectures { "T5ForConditionalGeneration", "T5Model", "T5EncoderModel" };

} // namespace

const ModelFamily t5Family { "t5", "T5", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<T5>(config, source); },
    "" };

} // namespace headlight
