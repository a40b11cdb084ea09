// The local window of encoders: a query sees the tokens at most `radius` away on both sides. Source: Beltagy et al. 2020
// (Longformer), Luong et al. 2015 (local attention).

#include "core/attention/span.h"

#include <algorithm>

namespace headlight {
namespace {

class WindowSpan final : public Span {
public:
    explicit WindowSpan(std::int64_t radius)
        : m_radius(radius)
    {
    }
    KeyRange range(std::int64_t query, std::int64_t queries, std::int64_t keys) const override
    {
        const std::int64_t place = keys - queries + query;
        return { std::max<std::int64_t>(0, place - m_radius), std::min(keys, place + m_radius + 1) };
    }
    std::string_view name() const override { return "window"; }
    std::int64_t width() const override { return m_radius; }

private:
    std::int64_t m_radius;
};

} // namespace

std::shared_ptr<const Span> windowSpan(std::int64_t radius)
{
    return std::make_shared<const WindowSpan>(radius);
}

} // namespace headlight
