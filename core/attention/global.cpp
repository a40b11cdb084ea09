// The widest span: nothing is masked.

#include "core/attention/span.h"

namespace headlight {
namespace {

class GlobalSpan final : public Span {
public:
    KeyRange range(std::int64_t, std::int64_t, std::int64_t keys) const override { return { 0, keys }; }
    std::string_view name() const override { return "global"; }
};

} // namespace

std::shared_ptr<const Span> globalSpan()
{
    static const auto span = std::make_shared<const GlobalSpan>();
    return span;
}

} // namespace headlight
