#include "core/engine/predicted_target.h"

#include <algorithm>

namespace headlight {
namespace {

std::int64_t likeliest(std::span<const float> logits)
{
    return std::ranges::max_element(logits) - logits.begin();
}

Expected<GradientTarget> ofMask(const AnalysisResult& result, const Tensor& logits)
{
    const Tokenizer* tokenizer = result.model->tokenizer.get();
    const auto mask = tokenizer == nullptr ? std::nullopt : tokenizer->special().mask;
    for (std::size_t i = 0; mask && i < result.fed.ids.size(); ++i)
        if (result.fed.ids[i] == *mask)
            return GradientTarget{ "logits", { 0, std::int64_t(i), likeliest(logits.row(std::int64_t(i))) } };
    return Error{ ErrorKind::Unsupported, "This model fills masks: put a [MASK] into the text." };
}

} // namespace

Expected<GradientTarget> predictedTarget(const AnalysisResult& result)
{
    if (result.model == nullptr || result.trace == nullptr || !result.stacked.empty())
        return Error{ ErrorKind::Unsupported, "There is no prediction of a single input here." };
    const auto& outputs = result.trace->outputs();
    if (const auto start = outputs.find("start_logits"); start != outputs.end())
        return GradientTarget{ "start_logits", { 0, likeliest(start->second.floats()) } };
    const auto found = outputs.find("logits");
    if (found == outputs.end() || found->second.count() == 0)
        return Error{ ErrorKind::Unsupported, "This model predicts nothing: it has no output layer." };
    const Tensor& logits = found->second;
    switch (result.model->network->info().task) {
    case Task::SequenceClassification:
    case Task::ImageClassification:
        return GradientTarget{ "logits", { likeliest(logits.floats()) } };
    case Task::CausalLanguage:
    case Task::SequenceToSequence:
        return GradientTarget{ "logits", { likeliest(logits.row(logits.shape().rows() - 1)) } };
    case Task::MaskedLanguage:
        return ofMask(result, logits);
    default:
        break;
    }
    return Error{ ErrorKind::Unsupported, "This model does not predict a single class or a next token." };
}

} // namespace headlight
