#pragma once
// Maximum flow through a directed graph, in whole units, so that a flow and a cut can be equal to the last
// one.

#include <cstdint>
#include <vector>

namespace headlight {

/// Dinic's algorithm: shortest paths first, many at a time. O(V²·E) at worst, far less on layered graphs.
/// Source: Dinic 1970.
class MaxFlow {
public:
    using Units = std::int64_t;
    explicit MaxFlow(int nodes)
        : m_edgesOf(static_cast<std::size_t>(nodes))
    {
    }

    void addEdge(int from, int to, Units capacity);
    /// The largest flow from `source` to `sink`; every call starts from an empty network. At most `enough`
    /// when given: a bound the caller knows ends the search early.
    Units run(int source, int sink, Units enough = INT64_MAX);

private:
    struct Edge {
        int to;
        Units capacity;
    };
    bool measure(int source, int sink);
    Units push(int node, int sink, Units most);

    std::vector<Edge> m_edges; ///< each is followed by its reverse
    std::vector<Units> m_left; ///< capacity left
    std::vector<std::vector<int>> m_edgesOf;
    std::vector<int> m_distance; ///< to the sink; -1 where it cannot be reached
    std::vector<std::size_t> m_next; ///< the first edge of a node that is not yet exhausted
    std::vector<int> m_queue;
};

} // namespace headlight
