// MPNet: RoBERTa's embeddings without types, and a number per bucket of distance added to the scores of every layer.
// Source: Song et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

/// The reference uses these whatever the configuration says.
constexpr std::int64_t buckets = 32, longestDistance = 128, padding = 1;

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config, { .vocabulary = 30527 });
    s.types = 0;
    s.padding = padding;
    if (s.longestText() < 1)
        config.problem(fmt::format("{} positions leave none for a text; they begin at 2.", s.positions));
    return s;
}

PostNormNames layerNames()
{
    return { .query = "attention.attn.q", .key = "attention.attn.k", .value = "attention.attn.v",
        .attended = "attention.attn.o", .attentionNorm = "attention.LayerNorm" };
}

/// Half of the buckets for each direction; the nearest distances one by one, the rest on a logarithmic scale.
/// Source: Raffel et al. 2020 (T5), §2.1.
std::int64_t bucketOf(std::int64_t distance)
{
    constexpr std::int64_t half = buckets / 2, exact = half / 2;
    const std::int64_t direction = distance > 0 ? half : 0, length = std::abs(distance);
    if (length < exact)
        return direction + length;
    const float share = std::log(float(length) / float(exact)) / float(std::log(double(longestDistance) / double(exact)));
    return direction + std::min(exact + std::int64_t(share * float(half - exact)), half - 1);
}

class MpNet final : public EncoderModel {
public:
    MpNet(Config& config, ParameterSource& source)
        : EncoderModel(config, readSizes(config), "softmax with learned numbers per distance, every token sees every token")
    {
        m_embeddings = WordEmbeddings::load(source, "mpnet.embeddings.", m_sizes);
        for (int i = 0; i < int(m_sizes.layers); ++i)
            m_layers.push_back(PostNormLayer::load(
                source, fmt::format("mpnet.encoder.layer.{}.", i), m_sizes, { AttentionKind::Encoder, i }, layerNames()));
        const std::int64_t rows = config.size("relative_attention_num_buckets", buckets);
        if (rows < buckets)
            config.problem(fmt::format("relative_attention_num_buckets = {} is less than the {} that MPNet uses.", rows, buckets));
        m_distances = Embedding::load(source, "mpnet.encoder.relative_attention_bias", rows, m_sizes.heads);
        loadHeads(config, source, m_embeddings.words, HeadLayout::roberta("mpnet."));
    }

private:
    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        const auto bias = relativeBias(run.useFloat(m_distances.table), longestDistance, bucketOf);
        return stack(m_embeddings(rows, run), m_sizes.layers, run,
            [&](int i, const Var& x) { return m_layers[std::size_t(i)](x, rows.packing, run, bias); });
    }

    WordEmbeddings m_embeddings;
    Embedding m_distances;
    std::vector<PostNormLayer> m_layers;
};

constexpr std::array<std::string_view, 5> architectures { "MPNetModel", "MPNetForSequenceClassification", "MPNetForMaskedLM",
    "MPNetForQuestionAnswering", "MPNetForTokenClassification" };

} // namespace

const ModelFamily mpNetFamily { "mpnet", "MPNet", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<MpNet>(config, source); },
    "mpnet." };

} // namespace headlight
