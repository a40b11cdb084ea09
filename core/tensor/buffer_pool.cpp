#include "core/tensor/buffer_pool.h"

#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace headlight {
namespace {

/// Smaller ones are the allocator's own business: it keeps their pages.
constexpr std::size_t smallest = 32 << 10;
constexpr std::size_t cacheLine = 64;

/// Sizes are rounded up to eight steps per power of two, so that nearly equal ones share their buffers.
std::size_t roundedUp(std::size_t bytes)
{
    const std::size_t step = bytes < smallest ? cacheLine : std::bit_floor(bytes) / 8;
    return (bytes + step - 1) / step * step;
}

class BufferPool {
public:
    void* take(std::size_t bytes)
    {
        if (bytes >= smallest) {
            std::lock_guard lock(m_mutex);
            std::vector<void*>& kept = m_kept[bytes];
            if (!kept.empty()) {
                void* memory = kept.back();
                kept.pop_back();
                m_bytes -= bytes;
                return memory;
            }
        }
        void* memory = std::aligned_alloc(cacheLine, bytes);
        if (memory == nullptr) { // what is kept in other sizes may be enough
            release();
            memory = std::aligned_alloc(cacheLine, bytes);
        }
        if (memory == nullptr)
            throw std::bad_alloc();
        return memory;
    }
    void giveBack(void* memory, std::size_t bytes) noexcept
    {
        try {
            std::lock_guard lock(m_mutex);
            if (bytes >= smallest && m_bytes + bytes <= keptBytesLimit) {
                m_kept[bytes].push_back(memory);
                m_bytes += bytes;
                return;
            }
        } catch (const std::bad_alloc&) { // no room to remember it
        }
        std::free(memory);
    }
    void release()
    {
        std::lock_guard lock(m_mutex);
        for (auto& [bytes, kept] : m_kept)
            for (void* memory : kept)
                std::free(memory);
        m_kept.clear();
        m_bytes = 0;
    }
    std::size_t bytes()
    {
        std::lock_guard lock(m_mutex);
        return m_bytes;
    }

private:
    std::mutex m_mutex;
    std::unordered_map<std::size_t, std::vector<void*>> m_kept;
    std::size_t m_bytes = 0;
};

/// Never destroyed: tensors of static objects may end after it would.
BufferPool& pool()
{
    static auto* const pool = new BufferPool;
    return *pool;
}

} // namespace

std::shared_ptr<float> allocateFloats(std::size_t count)
{
    const std::size_t bytes = roundedUp(std::max<std::size_t>(count, 1) * sizeof(float));
    void* const memory = pool().take(bytes);
    return { static_cast<float*>(memory), [bytes](float* p) { pool().giveBack(p, bytes); } };
}

std::size_t keptBytes()
{
    return pool().bytes();
}

void releaseKeptBytes()
{
    pool().release();
}

} // namespace headlight
