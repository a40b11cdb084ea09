#pragma once
// Which token of a sound model is which part of the sound: plain arithmetic that needs no window.

#include <cmath>
#include <cstdint>
#include <optional>

namespace headlight {

struct TimeGrid {
    std::int64_t tokens = 0;
    double step = 0; ///< seconds from the start of one token to that of the next
    double width = 0; ///< seconds a token hears by itself; at least a step: neighbours may overlap

    double start(std::int64_t token) const { return double(token) * step; }
    /// The token whose step holds the moment; none before the sound and behind the last token.
    std::optional<std::int64_t> tokenAt(double seconds) const
    {
        if (!(step > 0) || !(seconds >= 0) || seconds >= double(tokens) * step)
            return std::nullopt;
        return std::int64_t(std::floor(seconds / step));
    }
};

} // namespace headlight
