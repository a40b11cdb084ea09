// The causal window: a query sees itself and the width-1 tokens before it. Sources: Child et al. 2019 (local pattern),
// Jiang et al. 2023 (Mistral). Limit: what lies further back is reached through the layers below only.

#include "core/attention/span.h"

#include <algorithm>

namespace headlight {
namespace {

class SlidingSpan final : public Span {
public:
    explicit SlidingSpan(std::int64_t width)
        : m_width(width)
    {
    }
    KeyRange range(std::int64_t query, std::int64_t queries, std::int64_t keys) const override
    {
        const std::int64_t last = keys - queries + query + 1;
        return { std::max<std::int64_t>(0, last - m_width), last };
    }
    std::string_view name() const override { return "sliding"; }
    std::int64_t width() const override { return m_width; }

private:
    std::int64_t m_width;
};

} // namespace

std::shared_ptr<const Span> slidingSpan(std::int64_t width)
{
    return std::make_shared<const SlidingSpan>(width);
}

} // namespace headlight
