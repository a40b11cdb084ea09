// Cuts at white space and nowhere else.

#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class WhitespaceSplit final : public PreTokenizer {
public:
    void split(PreTokenized& text) const override
    {
        splitAtCharacters(text, SplitBehaviour::Removed, isWhiteSpace);
    }
};

} // namespace

Expected<PreTokenizerPtr> makeWhitespaceSplit(const Json&, const Place&)
{
    return PreTokenizerPtr(std::make_unique<WhitespaceSplit>());
}

} // namespace headlight
