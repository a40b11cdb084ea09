#include "core/base/memory.h"

#include <malloc.h>

namespace headlight {

void keepFreedMemory()
{
    constexpr int buffer = 64 << 20, kept = 512 << 20;
    mallopt(M_MMAP_THRESHOLD, buffer);
    mallopt(M_TRIM_THRESHOLD, kept);
}

} // namespace headlight
