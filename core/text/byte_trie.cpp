#include "core/text/byte_trie.h"

namespace headlight {

using Entry = std::pair<std::string_view, std::int32_t>;

/// Builds level by level from the sorted tokens: those below one node are a range of them.
ByteTrie::ByteTrie(std::vector<Entry> entries)
{
    std::stable_sort(
        entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.first < b.first; });
    m_nodes.resize(entries.size() + 512);
    m_nodes[0].parent = 0;
    std::vector<Range> open{ { 0, entries.size(), 0, root() } };
    std::vector<std::uint8_t> bytes;
    std::vector<std::size_t> begins;
    while (!open.empty()) {
        Range range = open.back();
        open.pop_back();
        while (range.begin < range.end && entries[range.begin].first.size() == range.depth) {
            if (range.depth > 0)
                m_nodes[std::size_t(range.node)].value = entries[range.begin].second;
            ++range.begin;
        }
        bytes.clear();
        begins.clear();
        for (std::size_t i = range.begin; i < range.end; ++i)
            if (const auto byte = std::uint8_t(entries[i].first[range.depth]);
                bytes.empty() || bytes.back() != byte) {
                bytes.push_back(byte);
                begins.push_back(i);
            }
        begins.push_back(range.end);
        if (bytes.empty())
            continue;
        const std::int32_t base = freeBase(bytes);
        m_nodes[std::size_t(range.node)].base = base;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const std::int32_t child = base + bytes[i];
            m_nodes[std::size_t(child)].parent = range.node;
            open.push_back({ begins[i], begins[i + 1], range.depth + 1, child });
        }
    }
}

/// A base from which every byte leads to an unused node; grows the array as needed.
std::int32_t ByteTrie::freeBase(const std::vector<std::uint8_t>& bytes)
{
    constexpr std::size_t patience = 64; // then the holes before are given up
    const auto isFree = [this](std::size_t at) { return at >= m_nodes.size() || m_nodes[at].parent == none; };
    while (!isFree(m_firstFree))
        ++m_firstFree;
    std::size_t tried = 0, at = std::max<std::size_t>(m_firstFree, std::size_t(bytes.front()) + 1);
    for (;; ++at) {
        if (!isFree(at))
            continue;
        const std::size_t base = at - bytes.front();
        if (std::all_of(bytes.begin(), bytes.end(), [&](std::uint8_t byte) { return isFree(base + byte); })) {
            if (base + 256 > m_nodes.size())
                m_nodes.resize(std::max(2 * m_nodes.size(), base + 256));
            return std::int32_t(base);
        }
        if (++tried > patience)
            m_firstFree = std::max(m_firstFree, at);
    }
}

} // namespace headlight
