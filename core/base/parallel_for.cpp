#include "core/base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <chrono>
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

/// Looks at `ready` for a moment before giving up. The parts of a forward pass follow each other within microseconds,
/// and going to sleep in between costs more than most of them take.
template <typename Ready>
bool spinUntil(const Ready& ready)
{
    constexpr std::chrono::microseconds patience { 60 };
    const auto end = std::chrono::steady_clock::now() + patience;
    do {
        for (int i = 0; i < 32; ++i) {
            if (ready())
                return true;
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

/// Helpers that wait for a Work, one Work at a time; a helper that comes too late is not waited for. Who comes while they
/// are taken begins alone: a window that draws must not wait for a model that runs.
class Pool {
public:
    explicit Pool(int helpers)
        : m_spins(helpers < int(std::thread::hardware_concurrency()))
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
        bool wake = false;
        {
            std::lock_guard lock(m_mutex);
            m_work = &work;
            ++m_generation;
            wake = m_asleep > 0;
        }
        if (wake)
            m_wake.notify_all();
        work.run();
        {
            std::lock_guard lock(m_mutex);
            m_work = nullptr;
        }
        const auto finished = [this] { return m_active == 0; };
        if (m_spins && spinUntil(finished))
            return;
        std::unique_lock lock(m_mutex);
        m_done.wait(lock, finished);
    }

private:
    void serve(const std::stop_token& stop)
    {
        std::uint64_t seen = 0;
        const auto fresh = [&] { return m_generation != seen; };
        while (!stop.stop_requested()) {
            if (m_spins)
                spinUntil(fresh);
            std::unique_lock lock(m_mutex);
            ++m_asleep;
            const bool woken = m_wake.wait(lock, stop, fresh);
            --m_asleep;
            if (!woken)
                return;
            seen = m_generation;
            if (m_work == nullptr)
                continue;
            Work* work = m_work;
            ++m_active;
            lock.unlock();
            work->run();
            lock.lock();
            if (--m_active == 0)
                m_done.notify_one();
        }
    }

    const bool m_spins;
    std::mutex m_turn, m_mutex;
    std::condition_variable_any m_wake;
    std::condition_variable m_done;
    Work* m_work = nullptr;
    int m_asleep = 0;
    std::atomic<int> m_active { 0 }; ///< helpers at work; changes under the mutex, read without it
    std::atomic<std::uint64_t> m_generation { 0 }; ///< likewise
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
