#include "core/tensor/packed_weights.h"

#include "core/tensor/buffers.h"
#include "core/tensor/packed_products.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace headlight {
namespace {

/// Smaller weights stay in a core's cache, in whatever order they lie.
constexpr std::int64_t smallWeight = 1 << 16;
/// Uses before panels are made: the first result must not wait for them.
constexpr int usesBefore = 2;

/// Bytes that may be packed now: so many a second, so that typing never waits for a whole model.
class Allowance {
public:
    bool take(std::size_t bytes)
    {
        constexpr double perSecond = 1e9, most = 64e6;
        const auto now = std::chrono::steady_clock::now();
        m_left = std::min(most, m_left + perSecond * std::chrono::duration<double>(now - m_since).count());
        m_since = now;
        if (m_left <= 0.0)
            return false;
        m_left -= double(bytes); // one that is larger than all of it is paid back later
        return true;
    }

private:
    double m_left = 0.0;
    std::chrono::steady_clock::time_point m_since = std::chrono::steady_clock::now();
};

enum class Form { RowPanels, ColumnPanels, Bfloats };

Tensor made(const Tensor& weight, Form form)
{
    if (form == Form::Bfloats)
        return weight.converted(DType::BF16);
    return packed(weight, form == Form::RowPanels ? Transpose::Yes : Transpose::No);
}

class PackedWeights {
public:
    Tensor of(const Tensor& weight, Form form)
    {
        const Key key{ weight.data(), weight.shape().extents()[0], weight.count(), form };
        {
            const std::lock_guard lock(m_mutex);
            Entry& entry = entryOf(key, weight);
            if (!entry.panels.empty())
                return entry.panels;
            const std::size_t bytes = bytesOf(weight, form);
            if (++entry.uses <= usesBefore || entry.busy || m_bytes + bytes > mostKept() / 2
                || !m_allowance.take(bytes))
                return {};
            entry.busy = true;
            m_bytes += bytes;
        }
        return make(key, weight);
    }
    std::size_t bytes()
    {
        const std::lock_guard lock(m_mutex);
        sweep();
        return m_bytes;
    }

private:
    struct Key {
        const std::byte* data;
        std::int64_t first, count;
        Form form;
        auto operator<=>(const Key&) const = default;
    };
    struct Entry {
        std::weak_ptr<const void> owner; ///< of the weight: another one may come to lie at the same place
        int uses = 0;
        bool busy = false;
        Tensor panels;
        std::size_t bytes = 0;
    };

    static std::size_t bytesOf(const Tensor& weight, Form form)
    {
        return form == Form::Bfloats ? weight.bytes() / 2 : weight.bytes();
    }
    Entry& entryOf(const Key& key, const Tensor& weight)
    {
        if (m_entries.size() >= m_sweepAt) {
            sweep();
            m_sweepAt = std::max<std::size_t>(2 * m_entries.size(), 256);
        }
        Entry& entry = m_entries[key];
        const bool same =
            !entry.owner.owner_before(weight.owner()) && !weight.owner().owner_before(entry.owner);
        if (!same) {
            m_bytes -= entry.bytes;
            entry = {};
            entry.owner = weight.owner();
        }
        return entry;
    }
    void sweep()
    {
        std::erase_if(m_entries, [&](const auto& each) {
            if (!each.second.owner.expired())
                return false;
            m_bytes -= each.second.bytes;
            return true;
        });
    }
    /// Without the lock: others multiply meanwhile as before. A stop or too little memory leaves things as
    /// they were.
    Tensor make(const Key& key, const Tensor& weight)
    {
        Tensor panels;
        try {
            panels = made(weight, key.form);
        } catch (const std::bad_alloc&) {
            settle(key, weight, {});
            return {};
        } catch (...) {
            settle(key, weight, {});
            throw;
        }
        settle(key, weight, panels);
        return panels;
    }
    void settle(const Key& key, const Tensor& weight, const Tensor& panels)
    {
        const std::lock_guard lock(m_mutex);
        Entry& entry = entryOf(key, weight);
        entry.busy = false;
        entry.panels = panels;
        entry.bytes = panels.empty() ? 0 : bytesOf(weight, key.form);
        if (panels.empty())
            m_bytes -= bytesOf(weight, key.form);
    }

    std::mutex m_mutex;
    std::map<Key, Entry> m_entries;
    std::size_t m_bytes = 0, m_sweepAt = 256;
    Allowance m_allowance;
};

/// Never destroyed: tensors may be freed as late as they like.
PackedWeights& packedWeights()
{
    static auto* weights = new PackedWeights;
    return *weights;
}

bool suits(const Tensor& weight)
{
    return weight.dtype() == DType::F32 && weight.count() >= smallWeight && weight.owner() != nullptr
        && reinterpret_cast<std::uintptr_t>(weight.data()) % alignof(float) == 0;
}

} // namespace

Tensor panelsOf(const Tensor& weight, Transpose transpose)
{
    if (!suits(weight) || panelWidth() == 0)
        return {};
    return packedWeights().of(weight, transpose == Transpose::Yes ? Form::RowPanels : Form::ColumnPanels);
}

Tensor bfloatsOf(const Tensor& weight)
{
    return suits(weight) ? packedWeights().of(weight, Form::Bfloats) : Tensor();
}

std::size_t packedBytes()
{
    return packedWeights().bytes();
}

} // namespace headlight
