// GPT-2's words, spelled in the byte-level alphabet. Source: Radford et al. 2019.

#include "core/io/json.h"
#include "core/text/byte_level.h"
#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/word_patterns.h"

namespace headlight {
namespace {

class ByteLevel final : public PreTokenizer {
public:
    ByteLevel(bool addsPrefixSpace, bool splits)
        : m_addsPrefixSpace(addsPrefixSpace)
        , m_splits(splits)
    {
    }
    void split(PreTokenized& text) const override
    {
        if (m_addsPrefixSpace)
            rewritePieces(text, [](NormalizedString& piece) {
                if (piece.text().front() != U' ')
                    piece.prepend(U" ");
            });
        if (m_splits)
            splitAtMatches(text, SplitBehaviour::Isolated, findGpt2Words);
        toByteLevel(text);
    }

private:
    bool m_addsPrefixSpace, m_splits;
};

} // namespace

Expected<PreTokenizerPtr> makeByteLevelPreTokenizer(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const bool prefixed, jsonOr<bool>(description, "add_prefix_space", true, place.text()));
    HEADLIGHT_TRY(const bool splits, jsonOr<bool>(description, "use_regex", true, place.text()));
    return PreTokenizerPtr(std::make_unique<ByteLevel>(prefixed, splits));
}

} // namespace headlight
