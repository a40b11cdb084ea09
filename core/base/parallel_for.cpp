#include "core/base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace headlight {
namespace {

thread_local bool t_inside = false;
/// Whom the work of this thread is done for; null: nobody who could stop it.
thread_local const JobControl* t_control = nullptr;

/// A range being worked off: pieces are claimed by counting up.
struct Work {
    std::int64_t begin, end, grain;
    const std::function<void(std::int64_t, std::int64_t)>& body;
    const JobControl* control = t_control; ///< of the thread that asks; the helpers work for the same
    std::atomic<std::int64_t> next { 0 };
    std::exception_ptr failure {};
    std::mutex failureMutex {};

    void run()
    {
        const JobControl* before = std::exchange(t_control, control);
        while (runNext()) { }
        t_control = before;
    }
    /// False when no piece is left.
    bool runNext()
    {
        const std::int64_t piece = next++;
        if (piece >= pieces())
            return false;
        t_inside = true;
        runPiece(begin + piece * grain);
        t_inside = false;
        return true;
    }
    std::int64_t pieces() const { return (end - begin + grain - 1) / grain; }
    void runPiece(std::int64_t first)
    {
        try {
            throwIfStopped();
            body(first, std::min(first + grain, end));
        } catch (...) {
            std::lock_guard lock(failureMutex);
            if (!failure)
                failure = std::current_exception();
            next = pieces(); // the rest would be thrown away
        }
    }
};

/// Helpers that wait for a Work, one Work at a time. Who comes while they are taken begins alone: a window
/// that draws must not wait for a model that runs.
class Pool {
public:
    explicit Pool(int helpers)
    {
        for (int i = 0; i < helpers; ++i)
            m_threads.emplace_back([this](const std::stop_token& stop) { serve(stop); });
    }
    void run(Work& work)
    {
        std::unique_lock turn(m_turn, std::try_to_lock);
        while (!turn.owns_lock()) {
            if (!work.runNext())
                return;
            static_cast<void>(turn.try_lock());
        }
        {
            std::lock_guard lock(m_mutex);
            m_work = &work;
            m_busy = int(m_threads.size());
            ++m_generation;
        }
        m_wake.notify_all();
        work.run();
        std::unique_lock lock(m_mutex);
        m_done.wait(lock, [this] { return m_busy == 0; });
        m_work = nullptr;
    }

private:
    void serve(const std::stop_token& stop)
    {
        std::uint64_t seen = 0;
        std::unique_lock lock(m_mutex);
        while (m_wake.wait(lock, stop, [&] { return m_generation != seen; })) {
            seen = m_generation;
            Work* work = m_work;
            lock.unlock();
            work->run();
            lock.lock();
            if (--m_busy == 0)
                m_done.notify_one();
        }
    }

    std::mutex m_turn, m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable m_done;
    Work* m_work = nullptr;
    int m_busy = 0;
    std::uint64_t m_generation = 0;
    std::vector<std::jthread> m_threads; // last: stops before the rest goes
};

std::mutex s_poolMutex;
std::atomic<int> s_threads { 0 };

std::shared_ptr<Pool> pool()
{
    static std::shared_ptr<Pool> current;
    static int currentThreads = 0;
    std::lock_guard lock(s_poolMutex);
    if (!current || currentThreads != threadCount()) {
        currentThreads = threadCount();
        current = std::make_shared<Pool>(currentThreads - 1);
    }
    return current;
}

} // namespace

StopScope::StopScope(const JobControl& control)
    : m_outer(std::exchange(t_control, &control))
{
}

StopScope::~StopScope()
{
    t_control = m_outer;
}

void throwIfStopped()
{
    if (t_control != nullptr && t_control->stopRequested())
        throw Stopped();
}

void parallelFor(std::int64_t begin, std::int64_t end, std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)>& body)
{
    grain = std::max<std::int64_t>(grain, 1);
    if (end <= begin)
        return;
    if (t_inside || end - begin <= grain || threadCount() == 1) {
        for (std::int64_t first = begin; first < end; first += grain) {
            throwIfStopped();
            body(first, std::min(first + grain, end));
        }
        return;
    }
    Work work { .begin = begin, .end = end, .grain = grain, .body = body };
    pool()->run(work);
    if (work.failure)
        std::rethrow_exception(work.failure);
}

void setThreadCount(int threads)
{
    s_threads = std::max(threads, 1);
}

int threadCount()
{
    const int chosen = s_threads;
    return chosen > 0 ? chosen : std::max(1, int(std::thread::hardware_concurrency()));
}

bool insideParallelFor()
{
    return t_inside;
}

} // namespace headlight
