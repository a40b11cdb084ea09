#include "core/text/pipeline.h"

#include "core/io/json.h"

namespace headlight {
namespace {

/// Makes description[key] unless it is absent or null.
template <typename Part>
Expected<PartPtr<Part>> makeOptional(Expected<PartPtr<Part>> (*make)(const Json&, const Place&),
    const Json& description, const char* key, const Place& place)
{
    const auto found = description.find(key);
    if (found == description.end() || found->is_null())
        return PartPtr<Part>();
    return make(*found, place.child(key));
}

Expected<AddedToken> readAddedToken(const Json& description, const Place& place)
{
    const std::string where = place.text();
    AddedToken token;
    HEADLIGHT_TRY(token.id, jsonGet<std::int64_t>(description, "id", where));
    HEADLIGHT_TRY(token.content, jsonGet<std::string>(description, "content", where));
    HEADLIGHT_TRY(token.singleWord, jsonOr<bool>(description, "single_word", false, where));
    HEADLIGHT_TRY(token.stripLeft, jsonOr<bool>(description, "lstrip", false, where));
    HEADLIGHT_TRY(token.stripRight, jsonOr<bool>(description, "rstrip", false, where));
    HEADLIGHT_TRY(token.special, jsonOr<bool>(description, "special", false, where));
    HEADLIGHT_TRY(token.normalized, jsonOr<bool>(description, "normalized", !token.special, where));
    if (token.id < 0 || token.id > largestTokenId)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: the added token \"{}\" has the id {}, expected 0 to {}.", where, token.content,
                token.id, largestTokenId) };
    return token;
}

Expected<std::vector<AddedToken>> readAddedTokens(const Json& description, const Place& place)
{
    constexpr const char* key = "added_tokens";
    std::vector<AddedToken> tokens;
    if (!description.contains(key) || description[key].is_null())
        return tokens;
    HEADLIGHT_TRY(const auto elements, partElements(description, key, place));
    for (std::size_t i = 0; i < elements.size(); ++i) {
        HEADLIGHT_TRY(AddedToken token, readAddedToken(*elements[i], place.element(key, i)));
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace

std::optional<std::int64_t> Pipeline::id(std::string_view token) const
{
    if (const AddedToken* found = added.find(token))
        return found->id;
    return model->vocabulary().id(token);
}

Expected<Pipeline> makePipeline(const Json& description, ModelData data, const Place& place)
{
    if (!description.is_object() || !description.contains("model"))
        return Error{ ErrorKind::BadFile,
            fmt::format("{} describes no tokenizer: expected an object with a \"model\".", place.text()) };
    Pipeline pipeline;
    HEADLIGHT_TRY(
        pipeline.normalizer, makeOptional<Normalizer>(makeNormalizer, description, "normalizer", place));
    HEADLIGHT_TRY(pipeline.preTokenizer,
        makeOptional<PreTokenizer>(makePreTokenizer, description, "pre_tokenizer", place));
    HEADLIGHT_TRY(pipeline.postProcessor,
        makeOptional<PostProcessor>(makePostProcessor, description, "post_processor", place));
    HEADLIGHT_TRY(pipeline.decoder, makeOptional<Decoder>(makeDecoder, description, "decoder", place));
    HEADLIGHT_TRY(
        pipeline.model, makeSubwordModel({ description["model"], std::move(data), place.child("model") }));
    HEADLIGHT_TRY(std::vector<AddedToken> added, readAddedTokens(description, place));
    pipeline.added = AddedTokens(std::move(added), pipeline.normalizer.get());
    return pipeline;
}

} // namespace headlight
