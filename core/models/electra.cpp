// ELECTRA: BERT's network, trained to find words that a small generator has replaced; words may be narrower than the
// layers. Source: Clark et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config, { .width = 256, .heads = 4, .inner = 1024 });
    s.readPlaces(config);
    s.embedding = config.size("embedding_size", 128);
    return s;
}

HeadLayout headNames(Activation activation)
{
    HeadLayout heads;
    heads.words = { .dense = "generator_predictions.dense", .norm = "generator_predictions.LayerNorm", .activation = Activation::Gelu };
    heads.decoder = "generator_lm_head";
    heads.decoderBias = "generator_lm_head.bias";
    heads.classes = { .dense = "classifier.dense", .activation = Activation::Gelu };
    heads.classifier = "classifier.out_proj";
    heads.replaced = { .dense = "discriminator_predictions.dense", .activation = activation };
    heads.replacedOutput = "discriminator_predictions.dense_prediction";
    return heads;
}

class Electra final : public PlainEncoder {
public:
    Electra(Config& config, ParameterSource& source)
        : PlainEncoder(config, readSizes(config))
    {
        load(source, { "electra.embeddings.", "electra.encoder.layer.", "electra.embeddings_project" });
        loadHeads(config, source, m_embeddings.words, headNames(m_sizes.activation));
    }
};

constexpr std::array<std::string_view, 6> architectures { "ElectraModel", "ElectraForSequenceClassification",
    "ElectraForMaskedLM", "ElectraForQuestionAnswering", "ElectraForTokenClassification", "ElectraForPreTraining" };

} // namespace

const ModelFamily electraFamily { "electra", "ELECTRA", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Electra>(config, source); },
    "electra." };

} // namespace headlight
