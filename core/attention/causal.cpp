// The span of decoders: no query sees what comes after it. Source: Vaswani et al. 2017, §3.2.3.

#include "core/attention/span.h"

#include <algorithm>

namespace headlight {
namespace {

class CausalSpan final : public Span {
public:
    explicit CausalSpan(std::int64_t queries)
        : m_queries(queries)
    {
    }
    KeyRange range(std::int64_t query, std::int64_t keys) const override
    {
        return { 0, std::clamp<std::int64_t>(keys - m_queries + query + 1, 0, keys) };
    }
    std::string_view name() const override { return "causal"; }

private:
    std::int64_t m_queries;
};

} // namespace

std::shared_ptr<const Span> causalSpan(std::int64_t queries)
{
    return std::make_shared<const CausalSpan>(queries);
}

} // namespace headlight
