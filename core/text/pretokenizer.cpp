#include "core/text/pretokenizer.h"

#include "core/text/pretokenizers/pretokenizers.h"

namespace headlight {
namespace {

constexpr PartRow<PreTokenizer> rows[] = {
    { "BertPreTokenizer", makeBertPreTokenizer },
    { "ByteLevel", makeByteLevelPreTokenizer },
    { "Digits", makeDigits },
    { "Metaspace", makeMetaspace },
    { "Punctuation", makePunctuation },
    { "Sequence", makePreTokenizerSequence },
    { "Split", makeSplit },
    { "Whitespace", makeWhitespace },
    { "WhitespaceSplit", makeWhitespaceSplit },
};

} // namespace

std::span<const PartRow<PreTokenizer>> preTokenizerRows()
{
    return rows;
}

Expected<PreTokenizerPtr> makePreTokenizer(const Json& description, const Place& place)
{
    return makePart(preTokenizerRows(), description, place);
}

} // namespace headlight
