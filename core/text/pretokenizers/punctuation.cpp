// Cuts at punctuation characters; "behavior" says what becomes of them.

#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Punctuation final : public PreTokenizer {
public:
    explicit Punctuation(SplitBehaviour behaviour)
        : m_behaviour(behaviour)
    {
    }
    void split(PreTokenized& text) const override { splitAtCharacters(text, m_behaviour, isPunctuation); }

private:
    SplitBehaviour m_behaviour;
};

} // namespace

Expected<PreTokenizerPtr> makePunctuation(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const SplitBehaviour behaviour,
        readSplitBehaviour(description, "behavior", SplitBehaviour::Isolated, place));
    return PreTokenizerPtr(std::make_unique<Punctuation>(behaviour));
}

} // namespace headlight
