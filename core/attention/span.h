#pragma once
// Which keys a query may see. A span only masks; score and weighting are not its business.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

struct KeyRange {
    std::int64_t first, last; ///< end exclusive
};

class Span {
public:
    virtual ~Span() = default;
    /// Keys outside of this range are masked for `query`, one of `queries`. With fewer queries than keys, the queries
    /// are the last ones (a decoder that has read the rest before).
    virtual KeyRange range(std::int64_t query, std::int64_t queries, std::int64_t keys) const = 0;
    virtual std::string_view name() const = 0;
    /// In tokens: of a sliding window with the query itself, of one to both sides the reach to one side; 0: no limit.
    virtual std::int64_t width() const { return 0; }
};

/// A kind of span; the list is in mechanisms.cpp.
struct SpanDescriptor {
    std::string_view id;
    std::string_view title;
    bool hasWidth; ///< `width` means something
    std::shared_ptr<const Span> (*make)(std::int64_t width);
};
std::span<const SpanDescriptor> spans();

/// Every query sees every key.
std::shared_ptr<const Span> globalSpan();
/// A query sees itself and what came before.
std::shared_ptr<const Span> causalSpan();
/// A query sees itself and the width-1 tokens before it.
std::shared_ptr<const Span> slidingSpan(std::int64_t width);
/// What a person reads: "full", "sliding 512" (the query itself included), "±64".
std::string spanText(const Span& span);

/// A query sees the tokens at most `radius` away on both sides.
std::shared_ptr<const Span> windowSpan(std::int64_t radius);

} // namespace headlight
