#include "core/text/encoding.h"

namespace headlight {
namespace {

template <typename T> void appendTo(std::vector<T>& target, const std::vector<T>& source)
{
    target.insert(target.end(), source.begin(), source.end());
}

} // namespace

void Encoding::append(const Encoding& other)
{
    appendTo(ids, other.ids);
    appendTo(tokens, other.tokens);
    appendTo(offsets, other.offsets);
    appendTo(typeIds, other.typeIds);
    appendTo(specialMask, other.specialMask);
    appendTo(wordIndex, other.wordIndex);
    appendTo(sequenceIndex, other.sequenceIndex);
}

} // namespace headlight
