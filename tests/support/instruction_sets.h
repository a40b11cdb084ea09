#pragma once
// Kernels under other instruction sets than the best this processor has.

#include <cstdint>
#include <hwy/targets.h>

namespace headlight::test {

/// Keeps the program from using some instruction sets; 0 allows them all again.
inline void useBest(std::int64_t disabled)
{
    hwy::DisableTargets(disabled);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

} // namespace headlight::test
