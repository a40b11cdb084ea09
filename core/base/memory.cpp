#include "core/base/memory.h"

#include <fmt/format.h>
#include <fstream>
#include <malloc.h>

namespace headlight {

void keepFreedMemory()
{
    constexpr int buffer = 64 << 20, kept = 512 << 20;
    mallopt(M_MMAP_THRESHOLD, buffer);
    mallopt(M_TRIM_THRESHOLD, kept);
}

std::uint64_t availableMemory()
{
    std::ifstream info("/proc/meminfo");
    for (std::string name, unit; info >> name;) {
        std::uint64_t kilobytes = 0;
        if (!(info >> kilobytes))
            break;
        std::getline(info, unit);
        if (name == "MemAvailable:")
            return kilobytes * 1024;
    }
    return 0;
}

std::string bytesText(std::uint64_t bytes)
{
    constexpr double kilo = 1000.0;
    const double value = double(bytes);
    if (value < kilo * kilo)
        return fmt::format("{:.0f} kB", value / kilo);
    if (value < kilo * kilo * kilo)
        return fmt::format("{:.0f} MB", value / (kilo * kilo));
    return fmt::format("{:.1f} GB", value / (kilo * kilo * kilo));
}

} // namespace headlight
