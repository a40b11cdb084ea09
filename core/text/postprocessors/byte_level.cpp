// Frames nothing; trims the spaces off the offsets.

#include "core/io/json.h"
#include "core/text/byte_level.h"
#include "core/text/postprocessors/postprocessors.h"
#include "core/text/postprocessors/trim_offsets.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class ByteLevelProcessing final : public PostProcessor {
public:
    ByteLevelProcessing(bool trims, bool addsPrefixSpace)
        : m_trims(trims)
        , m_addsPrefixSpace(addsPrefixSpace)
    {
    }
    void process(std::vector<Encoding>& parts, SpecialTokens) const override
    {
        for (Encoding& part : parts)
            if (m_trims)
                trimOffsets(part, m_addsPrefixSpace);
    }

private:
    bool m_trims, m_addsPrefixSpace;
};

bool isSpace(char32_t c)
{
    return c == characterOfByte(' ') || isWhiteSpace(c);
}

} // namespace

void trimOffsets(Encoding& encoding, bool addPrefixSpace)
{
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        const std::u32string token = decodeUtf8(encoding.tokens[i]);
        auto& [begin, end] = encoding.offsets[i];
        int leading = int(std::find_if_not(token.begin(), token.end(), isSpace) - token.begin());
        const int trailing = int(std::find_if_not(token.rbegin(), token.rend(), isSpace) - token.rbegin());
        if (leading == 1 && addPrefixSpace && (i == 0 || begin == 0)) // of several, none was added
            leading = 0;
        begin = std::min(begin + leading, end);
        if (trailing > 0 && end >= trailing)
            end = std::max(end - trailing, begin);
    }
}

Expected<PostProcessorPtr> makeByteLevelProcessing(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const bool trims, jsonOr<bool>(description, "trim_offsets", true, place.text()));
    HEADLIGHT_TRY(const bool prefixed, jsonOr<bool>(description, "add_prefix_space", true, place.text()));
    return PostProcessorPtr(std::make_unique<ByteLevelProcessing>(trims, prefixed));
}

} // namespace headlight
