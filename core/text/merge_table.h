#pragma once
// The merge rules of a BPE vocabulary by ids, and the merging of one word. Source: Sennrich et al. 2016.

#include "core/text/normalized_string.h"

#include <cstdint>
#include <vector>

namespace headlight {

/// A token of a word that is being put together, and the code points it covers.
struct Symbol {
    std::int32_t id = 0;
    Span span;
};

class MergeTable {
public:
    struct Merge {
        std::int32_t rank = none, id = 0; ///< lower ranks are merged first; the id of what becomes of the two
    };
    static constexpr std::int32_t none = 0x7fffffff; ///< the rank of two that do not merge

    /// Room for `count` rules.
    explicit MergeTable(std::size_t count = 0);
    /// A pair given twice keeps its last rule.
    void add(std::int32_t left, std::int32_t right, Merge merge);
    Merge find(std::int32_t left, std::int32_t right) const
    {
        const std::uint64_t wanted = key(left, right);
        for (std::size_t at = place(wanted);; at = (at + 1) & (m_slots.size() - 1)) {
            if (m_slots[at].key == wanted)
                return m_slots[at].merge;
            if (m_slots[at].key == empty)
                return {};
        }
    }

    /// Merges neighbours in word[first..], always those with the lowest rank, of equal ones the leftmost,
    /// until no rule applies. Time: n² for short words, n log n for long ones.
    void merge(std::vector<Symbol>& word, std::size_t first) const;

private:
    static constexpr std::uint64_t empty = ~std::uint64_t(0);
    struct Slot {
        std::uint64_t key = empty;
        Merge merge;
    };
    static std::uint64_t key(std::int32_t left, std::int32_t right)
    {
        return std::uint64_t(std::uint32_t(left)) << 32 | std::uint32_t(right);
    }
    std::size_t place(std::uint64_t key) const { return std::size_t((key * 0x9e3779b97f4a7c15u) >> m_shift); }
    void mergeShort(std::vector<Symbol>& word, std::size_t first) const;
    void mergeLong(std::vector<Symbol>& word, std::size_t first) const;

    std::vector<Slot> m_slots; ///< open addressing, at most half full
    int m_shift = 63;
};

} // namespace headlight
