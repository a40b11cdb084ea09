// The catalogue of mechanisms and of spans.

#include "core/attention/mechanism.h"

namespace headlight {

std::span<const AttentionMechanism* const> mechanisms()
{
    static const std::array list {
        &softmaxDot(),
        &windowGlobal(),
    };
    return list;
}

std::span<const SpanDescriptor> spans()
{
    static constexpr std::array<SpanDescriptor, 4> list { {
        { "global", "every token sees every token", false, [](std::int64_t) { return globalSpan(); } },
        { "causal", "a token sees itself and what came before", false, [](std::int64_t) { return causalSpan(); } },
        { "sliding", "a token sees itself and the last few before it", true, slidingSpan },
        { "window", "a token sees its neighbours on both sides", true, windowSpan },
    } };
    return list;
}

std::string spanText(const Span& span)
{
    if (span.width() == 0)
        return "full";
    return fmt::format("{}{}", span.name() == "sliding" ? "sliding " : "±", span.width());
}

const AttentionMechanism* mechanism(std::string_view id)
{
    for (const AttentionMechanism* candidate : mechanisms())
        if (candidate->id() == id)
            return candidate;
    return nullptr;
}

} // namespace headlight
