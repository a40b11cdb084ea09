#include "core/text/vocabulary_data.h"

#include "core/io/json.h"
#include "core/text/formats/bert_description.h"
#include "core/text/formats/byte_level_families.h"
#include "core/text/formats/frame.h"
#include "core/text/sentencepiece/sentencepiece_parts.h"
#include "core/text/tokenizer.h"
#include "core/text/unicode.h"
#include "core/text/word_patterns.h"

namespace headlight {
namespace {

using Type = SentencePieceModel::Type;

Type typeOf(const VocabularyData& data, std::size_t id)
{
    return data.types.empty() ? Type::Normal : Type(data.types[id]);
}

Error broken(const VocabularyData& data, const std::string& what)
{
    return { ErrorKind::BadFile, fmt::format("{}: {}.", data.source, what) };
}

Status check(const VocabularyData& data)
{
    const std::size_t count = data.tokens.size();
    if (count == 0)
        return broken(data, "the file carries no tokens");
    if (!data.scores.empty() && data.scores.size() != count)
        return broken(data, fmt::format("there are {} tokens, but {} scores", count, data.scores.size()));
    if (!data.types.empty() && data.types.size() != count)
        return broken(data, fmt::format("there are {} tokens, but {} types", count, data.types.size()));
    if (!std::all_of(data.scores.begin(), data.scores.end(), [](float score) { return std::isfinite(score); }))
        return broken(data, "a token's score is no number");
    for (const std::int32_t type : data.types)
        if (type < 0 || type > 6)
            return broken(data, fmt::format("a token has the type {}, expected 1 to 6", type));
    const SpecialTokenIds& s = data.special;
    for (const auto& id : { s.cls, s.sep, s.pad, s.unk, s.mask, s.bos, s.eos })
        if (id && (*id < 0 || *id >= std::int64_t(count)))
            return broken(
                data, fmt::format("a special token has the id {}, but there are {} tokens", *id, count));
    return {};
}

/// Control tokens and user-defined ones are found in a text as they are.
std::vector<AddedToken> addedTokens(const VocabularyData& data, bool userDefined)
{
    std::vector<AddedToken> tokens;
    for (std::size_t id = 0; id < data.tokens.size(); ++id) {
        const Type type = typeOf(data, id);
        const bool special = type == Type::Control || type == Type::Unknown;
        if (special || (userDefined && type == Type::UserDefined))
            tokens.push_back({ std::int64_t(id), data.tokens[id], false, false, false, false, special });
    }
    return tokens;
}

Json pattern(std::string_view expression)
{
    return { { "type", "Split" }, { "pattern", { { "Regex", expression } } }, { "behavior", "Isolated" },
        { "invert", false } };
}

Json byteLevel()
{
    return { { "type", "ByteLevel" }, { "add_prefix_space", false }, { "trim_offsets", true },
        { "use_regex", true } };
}

Json sequence(const std::vector<Json>& parts)
{
    return { { "type", "Sequence" }, { "pretokenizers", parts } };
}

/// What a name of tokenizer.ggml.pre means.
struct WordCutting {
    std::vector<std::string_view> names;
    Json preTokenizer;
    bool normalizes = false; ///< to NFC
    bool wholeFirst = false;
    bool startsWithBos = false; ///< unless the file says otherwise
};

std::vector<WordCutting> wordCuttings()
{
    const Json digits{ { "type", "Digits" }, { "individual_digits", true } };
    const Json numbers{ { "type", "Digits" }, { "individual_digits", false } };
    const Json punctuation{ { "type", "Punctuation" }, { "behavior", "Contiguous" } };
    return {
        { { "", "default", "gpt-2", "gpt2", "phi-2", "roberta-bpe", "gigachat", "jais" }, byteLevel() },
        { { "mpt", "olmo", "dbrx", "gpt-neox" }, byteLevel(), true },
        { { "llama3", "llama-v3", "llama-bpe" }, splitThenBytes(words::llama3), false, true, true },
        { { "smaug-bpe" }, splitThenBytes(words::llama3), false, true },
        { { "qwen2", "deepseek-r1-qwen", "stablelm2" }, splitThenBytes(words::qwen2), true },
        { { "starcoder", "refact", "command-r", "smollm", "codeshell" }, sequence({ digits, byteLevel() }) },
        { { "falcon" }, sequence({ punctuation, byteLevel(), numbers, pattern("[0-9][0-9][0-9]") }) },
        { { "gpt-4o", "llama4" }, splitThenBytes(words::o200k) },
    };
}

Expected<WordCutting> wordCutting(const VocabularyData& data)
{
    std::vector<std::string_view> known;
    for (const WordCutting& cutting : wordCuttings())
        for (const std::string_view name : cutting.names) {
            if (name == data.preTokenizer)
                return cutting;
            if (!name.empty())
                known.push_back(name);
        }
    return Error{ ErrorKind::Unsupported,
        fmt::format("{}: words are cut the way \"{}\", which is not supported; Headlight knows {}.",
            data.source, data.preTokenizer, fmt::join(known, ", ")) };
}

Expected<Vocabulary> vocabularyOf(const VocabularyData& data)
{
    Vocabulary vocabulary;
    for (std::size_t id = 0; id < data.tokens.size(); ++id)
        HEADLIGHT_TRY_STATUS(vocabulary.add(data.tokens[id], std::int64_t(id)));
    return vocabulary;
}

/// The ids that the file names around a text.
Status frameByIds(const VocabularyData& data, bool bosByDefault, Pipeline& pipeline)
{
    const bool bos = data.addBos.value_or(bosByDefault) && data.special.bos;
    const bool eos = data.addEos.value_or(false) && data.special.eos;
    const auto name = [&](std::optional<std::int64_t> id) { return data.tokens[std::size_t(*id)]; };
    const std::string before = bos ? name(data.special.bos) + ' ' : "",
                      after = eos ? ' ' + name(data.special.eos) : "";
    return applyFrame({ before + "$A" + after, before + "$A" + after + ' ' + before + "$B" + after },
        pipeline, data.source);
}

Expected<Pipeline> makeByteLevel(const VocabularyData& data)
{
    HEADLIGHT_TRY(const WordCutting cutting, wordCutting(data));
    ModelData model;
    HEADLIGHT_TRY(model.vocabulary, vocabularyOf(data));
    for (const std::string& merge : data.merges)
        if (!model.merges.addLine(merge))
            return broken(data, fmt::format("the merge \"{}\" is not two tokens", merge.substr(0, 80)));
    Json added = Json::array();
    for (const AddedToken& token : addedTokens(data, true))
        added.push_back(describe(token));
    const Json description{ { "added_tokens", added },
        { "normalizer", cutting.normalizes ? Json{ { "type", "NFC" } } : Json() },
        { "pre_tokenizer", cutting.preTokenizer }, { "decoder", byteLevel() },
        { "model", { { "type", "BPE" }, { "ignore_merges", cutting.wholeFirst } } } };
    HEADLIGHT_TRY(Pipeline pipeline, makePipeline(description, std::move(model), { data.source, "" }));
    HEADLIGHT_TRY_STATUS(frameByIds(data, cutting.startsWithBos, pipeline));
    return pipeline;
}

Expected<Pipeline> makeSentencePiece(const VocabularyData& data, SentencePieceModel::Kind kind)
{
    const bool unigram = kind == SentencePieceModel::Kind::Unigram;
    if (data.scores.empty())
        return broken(data, "a vocabulary of this kind needs a score for each token");
    SentencePieceModel model;
    model.kind = kind;
    model.addDummyPrefix = data.addSpacePrefix.value_or(true);
    model.removeExtraSpaces = data.removeExtraSpaces.value_or(unigram);
    model.charsmap = data.charsmap;
    for (std::size_t id = 0; id < data.tokens.size(); ++id)
        model.pieces.push_back({ data.tokens[id], data.scores[id], typeOf(data, id) });
    if (model.find(Type::Unknown) < 0)
        model.pieces[std::size_t(data.special.unk.value_or(0))].type = Type::Unknown;
    model.byteFallback = model.find("<0x00>") >= 0;
    Pipeline pipeline;
    HEADLIGHT_TRY(pipeline.normalizer, makeSentencePieceNormalizer(model, data.source));
    HEADLIGHT_TRY(pipeline.model, makeSentencePieceSubwords(model, data.source));
    pipeline.decoder = makeSentencePieceDecoder(model);
    pipeline.added = AddedTokens(addedTokens(data, false), nullptr);
    if (unigram) {
        VocabularyData closed = data;
        closed.addEos = data.addEos.value_or(true);
        HEADLIGHT_TRY_STATUS(frameByIds(closed, false, pipeline));
    } else {
        HEADLIGHT_TRY_STATUS(frameByIds(data, true, pipeline));
    }
    return pipeline;
}

/// Words begin with "▁" here and go on without a mark; vocab.txt has it the other way, with "##".
Expected<Pipeline> makeBert(VocabularyData data)
{
    constexpr std::string_view mark = "\u2581";
    BertDescription settings;
    bool capitals = false;
    for (std::size_t id = 0; id < data.tokens.size(); ++id) {
        std::string& token = data.tokens[id];
        const bool isSpecial = token.starts_with('[') && token.ends_with(']') && token.size() > 2;
        if (token.starts_with(mark))
            token.erase(0, mark.size());
        else if (!isSpecial && typeOf(data, id) != Type::Control)
            token.insert(0, "##");
        capitals = capitals || (!isSpecial && std::any_of(token.begin(), token.end(), [](char c) {
            return c >= 'A' && c <= 'Z';
        }));
    }
    settings.lowercase = !capitals;
    const auto name = [&](std::optional<std::int64_t> id, std::string& role) {
        if (id)
            role = data.tokens[std::size_t(*id)];
    };
    name(data.special.cls ? data.special.cls : data.special.bos, settings.cls);
    name(data.special.sep ? data.special.sep : data.special.eos, settings.sep);
    name(data.special.pad, settings.pad);
    name(data.special.unk, settings.unk);
    name(data.special.mask, settings.mask);
    HEADLIGHT_TRY(Vocabulary vocabulary, vocabularyOf(data));
    HEADLIGHT_TRY(const Json description, bertDescription(settings, vocabulary, {}, { data.source, "" }));
    return makePipeline(description, std::move(vocabulary), { data.source, "" });
}

Expected<Pipeline> makeByModel(VocabularyData data)
{
    if (data.model == "llama")
        return makeSentencePiece(data, SentencePieceModel::Kind::Bpe);
    if (data.model == "t5")
        return makeSentencePiece(data, SentencePieceModel::Kind::Unigram);
    if (data.model == "gpt2")
        return makeByteLevel(data);
    if (data.model == "bert")
        return makeBert(std::move(data));
    return Error{ ErrorKind::Unsupported,
        fmt::format("{}: the tokenizer is of the kind \"{}\"; Headlight knows llama, gpt2, bert and t5.",
            data.source, data.model) };
}

} // namespace

Expected<std::shared_ptr<const Tokenizer>> makeTokenizer(VocabularyData data)
{
    HEADLIGHT_TRY_STATUS(check(data));
    const SpecialTokenIds named = data.special;
    HEADLIGHT_TRY(Pipeline pipeline, makeByModel(std::move(data)));
    applyConfig({}, pipeline);
    SpecialTokenIds& special = pipeline.special;
    for (const auto role : { &SpecialTokenIds::cls, &SpecialTokenIds::sep, &SpecialTokenIds::pad,
             &SpecialTokenIds::unk, &SpecialTokenIds::mask, &SpecialTokenIds::bos, &SpecialTokenIds::eos })
        if (named.*role)
            special.*role = named.*role;
    return std::shared_ptr<const Tokenizer>(std::make_shared<Tokenizer>(std::move(pipeline)));
}

} // namespace headlight
