// Words get a space before them, "##" tokens are glued on; "cleanup" pulls punctuation and English
// contractions back to the word before.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/replace_all.h"

namespace headlight {
namespace {

class WordPieceDecoder final : public Decoder {
public:
    WordPieceDecoder(std::string prefix, bool cleanup)
        : m_prefix(std::move(prefix))
        , m_cleanup(cleanup)
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::string& token = tokens[i];
            if (i > 0 && token.starts_with(m_prefix))
                token.erase(0, m_prefix.size());
            else if (i > 0)
                token.insert(token.begin(), ' ');
            if (m_cleanup)
                cleanUpSpaces(token);
        }
    }

private:
    std::string m_prefix;
    bool m_cleanup;
};

} // namespace

Expected<DecoderPtr> makeWordPieceDecoder(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(std::string prefix, jsonOr<std::string>(description, "prefix", "##", place.text()));
    HEADLIGHT_TRY(const bool cleanup, jsonOr<bool>(description, "cleanup", true, place.text()));
    return DecoderPtr(std::make_unique<WordPieceDecoder>(std::move(prefix), cleanup));
}

} // namespace headlight
