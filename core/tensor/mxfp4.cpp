#include "core/tensor/mxfp4.h"

#include "core/tensor/expand.h"

namespace headlight::mxfp4 {

void expand(const std::byte* blocks, const std::byte* exponents, std::int64_t count, float* target)
{
    expandScaledBlocks(blocks, exponents, count, target);
}

} // namespace headlight::mxfp4
