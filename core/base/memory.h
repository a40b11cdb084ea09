#pragma once
// How freed memory is kept: a pass makes and frees buffers of the same sizes again and again.

#include <cstdint>
#include <string>

namespace headlight {

/// Keeps freed buffers of up to 64 MiB with the process. Pages that are fresh from the system cost more time
/// than the work done in them (touching them runs at a twentieth of the memory's speed). Call once, before
/// the first thread.
void keepFreedMemory();

/// Bytes that a program may still take without the system swapping; 0 where the system does not say.
std::uint64_t availableMemory();
/// "1.5 GB"
std::string bytesText(std::uint64_t bytes);

} // namespace headlight
