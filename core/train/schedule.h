#pragma once
// The learning rate over time: a linear warm-up, then half a cosine down to a floor.

#include <cstdint>

namespace headlight {

struct Schedule {
    double peak = 1e-3;
    std::int64_t warmUp = 0; ///< steps
    double floor = 0.0; ///< share of the peak that is left at the end

    /// The rate of step `step` (from 0) of `steps`. Source: Loshchilov & Hutter 2017, eq. 5, without restarts.
    double rate(std::int64_t step, std::int64_t steps) const;
};

} // namespace headlight
