#pragma once
// Tokens by their bytes, for finding every token that a text begins with in one walk.

#include <cstdint>
#include <string_view>
#include <vector>

namespace headlight {

class ByteTrie {
public:
    static constexpr std::int32_t none = -1;

    /// (token, value); a token given twice keeps its last value, an empty one is never found.
    explicit ByteTrie(std::vector<std::pair<std::string_view, std::int32_t>> entries);

    /// The node after `node` along `byte`, or none. A walk starts at root().
    std::int32_t step(std::int32_t node, std::uint8_t byte) const
    {
        const std::size_t at = std::size_t(m_nodes[std::size_t(node)].base) + byte;
        return at < m_nodes.size() && m_nodes[at].parent == node ? std::int32_t(at) : none;
    }
    /// The value of the token that ends here, or none.
    std::int32_t value(std::int32_t node) const { return m_nodes[std::size_t(node)].value; }
    static constexpr std::int32_t root() { return 0; }

private:
    /// A double array: the child along a byte is at base + byte and knows its parent. Source: Aoe 1989.
    struct Node {
        std::int32_t base = 0, parent = none, value = none;
    };
    struct Range {
        std::size_t begin, end, depth;
        std::int32_t node;
    };
    std::int32_t freeBase(const std::vector<std::uint8_t>& bytes);

    std::vector<Node> m_nodes;
    std::size_t m_firstFree = 1;
};

} // namespace headlight
