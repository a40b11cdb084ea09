#include "core/tensor/buffers.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

namespace headlight {
namespace {

/// Smaller ones are left to the allocator, which keeps their pages.
constexpr std::size_t large = 64 << 10;
/// Freed memory that stays with the process, an eighth of the machine's: fresh pages from the system cost
/// more time than the work done in them. All maps of a pass over 2,048 tokens are 2.4 GB.
std::size_t keptAtMost()
{
    static const auto machine =
        std::size_t(std::max(0L, sysconf(_SC_PHYS_PAGES))) * std::size_t(std::max(0L, sysconf(_SC_PAGESIZE)));
    return std::clamp<std::size_t>(machine / 8, std::size_t(256) << 20, std::size_t(4) << 30);
}

constexpr std::size_t roundedUp(std::size_t bytes, std::size_t step)
{
    return (bytes + step - 1) / step * step;
}

class KeptBuffers {
public:
    /// Null when none of about that size is kept. `bytes` becomes the size that it has.
    void* take(std::size_t& bytes)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_free.lower_bound(bytes);
        if (found == m_free.end() || found->first > bytes + bytes / 8)
            return nullptr;
        void* memory = found->second;
        bytes = found->first;
        m_bytes -= bytes;
        m_free.erase(found);
        return memory;
    }
    void give(void* memory, std::size_t bytes)
    {
        const std::lock_guard lock(m_mutex);
        m_free.emplace(bytes, memory);
        m_bytes += bytes;
        while (m_bytes > keptAtMost()) { // the largest are the fewest
            const auto last = std::prev(m_free.end());
            munmap(last->second, last->first);
            m_bytes -= last->first;
            m_free.erase(last);
        }
    }

private:
    std::mutex m_mutex;
    std::multimap<std::size_t, void*> m_free;
    std::size_t m_bytes = 0;
};

/// Never destroyed: tensors may be freed as late as they like.
KeptBuffers& keptBuffers()
{
    static auto* buffers = new KeptBuffers;
    return *buffers;
}

} // namespace

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
        memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    return { memory, [size](void* p) { keptBuffers().give(p, size); } };
}

} // namespace headlight
