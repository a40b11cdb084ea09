// The span of decoders: no query sees what comes after it. Source: Vaswani et al. 2017, §3.2.3.

#include "core/attention/span.h"

namespace headlight {
namespace {

class CausalSpan final : public Span {
public:
    KeyRange range(std::int64_t query, std::int64_t queries, std::int64_t keys) const override
    {
        return { 0, keys - queries + query + 1 };
    }
    std::string_view name() const override { return "causal"; }
};

} // namespace

std::shared_ptr<const Span> causalSpan()
{
    static const auto span = std::make_shared<const CausalSpan>();
    return span;
}

} // namespace headlight
