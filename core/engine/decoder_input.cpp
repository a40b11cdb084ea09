#include "core/engine/decoder_input.h"

namespace headlight {
namespace {

/// The language whose token is the likeliest behind the start. Source: Radford et al. 2022, section 2.3.
std::int64_t heardLanguage(const OpenModel& model, ModelInput input, const JobControl& control)
{
    control.report(0.0, "hearing which language it is");
    input.decoderIds = model.generation.decoderStart;
    const JobControl quiet = control.withoutProgress();
    Run run(quiet);
    const ModelOutputs outputs = model.network->forward({ &input, 1 }, run);
    const Tensor& logits = outputs.at("logits").value.value();
    const std::span<const float> last = logits.row(logits.shape().rows() - 1);
    return *std::ranges::max_element(
        model.generation.languages, {}, [last](std::int64_t id) { return last[std::size_t(id)]; });
}

} // namespace

Expected<std::vector<std::int64_t>> decoderStart(const OpenModel& model, const ModelInput& input, const JobControl& control)
{
    const GenerationIds& ids = model.generation;
    std::vector<std::int64_t> start = ids.decoderStart;
    if (start.empty())
        return Error { ErrorKind::BadInput,
            fmt::format("{} does not say what its decoder begins with (decoder_start_token_id), so it has to be fed with ids.",
                model.folder.string()) };
    if (!ids.languages.empty()) {
        ModelInput begun = input;
        begun.decoderIds = start;
        HEADLIGHT_TRY_STATUS(model.network->check(begun));
        for (const std::int64_t id : ids.languages)
            if (id < 0 || id >= model.network->info().decoderVocabulary)
                return Error { ErrorKind::BadFile,
                    fmt::format("generation_config.json of {} names a language by token {}, which the model does not have.",
                        model.folder.string(), id) };
        start.push_back(heardLanguage(model, std::move(begun), control));
    }
    start.insert(start.end(), ids.afterLanguage.begin(), ids.afterLanguage.end());
    return start;
}

Expected<std::vector<std::int64_t>> decoderFeed(
    const OpenModel& model, const AnalysisRequest& request, const ModelInput& input, const JobControl& control)
{
    if (!request.decoderIds.empty())
        return request.decoderIds;
    if (request.target && model.tokenizer == nullptr)
        return Error { ErrorKind::BadInput,
            fmt::format("{} holds no tokenizer, so its decoder cannot be fed with a text; token ids can.", model.folder.string()) };
    HEADLIGHT_TRY(std::vector<std::int64_t> fed, decoderStart(model, input, control));
    if (request.target) {
        const Encoding text = model.tokenizer->encode(*request.target, std::nullopt, SpecialTokens::Leave);
        fed.insert(fed.end(), text.ids.begin(), text.ids.end());
    }
    return fed;
}

} // namespace headlight
