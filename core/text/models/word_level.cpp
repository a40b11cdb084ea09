// Every piece is one token, or unknown.

#include "core/io/json.h"
#include "core/text/models/models.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class WordLevel final : public SubwordModel {
public:
    WordLevel(Vocabulary vocabulary, std::optional<std::int64_t> unknownId)
        : m_vocabulary(std::move(vocabulary))
        , m_unknownId(unknownId)
    {
    }
    void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const override
    {
        auto id = m_vocabulary.id(encodeUtf8(piece));
        if (!id)
            id = m_unknownId;
        if (id)
            tokens.push_back({ *id, { 0, int(piece.size()) } });
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::optional<std::int64_t> unknownId() const override { return m_unknownId; }

private:
    Vocabulary m_vocabulary;
    std::optional<std::int64_t> m_unknownId;
};

} // namespace

Expected<SubwordModelPtr> makeWordLevel(SubwordModelSource source)
{
    HEADLIGHT_TRY(const std::string unknown,
        jsonOr<std::string>(source.description, "unk_token", "<unk>", source.place.text()));
    const auto unknownId = source.data.vocabulary.id(unknown);
    return SubwordModelPtr(std::make_unique<WordLevel>(std::move(source.data.vocabulary), unknownId));
}

} // namespace headlight
