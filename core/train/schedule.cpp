#include "core/train/schedule.h"

#include <numbers>

namespace headlight {

double Schedule::rate(std::int64_t step, std::int64_t steps) const
{
    if (step < warmUp)
        return peak * double(step + 1) / double(warmUp);
    const double share = double(step - warmUp) / double(std::max<std::int64_t>(1, steps - warmUp));
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(share, 1.0)));
    return peak * (floor + (1.0 - floor) * cosine);
}

} // namespace headlight
