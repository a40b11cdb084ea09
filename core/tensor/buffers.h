#pragma once
// The memory of large tensors. A pass makes and frees buffers of the same sizes again and again, and keeps a
// few of them: so each is a mapping of its own, which leaves no holes, and freed ones are kept for the next
// of their size.

#include <cstddef>
#include <memory>

namespace headlight {

/// At least `bytes`, aligned to a cache line, not initialised. Throws std::bad_alloc.
std::shared_ptr<void> takeBuffer(std::size_t bytes);

/// Bytes that may stay with the process for speed alone, an eighth of the machine's: fresh pages from the system cost
/// more time than the work done in them. All maps of a pass over 2,048 tokens are 2.4 GB.
std::size_t mostKept();

} // namespace headlight
