#pragma once
// One pool of worker threads for the whole engine. Work is cut into pieces whose results do not depend on how many
// threads there are.

#include <cstdint>
#include <functional>

namespace headlight {

/// Runs body(first, last) over [begin, end) in pieces of at most `grain`, on the pool and the calling thread.
/// Nested calls run piece by piece on the thread they are made from. The first exception of a piece is rethrown here.
void parallelFor(std::int64_t begin, std::int64_t end, std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)>& body);

/// Threads used by parallelFor and by matrix products; default: one per processor.
void setThreadCount(int threads);
int threadCount();

/// True on a thread that is running a piece of a parallelFor: libraries called from there must not start threads.
bool insideParallelFor();

} // namespace headlight
