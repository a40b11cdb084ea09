// SentencePiece's model files (spiece.model, tokenizer.model, sentencepiece.bpe.model, spm.model, and
// Marian's source.spm and target.spm). Text goes through SentencePiece's own steps; around them stands what
// the family wants. A model file without any word on its family is read as SentencePiece itself would:
// nothing but its pieces is found in the text. The same holds for Marian, where only language codes are.

#include "core/io/json.h"
#include "core/text/formats/formats.h"
#include "core/text/formats/sentencepiece_families.h"
#include "core/text/formats/vocabulary_json.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/sentencepiece/sentencepiece_parts.h"
#include "core/text/tokenizer.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// Everything known of one tokenizer while it is put together.
struct Source {
    const fs::path& path;
    const TokenizerConfig& config;
    SentencePieceModel model;
    const SentencePieceFamily& family;

    std::string where() const { return path.string(); }
};

class NormalizerRow final : public Normalizer {
public:
    explicit NormalizerRow(std::vector<NormalizerPtr> steps)
        : m_steps(std::move(steps))
    {
    }
    void apply(NormalizedString& text) const override
    {
        for (const NormalizerPtr& step : m_steps)
            step->apply(text);
    }

private:
    std::vector<NormalizerPtr> m_steps;
};

/// What the family's own code does to a text before SentencePiece sees it.
Json preparation(const Source& source)
{
    const auto replace = [](const char* kind, const char* pattern, const char* content) {
        return Json{ { "type", "Replace" }, { "pattern", { { kind, pattern } } }, { "content", content } };
    };
    const auto plain = [](const char* type) { return Json{ { "type", type } }; };
    Json steps = Json::array();
    const bool albert = source.family.name == "ALBERT", siglip = source.family.name == "SigLIP";
    if (!source.config.namesModel())
        return steps;
    if (albert) {
        steps.push_back(replace("String", "``", "\""));
        steps.push_back(replace("String", "''", "\""));
    }
    if (albert && !source.config.keepAccents.value_or(false)) {
        steps.push_back(plain("NFKD"));
        steps.push_back(plain("StripAccents"));
    }
    if (siglip)
        steps.push_back(replace("Regex", "[!-/:-@\\[-`{-~]", ""));
    if (source.config.lowercase.value_or(albert || siglip))
        steps.push_back(plain("Lowercase"));
    return steps;
}

Expected<NormalizerPtr> makeNormalizerFor(const Source& source)
{
    const Json steps = preparation(source);
    HEADLIGHT_TRY(NormalizerPtr own, makeSentencePieceNormalizer(source.model, source.where()));
    if (steps.empty())
        return own;
    std::vector<NormalizerPtr> row;
    for (const Json& step : steps) {
        HEADLIGHT_TRY(NormalizerPtr made, makeNormalizer(step, { source.where(), "" }));
        row.push_back(std::move(made));
    }
    row.push_back(std::move(own));
    return NormalizerPtr(std::make_unique<NormalizerRow>(std::move(row)));
}

/// Fairseq puts <pad> where the file has <s>, and <unk> at 3; the file's own three come first in it.
PieceIds fairseqIds(SentencePieceModel& model)
{
    constexpr std::int64_t pad = 1, unknown = 3;
    PieceIds ids(model.pieces.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string& text = model.pieces[i].text;
        ids[i] = text == "<s>" ? 0 : text == "</s>" ? 2 : text == "<unk>" ? unknown : std::int64_t(i) + 1;
    }
    model.pieces.push_back({ "<pad>", 0, SentencePieceModel::Type::Control });
    ids.push_back(pad);
    return ids;
}

Expected<SubwordModelPtr> makeModelFor(Source& source)
{
    if (source.family.numbering == PieceNumbering::Fairseq) {
        const PieceIds ids = fairseqIds(source.model);
        return makeSentencePieceSubwords(source.model, source.where(), ids);
    }
    HEADLIGHT_TRY(SubwordModelPtr model, makeSentencePieceSubwords(source.model, source.where()));
    const fs::path json = source.path.parent_path() / "vocab.json";
    if (source.family.numbering != PieceNumbering::VocabularyJson)
        return model;
    HEADLIGHT_TRY(Vocabulary vocabulary, readVocabularyJson(json));
    const auto unknown = vocabulary.id(source.config.role("unk_token", "<unk>"));
    return relabelled(std::move(model), std::move(vocabulary), unknown);
}

AddedToken special(std::string content, std::int64_t id)
{
    return { id, std::move(content), false, false, false, false, true };
}

/// Tokens beside the pieces, with the ids after them: languages, then the last one.
std::vector<AddedToken> tokensAfter(const Source& source, const Vocabulary& vocabulary)
{
    const SentencePieceFamily& family = source.family;
    std::vector<AddedToken> tokens;
    std::int64_t next = vocabulary.size();
    const auto add = [&](const std::string& content) {
        if (!vocabulary.id(content))
            tokens.push_back(special(content, next++));
    };
    for (const std::string_view language : family.languages)
        add(fmt::format("{}{}{}", family.languageMarks, language, family.languageMarks));
    if (!family.lastToken.empty()) {
        add(std::string(family.lastToken));
        tokens.back().stripLeft = family.lastToken == "<mask>";
    }
    const bool hasExtraIds = family.hasExtraIds && source.config.namesModel();
    for (std::int64_t i = hasExtraIds ? source.config.extraIds.value_or(100) : 0; i > 0; --i)
        add(fmt::format("<extra_id_{}>", i - 1));
    return tokens;
}

/// ">>fr<<", with which a text tells a Marian model the language to write.
std::vector<AddedToken> languageCodes(const Vocabulary& vocabulary)
{
    std::vector<AddedToken> tokens;
    for (std::int64_t id = 0; id < vocabulary.size(); ++id)
        if (const std::string_view token = vocabulary.token(id);
            token.starts_with(">>") && token.ends_with("<<"))
            tokens.push_back(special(std::string(token), id));
    return tokens;
}

std::vector<AddedToken> tokensOf(const Source& source, const Vocabulary& vocabulary)
{
    std::vector<AddedToken> usual = tokensAfter(source, vocabulary);
    for (const std::string_view content : source.family.special)
        usual.push_back(special(std::string(content), -1));
    TokenizerConfig known = source.config;
    for (const AddedToken& token : usual)
        if (token.id >= 0)
            known.added.push_back(token);
    return tokensToFind(known, usual, vocabulary);
}

/// "@" becomes the token of the source language.
std::string withLanguage(std::string frame, const Source& source)
{
    const bool m2m = source.family.languageMarks == "__";
    std::string language = source.config.sourceLanguage;
    if (language.empty())
        language = m2m ? "en" : "en_XX";
    if (const std::size_t at = frame.find('@'); at != std::string::npos)
        frame.replace(at, 1, m2m ? "__" + language + "__" : language);
    return frame;
}

/// A Llama may be told to leave out its first token or to add a last one.
Frame frameOf(const Source& source)
{
    Frame frame = source.family.frame;
    const bool decoder = source.family.name == "Llama" || source.family.name == "Gemma";
    if (decoder && !source.config.addBos.value_or(true))
        frame = { "$A", "$A $B:1" };
    if (decoder && source.config.addEos.value_or(false)) {
        const std::string end =
            source.config.role("eos_token", source.family.name == "Gemma" ? "<eos>" : "</s>");
        frame.single += ' ' + end;
        frame.pair += ' ' + end + ":1";
    }
    return { withLanguage(frame.single, source), withLanguage(frame.pair, source) };
}

Expected<Pipeline> assemble(Source source)
{
    Pipeline pipeline;
    HEADLIGHT_TRY(pipeline.normalizer, makeNormalizerFor(source));
    pipeline.decoder = makeSentencePieceDecoder(source.model);
    HEADLIGHT_TRY(pipeline.model, makeModelFor(source));
    const AddedTokens all(tokensOf(source, pipeline.model->vocabulary()), pipeline.normalizer.get());
    pipeline.added = source.family.name == "Marian"
        ? all.searching(languageCodes(pipeline.model->vocabulary()))
        : source.config.namesModel() ? all
                                     : all.searching({});
    HEADLIGHT_TRY_STATUS(applyFrame(frameOf(source), pipeline, source.where()));
    applyConfig(source.config, pipeline);
    return pipeline;
}

Expected<Pipeline> readModelFile(const fs::path& path, const TokenizerConfig& config)
{
    HEADLIGHT_TRY(SentencePieceModel model, readSentencePieceModel(path));
    const SentencePieceFamily& family = sentencePieceFamily(config, model, path.filename().string());
    return assemble({ path, config, std::move(model), family });
}

} // namespace

Expected<Pipeline> readSentencePieceFile(const fs::path& path)
{
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    return readModelFile(path, config);
}

Expected<Pipeline> readMarian(const fs::path& path)
{
    HEADLIGHT_TRY(TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    config.tokenizerClass = "MarianTokenizer"; // the name of the file says so
    HEADLIGHT_TRY(Pipeline pipeline, readModelFile(path, config));
    const fs::path target = path.parent_path() / "target.spm";
    std::error_code ignored;
    if (path.filename() == "source.spm" && fs::exists(target, ignored)) {
        HEADLIGHT_TRY(Pipeline written, readModelFile(target, config));
        pipeline.target = std::make_shared<Tokenizer>(std::move(written));
    }
    return pipeline;
}

} // namespace headlight
