#pragma once
// Memory for tensors. Pages the system hands out for the first time cost more than most of what is computed
// in them, so large buffers that are given back are kept for the next tensor of their size.

#include <cstddef>
#include <memory>

namespace headlight {

/// Uninitialised, aligned to a cache line. Thread safe. Throws std::bad_alloc.
std::shared_ptr<float> allocateFloats(std::size_t count);

/// Bytes that are kept for reuse at present; at most `keptBytesLimit`.
std::size_t keptBytes();
constexpr std::size_t keptBytesLimit = std::size_t(128) << 20;
/// Gives all of it back to the system.
void releaseKeptBytes();

} // namespace headlight
