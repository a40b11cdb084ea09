// BERT's words: cut at white space, and each punctuation character is a word.

#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class BertPreTokenizer final : public PreTokenizer {
public:
    void split(PreTokenized& text) const override
    {
        splitAtCharacters(text, SplitBehaviour::Removed, isWhiteSpace);
        splitAtCharacters(text, SplitBehaviour::Isolated, isPunctuation);
    }
};

} // namespace

Expected<PreTokenizerPtr> makeBertPreTokenizer(const Json&, const Place&)
{
    return PreTokenizerPtr(std::make_unique<BertPreTokenizer>());
}

} // namespace headlight
