// The catalogue of mechanisms.

#include "core/attention/mechanism.h"

namespace headlight {

std::span<const AttentionMechanism* const> mechanisms()
{
    static const std::array list {
        &softmaxDot(),
    };
    return list;
}

const AttentionMechanism* mechanism(std::string_view id)
{
    for (const AttentionMechanism* candidate : mechanisms())
        if (candidate->id() == id)
            return candidate;
    return nullptr;
}

} // namespace headlight
