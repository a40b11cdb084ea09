// XLM-R: RoBERTa on a hundred languages; the network and its names are RoBERTa's. Source: Conneau et al. 2020.

#include "core/models/families.h"
#include "core/models/roberta.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 5> architectures { "XLMRobertaModel", "XLMRobertaForSequenceClassification",
    "XLMRobertaForMaskedLM", "XLMRobertaForQuestionAnswering", "XLMRobertaForTokenClassification" };

} // namespace

const ModelFamily xlmRobertaFamily { "xlm-roberta", "XLM-R", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Roberta>(config, source); },
    "roberta." };

} // namespace headlight
