// RoBERTa: BERT trained longer; positions count real tokens and begin after the padding's number. Source: Liu et al. 2019.

#include "core/models/roberta.h"

#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config, { .vocabulary = 50265, .padding = 1 });
    s.readPlaces(config);
    return s;
}

constexpr std::array<std::string_view, 5> architectures { "RobertaModel", "RobertaForSequenceClassification",
    "RobertaForMaskedLM", "RobertaForQuestionAnswering", "RobertaForTokenClassification" };

} // namespace

Roberta::Roberta(Config& config, ParameterSource& source)
    : PlainEncoder(config, readSizes(config))
{
    load(source, { "roberta.embeddings.", "roberta.encoder.layer." });
    loadHeads(config, source, m_embeddings.words, HeadLayout::roberta("roberta."));
}

const ModelFamily robertaFamily { "roberta", "RoBERTa", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Roberta>(config, source); },
    "roberta." };

} // namespace headlight
