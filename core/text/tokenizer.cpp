#include "core/text/tokenizer.h"

#include "core/base/check.h"
#include "core/text/formats/formats.h"
#include "core/text/pipeline.h"
#include "core/text/unicode.h"

namespace headlight {

Tokenizer::Tokenizer(Pipeline pipeline)
    : m_pipeline(std::make_unique<const Pipeline>(std::move(pipeline)))
{
    HEADLIGHT_CHECK(m_pipeline->model, "a tokenizer needs a model");
}

Tokenizer::~Tokenizer() = default;

Expected<std::shared_ptr<const Tokenizer>> Tokenizer::open(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(Pipeline pipeline, readTokenizerFiles(path));
    return std::shared_ptr<const Tokenizer>(std::make_shared<Tokenizer>(std::move(pipeline)));
}

bool Tokenizer::reads(const std::filesystem::path& path)
{
    return !findTokenizerFile(path).empty();
}

Encoding Tokenizer::encodeOne(std::string_view text, int sequence) const
{
    const Pipeline& p = *m_pipeline;
    PreTokenized cut = p.added.extract(decodeUtf8(text), p.normalizer.get());
    if (p.preTokenizer)
        p.preTokenizer->split(cut);
    Encoding encoding;
    std::vector<PieceToken> tokens;
    const bool showsUnknown = p.model->showsUnknownText();
    const std::int64_t unknown = p.model->unknownId().value_or(-1);
    for (std::size_t word = 0; word < cut.pieces.size(); ++word) {
        const Piece& piece = cut.pieces[word];
        tokens.clear();
        if (piece.isAdded())
            tokens.push_back({ piece.addedId, { 0, int(piece.end - piece.begin) } });
        else
            p.model->tokenize(cut.view(piece), tokens);
        for (const PieceToken& token : tokens) {
            const Span origin = cut.text.origin(
                piece.begin + std::size_t(token.span.begin), piece.begin + std::size_t(token.span.end));
            encoding.ids.push_back(token.id);
            const bool asWritten = piece.isAdded() || (showsUnknown && token.id == unknown);
            encoding.tokens.push_back(asWritten
                    ? encodeUtf8(cut.view(piece).substr(
                        std::size_t(token.span.begin), std::size_t(token.span.end - token.span.begin)))
                    : std::string(p.model->vocabulary().token(token.id)));
            encoding.offsets.emplace_back(origin.begin, origin.end);
            encoding.wordIndex.push_back(int(word));
        }
    }
    encoding.typeIds.assign(encoding.size(), sequence);
    encoding.specialMask.assign(encoding.size(), 0);
    encoding.sequenceIndex.assign(encoding.size(), sequence);
    return encoding;
}

Encoding Tokenizer::encode(
    std::string_view text, std::optional<std::string_view> pair, SpecialTokens add) const
{
    std::vector<Encoding> parts{ encodeOne(text, 0) };
    if (pair)
        parts.push_back(encodeOne(*pair, 1));
    if (m_pipeline->postProcessor)
        m_pipeline->postProcessor->process(parts, add);
    Encoding all;
    for (const Encoding& part : parts)
        all.append(part);
    return all;
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, SkipSpecial skip) const
{
    std::vector<std::string> tokens;
    for (const std::int64_t id : ids)
        if (std::string text = token(id); !text.empty() && !(skip == SkipSpecial::Yes && isSpecial(id)))
            tokens.push_back(std::move(text));
    if (!m_pipeline->decoder)
        return fmt::format("{}", fmt::join(tokens, " "));
    m_pipeline->decoder->apply(tokens);
    return fmt::format("{}", fmt::join(tokens, ""));
}

const Tokenizer& Tokenizer::target() const
{
    return m_pipeline->target ? *m_pipeline->target : *this;
}

std::string Tokenizer::token(std::int64_t id) const
{
    if (const AddedToken* added = m_pipeline->added.find(id))
        return added->content;
    return std::string(m_pipeline->model->vocabulary().token(id));
}

std::optional<std::int64_t> Tokenizer::id(std::string_view token) const
{
    return m_pipeline->id(token);
}

std::int64_t Tokenizer::vocabularySize() const
{
    std::int64_t size = m_pipeline->model->vocabulary().size();
    for (const AddedToken& token : m_pipeline->added.tokens())
        size = std::max(size, token.id + 1);
    return size;
}

bool Tokenizer::isSpecial(std::int64_t id) const
{
    const AddedToken* added = m_pipeline->added.find(id);
    return added && added->special;
}

const SpecialTokenIds& Tokenizer::special() const
{
    return m_pipeline->special;
}

std::optional<std::int64_t> Tokenizer::maximumLength() const
{
    return m_pipeline->maximumLength;
}

} // namespace headlight
