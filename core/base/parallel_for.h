#pragma once
// One pool of worker threads for the whole engine. Work is cut into pieces whose results do not depend on how many
// threads there are.

#include "core/base/job_control.h"

#include <cstdint>
#include <functional>

namespace headlight {

/// While it lives, work on this thread ends with Stopped soon after `control` asks for it: parallelFor looks before each
/// piece, on every thread that helps. So a stop does not wait for the end of a layer. `control` must outlive it.
class StopScope {
public:
    explicit StopScope(const JobControl& control);
    ~StopScope();
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

private:
    const JobControl* m_outer;
};
/// The same question from within a long piece. Errors: throws Stopped.
void throwIfStopped();

/// Runs body(first, last) over [begin, end) in pieces of at most `grain`, on the pool and the calling thread.
/// Nested calls run piece by piece on the thread they are made from. The first exception of a piece is rethrown here;
/// in a StopScope that may be Stopped.
void parallelFor(std::int64_t begin, std::int64_t end, std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)>& body);

/// Threads used by parallelFor and by matrix products; default: one per processor.
void setThreadCount(int threads);
int threadCount();

/// True on a thread that is running a piece of a parallelFor: libraries called from there must not start threads.
bool insideParallelFor();

} // namespace headlight
