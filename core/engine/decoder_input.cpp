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

namespace {

/// A decoder's text as ids: behind the start, as the reference feeds it in training.
Expected<std::vector<std::int64_t>> targetIds(
    const OpenModel& model, const std::string& text, const ModelInput& row, const JobControl& control)
{
    const Tokenizer* tokenizer = decoderTokenizer(model);
    if (tokenizer == nullptr)
        return Error { ErrorKind::BadInput,
            fmt::format("{} holds no tokenizer, so its decoder cannot be fed with a text; token ids can.", model.folder.string()) };
    const bool heard = model.network->info().input == InputKind::Sound; // its start holds all special tokens there are
    ModelInput written;
    written.ids = tokenizer->encode(text, std::nullopt, heard ? SpecialTokens::Leave : SpecialTokens::Add).ids;
    if (std::vector<std::int64_t> shifted = model.network->impliedDecoderIds(written); !shifted.empty())
        return shifted;
    HEADLIGHT_TRY(std::vector<std::int64_t> ids, decoderStart(model, row, control));
    const std::vector<std::int64_t>& ends = model.generation.ends;
    if (!written.ids.empty() && std::ranges::find(ends, written.ids.back()) != ends.end())
        written.ids.pop_back();
    if (ids.size() == 2 && !written.ids.empty() && tokenizer->isSpecial(written.ids.front()))
        ids.pop_back(); // the text begins with its language or start token itself
    ids.insert(ids.end(), written.ids.begin(), written.ids.end());
    return ids;
}

/// The start of what is to be written. A text beside a picture (`implied`) is the beginning of its caption: it keeps its
/// words when it is to be written on.
Expected<std::vector<std::int64_t>> startBefore(const OpenModel& model, std::vector<std::int64_t> implied, const ModelInput& row,
    const AnalysisRequest& request, const JobControl& control)
{
    const bool caption = model.network->info().input == InputKind::ImageAndText && !implied.empty();
    if (caption && !request.generation)
        return implied;
    HEADLIGHT_TRY(std::vector<std::int64_t> ids, decoderStart(model, row, control));
    if (!caption)
        return ids;
    implied.front() = ids.front();
    if (std::ranges::find(model.generation.ends, implied.back()) != model.generation.ends.end())
        implied.pop_back();
    return implied;
}

} // namespace

const Tokenizer* decoderTokenizer(const OpenModel& model)
{
    return model.tokenizer != nullptr && model.network->info().pair ? &model.tokenizer->target() : model.tokenizer.get();
}

Expected<std::vector<std::int64_t>> decoderFeed(
    const OpenModel& model, const AnalysisRequest& request, const ModelInput& row, const JobControl& control)
{
    const ModelInfo& info = model.network->info();
    const bool told = request.target || !request.decoderIds.empty();
    if (!info.pair || info.decoderVocabulary == 0) {
        if (told)
            return Error { ErrorKind::BadInput,
                fmt::format("{} has no decoder that could be fed: it is a {}.", model.name, info.architecture) };
        return std::vector<std::int64_t>();
    }
    if (!request.decoderIds.empty())
        return request.decoderIds;
    if (request.target)
        return targetIds(model, *request.target, row, control);
    if (!row.decoderIds.empty())
        return row.decoderIds;
    std::vector<std::int64_t> implied = model.network->impliedDecoderIds(row);
    const bool raw = std::holds_alternative<TensorInput>(request.input); // taken as it is, as the reference would
    if (!info.writes || (raw && !implied.empty() && !request.generation))
        return implied;
    return startBefore(model, std::move(implied), row, request, control);
}

} // namespace headlight
