#pragma once
// Which keys a query may see. A span only masks; score and weighting are not its business.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace headlight {

struct KeyRange {
    std::int64_t first, last; ///< end exclusive
};

class Span {
public:
    virtual ~Span() = default;
    /// Keys outside of this range are certainly masked for `query`.
    virtual KeyRange range(std::int64_t query, std::int64_t keys) const = 0;
    virtual std::string_view name() const = 0;
};

/// A kind of span; the list is in mechanisms.cpp.
struct SpanDescriptor {
    std::string_view id;
    std::string_view title;
    std::shared_ptr<const Span> (*make)(std::int64_t queries);
};
std::span<const SpanDescriptor> spans();

/// Every query sees every key.
std::shared_ptr<const Span> globalSpan();
/// A query sees itself and what came before; with fewer queries than keys, the queries are the last ones.
std::shared_ptr<const Span> causalSpan(std::int64_t queries);

} // namespace headlight
