// BERT: learned positions, norms after each residual sum, every token sees every token. Source: Devlin et al. 2019.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config, {});
    s.readPlaces(config);
    return s;
}

class Bert final : public PlainEncoder {
public:
    Bert(Config& config, ParameterSource& source)
        : PlainEncoder(config, readSizes(config))
    {
        load(source, { "bert.embeddings.", "bert.encoder.layer." });
        loadHeads(config, source, m_embeddings.words, HeadLayout::bert("bert.", m_sizes.activation));
    }
};

constexpr std::array<std::string_view, 6> architectures { "BertModel", "BertForSequenceClassification", "BertForMaskedLM",
    "BertForQuestionAnswering", "BertForTokenClassification", "BertForPreTraining" };

} // namespace

const ModelFamily bertFamily { "bert", "BERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Bert>(config, source); },
    "bert." };

} // namespace headlight
