// Runs of word characters and runs of everything else that is not white space: \w+|[^\w\s]+

#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Whitespace final : public PreTokenizer {
public:
    void split(PreTokenized& text) const override
    {
        splitAtCharacters(text, SplitBehaviour::Removed, isWhiteSpace);
        splitAtCharacters(text, SplitBehaviour::Contiguous, isWordCharacter);
    }
};

} // namespace

Expected<PreTokenizerPtr> makeWhitespace(const Json&, const Place&)
{
    return PreTokenizerPtr(std::make_unique<Whitespace>());
}

} // namespace headlight
