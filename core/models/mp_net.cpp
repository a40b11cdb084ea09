// MPNet: RoBERTa's embeddings without types, and a number per bucket of distance added to the scores of every layer.
// Source: Song et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

/// The reference uses these whatever the configuration says.
constexpr RelativeBuckets buckets { 32, 128 };
constexpr std::int64_t padding = 1;

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

class MpNet final : public EncoderModel {
public:
    MpNet(Config& config, ParameterSource& source)
        : EncoderModel(config, readSizes(config), "softmax with learned numbers per distance, every token sees every token")
    {
        m_embeddings = WordEmbeddings::load(source, "mpnet.embeddings.", m_sizes);
        for (int i = 0; i < int(m_sizes.layers); ++i)
            m_layers.push_back(PostNormLayer::load(
                source, fmt::format("mpnet.encoder.layer.{}.", i), m_sizes, { AttentionKind::Encoder, i }, layerNames()));
        const std::int64_t rows = config.size("relative_attention_num_buckets", buckets.count);
        if (rows < buckets.count)
            config.problem(fmt::format("relative_attention_num_buckets = {} is less than the {} that MPNet uses.", rows, buckets.count));
        m_distances = Embedding::load(source, "mpnet.encoder.relative_attention_bias", rows, m_sizes.heads);
        loadHeads(config, source, m_embeddings.words, HeadLayout::roberta("mpnet."));
    }

private:
    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        const auto bias = relativeBias(
            run.useFloat(m_distances.table), buckets.farthest, [](std::int64_t distance) { return buckets.of(distance); });
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
