#include "core/tensor/buffers.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace headlight {
namespace {

/// Smaller ones are left to the allocator, which keeps their pages.
constexpr std::size_t large = 64 << 10;
constexpr std::size_t roundedUp(std::size_t bytes, std::size_t step)
{
    return (bytes + step - 1) / step * step;
}

/// Freed buffers that nobody took for so long go back to the system, when the next one is freed.
constexpr std::chrono::seconds patience(10);

class KeptBuffers {
public:
    /// Null when none of about that size is kept. `bytes` becomes the size that it has.
    void* take(std::size_t& bytes)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_free.lower_bound(bytes);
        if (found == m_free.end() || found->first > bytes + bytes / 8)
            return nullptr;
        void* memory = found->second.memory;
        bytes = found->first;
        m_bytes -= bytes;
        m_free.erase(found);
        return memory;
    }
    void give(void* memory, std::size_t bytes) noexcept
    {
        try {
            const std::lock_guard lock(m_mutex);
            const auto now = Clock::now();
            // In front of those of its size, so that the ones nobody needs grow old.
            m_free.emplace_hint(m_free.lower_bound(bytes), bytes, Free{ memory, now });
            m_bytes += bytes;
            while (m_bytes > mostKept()) // the largest are the fewest
                release(std::prev(m_free.end()));
            if (now - m_swept > patience / 10)
                sweep(now);
        } catch (const std::bad_alloc&) { // no room to remember it
            munmap(memory, bytes);
        }
    }
    /// Gives everything back.
    void releaseAll()
    {
        const std::lock_guard lock(m_mutex);
        while (!m_free.empty())
            release(m_free.begin());
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Free {
        void* memory;
        Clock::time_point since;
    };
    using Map = std::multimap<std::size_t, Free>;

    Map::iterator release(Map::iterator which)
    {
        munmap(which->second.memory, which->first);
        m_bytes -= which->first;
        return m_free.erase(which);
    }
    void sweep(Clock::time_point now)
    {
        m_swept = now;
        for (auto one = m_free.begin(); one != m_free.end();)
            one = now - one->second.since > patience ? release(one) : std::next(one);
    }

    std::mutex m_mutex;
    Map m_free;
    std::size_t m_bytes = 0;
    Clock::time_point m_swept;
};

void* freshPages(std::size_t size)
{
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/// Never destroyed: tensors may be freed as late as they like.
KeptBuffers& keptBuffers()
{
    static auto* buffers = new KeptBuffers;
    return *buffers;
}

} // namespace

std::size_t mostKept()
{
    static const auto machine =
        std::size_t(std::max(0L, sysconf(_SC_PHYS_PAGES))) * std::size_t(std::max(0L, sysconf(_SC_PAGESIZE)));
    return std::clamp<std::size_t>(machine / 8, std::size_t(256) << 20, std::size_t(4) << 30);
}

std::shared_ptr<void> takeBuffer(std::size_t bytes)
{
    if (bytes < large) {
        void* memory = std::aligned_alloc(64, roundedUp(std::max<std::size_t>(bytes, 1), 64));
        if (memory == nullptr)
            throw std::bad_alloc();
        return { memory, [](void* p) { std::free(p); } };
    }
    std::size_t size = roundedUp(bytes, bytes < (1 << 20) ? 1 << 12 : 1 << 16);
    void* memory = keptBuffers().take(size);
    if (memory == nullptr)
        memory = freshPages(size);
    if (memory == MAP_FAILED) { // what is kept in other sizes may be enough
        keptBuffers().releaseAll();
        memory = freshPages(size);
    }
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    return { memory, [size](void* p) { keptBuffers().give(p, size); } };
}

} // namespace headlight
