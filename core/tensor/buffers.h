#pragma once
// The memory of large tensors. A pass makes and frees buffers of the same sizes again and again, and keeps a
// few of them: so each is a mapping of its own, which leaves no holes, and freed ones are kept for the next
// of their size.

#include <cstddef>
#include <memory>

namespace headlight {

/// At least `bytes`, aligned to a cache line, not initialised. Throws std::bad_alloc.
std::shared_ptr<void> takeBuffer(std::size_t bytes);

} // namespace headlight
