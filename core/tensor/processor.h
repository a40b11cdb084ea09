#pragma once
// Which of the processor's instruction sets the engine computes with. By itself it takes the widest; tests
// and measurements ask for less.

#include "core/base/expected.h"

#include <string_view>

namespace headlight {

/// Limits vector loops and matrix products to "baseline" (plain x86-64), "avx2" or "avx512"; an empty name
/// does not. Call before the first of either. Errors: an unknown name, or one that this processor has no
/// instructions for.
Status limitProcessor(std::string_view name);

} // namespace headlight
