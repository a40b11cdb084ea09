// DeBERTa-v2 and v3: scores depend on content and distance apart (disentangled attention), with logarithmic buckets of
// distance and, in v2, a convolution beside the first layer. Source: He et al. 2021.

#include "core/attention/distance_products.h"
#include "core/models/encoder_model.h"
#include "core/models/families.h"
#include "core/models/row_convolution.h"

namespace headlight {
namespace {

struct DebertaConfig {
    EncoderSizes sizes;
    bool positionInput = true; ///< positions are added to the words as well
    bool relative = false, sharedKey = false;
    bool keysOfDistance = false, queriesOfDistance = false; ///< the terms "c2p" and "p2c"
    bool normedDistances = false;
    std::int64_t buckets = 0; ///< 0: every distance has its own vector
    std::int64_t longest = 0; ///< distances beyond share one
    std::int64_t span() const { return buckets > 0 ? buckets : longest; }
    /// Row of the distance table.
    std::int64_t row(std::int64_t distance) const
    {
        const std::int64_t bucket = buckets > 0 ? logBucket(distance, buckets, longest) : distance;
        return std::clamp<std::int64_t>(bucket + span(), 0, 2 * span() - 1);
    }
    float scale() const
    {
        const int terms = 1 + (keysOfDistance ? 1 : 0) + (queriesOfDistance ? 1 : 0);
        return 1.0f / std::sqrt(float(sizes.width / sizes.heads) * float(terms));
    }
};

/// Entries of a list, or of one text with bars between: "p2c|c2p".
bool lists(Config& config, const char* key, std::string_view wanted)
{
    for (std::string entry : config.texts(key)) {
        std::erase(entry, ' ');
        std::transform(entry.begin(), entry.end(), entry.begin(), [](unsigned char c) { return char(std::tolower(c)); });
        if (fmt::format("|{}|", entry).find(fmt::format("|{}|", wanted)) != std::string::npos)
            return true;
    }
    return false;
}

void refuseOtherWidths(Config& config, const EncoderSizes& s)
{
    if (config.number("pooler_hidden_size", s.width) != s.width)
        config.problem(fmt::format("A pooler_hidden_size other than hidden_size ({}) is not supported.", s.width));
    if (config.number("attention_head_size", s.width / s.heads) != s.width / s.heads)
        config.problem(fmt::format("An attention_head_size other than {} is not supported.", s.width / s.heads));
}

DebertaConfig readConfig(Config& config)
{
    DebertaConfig c;
    c.sizes = EncoderSizes::read(config,
        { .vocabulary = 128100, .width = 1536, .layers = 24, .heads = 24, .inner = 6144, .types = 0, .epsilon = 1e-7f });
    c.sizes.embedding = config.size("embedding_size", c.sizes.width);
    c.positionInput = config.flag("position_biased_input", true);
    c.relative = config.flag("relative_attention", false);
    c.sharedKey = config.flag("share_att_key", false);
    c.keysOfDistance = lists(config, "pos_att_type", "c2p");
    c.queriesOfDistance = lists(config, "pos_att_type", "p2c");
    c.normedDistances = lists(config, "norm_rel_ebd", "layer_norm");
    c.buckets = std::max<std::int64_t>(0, config.number("position_buckets", -1));
    c.longest = config.number("max_relative_positions", -1);
    if (c.longest < 1)
        c.longest = c.sizes.positions;
    if (c.buckets == 1)
        config.problem("position_buckets = 1 leaves no bucket for either direction.");
    refuseOtherWidths(config, c.sizes);
    return c;
}

HeadLayout headNames(Config& config, const EncoderSizes& sizes)
{
    HeadLayout heads = HeadLayout::bert("deberta.", sizes.activation);
    heads.pooler = {};
    heads.classes = { .dense = "pooler.dense", .activation = config.activation("pooler_hidden_act", "gelu") };
    if (config.flag("legacy", true))
        return heads;
    heads.words.dense = "lm_predictions.lm_head.dense";
    heads.words.norm = "lm_predictions.lm_head.LayerNorm";
    heads.decoder = "";
    heads.decoderBias = "lm_predictions.lm_head.bias";
    if (sizes.embedding != sizes.width)
        config.problem("Words narrower than the layers have no masked language head without legacy = true.");
    return heads;
}

struct Layer {
    PostNormLayer parts;
    std::optional<Linear> distanceKey, distanceQuery; ///< without them, the projections of words are used

    static Layer load(ParameterSource& source, const DebertaConfig& c, int index)
    {
        const std::string name = fmt::format("deberta.encoder.layer.{}.", index), self = name + "attention.self.";
        PostNormNames names;
        names.query = "attention.self.query_proj";
        names.key = "attention.self.key_proj";
        names.value = "attention.self.value_proj";
        Layer layer { PostNormLayer::load(source, name, c.sizes, { AttentionKind::Encoder, index }, names), {}, {} };
        layer.parts.attention.heads.scale = c.scale();
        if (c.relative && !c.sharedKey && c.keysOfDistance)
            layer.distanceKey = Linear::load(source, self + "pos_key_proj", c.sizes.width, c.sizes.width);
        if (c.relative && !c.sharedKey && c.queriesOfDistance)
            layer.distanceQuery = Linear::load(source, self + "pos_query_proj", c.sizes.width, c.sizes.width);
        return layer;
    }
};

/// The rows of the distance table that a batch needs, projected by each layer in its own way.
struct Distances {
    Var vectors; ///< [n,E]; empty without relative attention
    std::int64_t firstRow = 0;
};

class Deberta final : public EncoderModel {
public:
    Deberta(Config& config, ParameterSource& source)
        : Deberta(config, source, readConfig(config))
    {
    }

private:
    Deberta(Config& config, ParameterSource& source, DebertaConfig c)
        : EncoderModel(config, c.sizes, "softmax of content and distance (disentangled), every token sees every token")
        , m_config(std::move(c))
    {
        using Positions = WordEmbeddings::Positions;
        const std::int64_t width = m_sizes.width;
        m_embeddings = WordEmbeddings::load(source, "deberta.embeddings.", m_sizes,
            m_config.positionInput ? Positions::Yes : Positions::No, "embed_proj");
        if (!m_config.positionInput)
            m_info.maximumPositions = 0; // distances beyond the farthest share a vector, so no text is too long
        for (int i = 0; i < int(m_sizes.layers); ++i)
            m_layers.push_back(Layer::load(source, m_config, i));
        if (m_config.relative)
            m_distances = Embedding::load(source, "deberta.encoder.rel_embeddings", 2 * m_config.span(), width);
        if (m_config.normedDistances)
            m_distanceNorm = Norm::layer(source, "deberta.encoder.LayerNorm", width, m_sizes.epsilon);
        if (config.number("conv_kernel_size", 0) > 0) {
            m_convolution = RowConvolution::load(source, "deberta.encoder.conv.conv",
                { width, config.size("conv_kernel_size", 3, 1000), config.size("conv_groups", 1) }, config);
            m_convolutionNorm = Norm::layer(source, "deberta.encoder.conv.LayerNorm", width, m_sizes.epsilon);
            m_convolutionActivation = config.activation("conv_act", "tanh");
        }
        loadHeads(config, source, m_embeddings.words, headNames(config, m_sizes));
    }

    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        const Packing& packing = rows.packing;
        const Var embedded = withoutPadding(m_embeddings(rows, run), packing);
        const Distances distances = distancesOf(packing, run);
        return stack(embedded, m_sizes.layers, run, [&](int i, const Var& x) {
            const Layer& layer = m_layers[std::size_t(i)];
            const Var made = layer.parts.afterAttention(x, attend(layer, x, distances, packing, run), run);
            return i == 0 && m_convolution ? convolved(embedded, made, packing, run) : made;
        });
    }

    Distances distancesOf(const Packing& packing, Run& run) const
    {
        if (!m_distances || !(m_config.keysOfDistance || m_config.queriesOfDistance))
            return {};
        std::int64_t farthest = 0;
        for (std::size_t s = 1; s < packing.begins.size(); ++s)
            farthest = std::max(farthest, packing.begins[s] - packing.begins[s - 1] - 1);
        const std::int64_t first = m_config.row(-farthest), last = m_config.row(farthest);
        std::vector<std::int64_t> needed;
        for (std::int64_t row = first; row <= last; ++row)
            needed.push_back(row);
        const Var vectors = (*m_distances)(needed, run);
        return { run.dropout(m_distanceNorm ? (*m_distanceNorm)(vectors, run) : vectors, m_sizes.dropout), first };
    }

    Var attend(const Layer& layer, const Var& x, const Distances& distances, const Packing& packing, Run& run) const
    {
        const SelfAttention& part = layer.parts.attention;
        const Var q = part.query(x, run), k = part.key(x, run);
        std::shared_ptr<const ScoreBias> bias;
        if (!distances.vectors.empty()) {
            const auto made = [&](bool wanted, const std::optional<Linear>& own, const Linear& shared) {
                return wanted ? (own ? *own : shared)(distances.vectors, run) : Var();
            };
            bias = distanceProducts({ q, k, made(m_config.keysOfDistance, layer.distanceKey, part.key),
                made(m_config.queriesOfDistance, layer.distanceQuery, part.query), part.heads.heads, part.heads.scale,
                packing.begins, [&](std::int64_t distance) { return m_config.row(distance) - distances.firstRow; } });
        }
        return part.output(part.heads(q, k, part.value(x, run), { packing, packing, bias, nullptr }, run), run);
    }

    /// What the words' neighbourhoods add to the first layer.
    Var convolved(const Var& embedded, const Var& made, const Packing& packing, Run& run) const
    {
        const Var near = withoutPadding((*m_convolution)(embedded, packing, run), packing);
        const Var sum = add(made, activate(m_convolutionActivation, run.dropout(near, m_sizes.dropout)));
        return withoutPadding((*m_convolutionNorm)(sum, run), packing);
    }

    DebertaConfig m_config;
    WordEmbeddings m_embeddings;
    std::vector<Layer> m_layers;
    std::optional<Embedding> m_distances;
    std::optional<Norm> m_distanceNorm, m_convolutionNorm;
    std::optional<RowConvolution> m_convolution;
    Activation m_convolutionActivation = Activation::Tanh;
};

constexpr std::array<std::string_view, 5> architectures { "DebertaV2Model", "DebertaV2ForSequenceClassification",
    "DebertaV2ForMaskedLM", "DebertaV2ForQuestionAnswering", "DebertaV2ForTokenClassification" };

} // namespace

const ModelFamily debertaV2Family { "deberta-v2", "DeBERTa-v2/v3", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Deberta>(config, source); },
    "deberta." };

} // namespace headlight
