// Each match of a pattern in a token becomes a fixed text.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/pattern.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class ReplaceDecoder final : public Decoder {
public:
    ReplaceDecoder(Pattern pattern, std::u32string content)
        : m_pattern(std::move(pattern))
        , m_content(std::move(content))
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (std::string& token : tokens) {
            std::u32string text = decodeUtf8(token);
            const std::vector<Span> matches = m_pattern.matches(text);
            for (auto match = matches.rbegin(); match != matches.rend(); ++match)
                text.replace(std::size_t(match->begin), std::size_t(match->end - match->begin), m_content);
            if (!matches.empty())
                token = encodeUtf8(text);
        }
    }

private:
    Pattern m_pattern;
    std::u32string m_content;
};

} // namespace

Expected<DecoderPtr> makeReplaceDecoder(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const std::string content, jsonGet<std::string>(description, "content", place.text()));
    if (!description.contains("pattern"))
        return Error{ ErrorKind::BadFile, fmt::format("{} lacks \"pattern\".", place.text()) };
    HEADLIGHT_TRY(Pattern pattern, Pattern::read(description["pattern"], place.child("pattern")));
    return DecoderPtr(std::make_unique<ReplaceDecoder>(std::move(pattern), decodeUtf8(content)));
}

} // namespace headlight
