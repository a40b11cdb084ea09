#include "core/text/merge_table.h"

#include "core/base/check.h"

#include <bit>
#include <queue>

namespace headlight {
namespace {

constexpr std::size_t longestShort = 48; ///< symbols; from here on a heap is faster

/// A merge that may be possible when its turn comes.
struct Candidate {
    std::int32_t rank, at, id;
    bool operator<(const Candidate& other) const // the heap's top is its greatest
    {
        return rank != other.rank ? rank > other.rank : at > other.at;
    }
};

/// A symbol in a row that others drop out of.
struct Link {
    std::int32_t before, after; ///< -1 at the ends
    bool alive;
};

} // namespace

MergeTable::MergeTable(std::size_t count)
    : m_slots(std::bit_ceil(std::max<std::size_t>(2 * count, 2)))
    , m_shift(64 - std::countr_zero(m_slots.size()))
{
}

void MergeTable::add(std::int32_t left, std::int32_t right, Merge merge)
{
    const std::uint64_t added = key(left, right);
    HEADLIGHT_CHECK(added != empty, "token ids are not negative");
    std::size_t at = place(added);
    for (std::size_t tried = 0; m_slots[at].key != empty && m_slots[at].key != added; ++tried) {
        HEADLIGHT_CHECK(tried < m_slots.size() / 2, "more merges than there is room for");
        at = (at + 1) & (m_slots.size() - 1);
    }
    m_slots[at] = { added, merge };
}

void MergeTable::merge(std::vector<Symbol>& word, std::size_t first) const
{
    if (word.size() - first <= longestShort)
        mergeShort(word, first);
    else
        mergeLong(word, first);
}

void MergeTable::mergeShort(std::vector<Symbol>& word, std::size_t first) const
{
    std::array<Merge, longestShort> merges; // of each symbol with the next
    Symbol* const symbols = word.data() + first;
    std::size_t count = word.size() - first;
    for (std::size_t i = 0; i + 1 < count; ++i)
        merges[i] = find(symbols[i].id, symbols[i + 1].id);
    while (count > 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i + 1 < count; ++i)
            if (merges[i].rank < merges[best].rank)
                best = i;
        if (merges[best].rank == none)
            break;
        symbols[best] = { merges[best].id, { symbols[best].span.begin, symbols[best + 1].span.end } };
        --count;
        for (std::size_t i = best + 1; i < count; ++i) {
            symbols[i] = symbols[i + 1];
            merges[i] = merges[i + 1]; // the last one is stale and never looked at
        }
        if (best + 1 < count)
            merges[best] = find(symbols[best].id, symbols[best + 1].id);
        if (best > 0)
            merges[best - 1] = find(symbols[best - 1].id, symbols[best].id);
    }
    word.resize(first + count);
}

void MergeTable::mergeLong(std::vector<Symbol>& word, std::size_t first) const
{
    Symbol* const symbols = word.data() + first;
    const auto count = std::int32_t(word.size() - first);
    std::vector<Link> links(std::size_t(count), Link{});
    std::vector<Candidate> heap;
    const auto consider = [&](std::int32_t left, std::int32_t right) {
        const Merge merge = find(symbols[left].id, symbols[right].id);
        if (merge.rank == none)
            return;
        heap.push_back({ merge.rank, left, merge.id });
        std::push_heap(heap.begin(), heap.end());
    };
    for (std::int32_t i = 0; i < count; ++i)
        links[std::size_t(i)] = { i - 1, i + 1 < count ? i + 1 : -1, true };
    for (std::int32_t i = 0; i + 1 < count; ++i)
        consider(i, i + 1);
    while (!heap.empty()) {
        const Candidate top = heap.front();
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
        Link& link = links[std::size_t(top.at)];
        if (!link.alive || link.after < 0)
            continue;
        const std::int32_t next = link.after;
        const Merge now = find(symbols[top.at].id, symbols[next].id);
        if (now.rank == none || now.id != top.id) // one of the two has become something else
            continue;
        symbols[top.at] = { top.id, { symbols[top.at].span.begin, symbols[next].span.end } };
        links[std::size_t(next)].alive = false;
        link.after = links[std::size_t(next)].after;
        if (link.after >= 0) {
            links[std::size_t(link.after)].before = top.at;
            consider(top.at, link.after);
        }
        if (link.before >= 0)
            consider(link.before, top.at);
    }
    std::size_t kept = first;
    for (std::int32_t i = 0; i < count; ++i)
        if (links[std::size_t(i)].alive)
            word[kept++] = symbols[i];
    word.resize(kept);
}

} // namespace headlight
