#include "core/explain/max_flow.h"

namespace headlight {

void MaxFlow::addEdge(int from, int to, Units capacity)
{
    m_edgesOf[std::size_t(from)].push_back(int(m_edges.size()));
    m_edges.push_back({ to, capacity });
    m_edgesOf[std::size_t(to)].push_back(int(m_edges.size()));
    m_edges.push_back({ from, 0 });
}

/// Distances to the sink over edges with capacity left, from the sink backwards: nodes that lead nowhere are
/// never seen.
bool MaxFlow::measure(int source, int sink)
{
    m_distance.assign(m_edgesOf.size(), -1);
    m_queue.assign(1, sink);
    m_distance[std::size_t(sink)] = 0;
    for (std::size_t i = 0; i < m_queue.size(); ++i) {
        const auto node = std::size_t(m_queue[i]);
        if (m_queue[i] == source)
            return true;
        for (const int edge : m_edgesOf[node]) {
            const int from = m_edges[std::size_t(edge)].to;
            if (m_left[std::size_t(edge ^ 1)] > 0 && m_distance[std::size_t(from)] < 0) {
                m_distance[std::size_t(from)] = m_distance[node] + 1;
                m_queue.push_back(from);
            }
        }
    }
    return false;
}

MaxFlow::Units MaxFlow::push(int node, int sink, Units most)
{
    if (node == sink)
        return most;
    Units pushed = 0;
    const std::vector<int>& edges = m_edgesOf[std::size_t(node)];
    for (std::size_t& next = m_next[std::size_t(node)]; next < edges.size(); ++next) {
        const auto edge = std::size_t(edges[next]);
        const int to = m_edges[edge].to;
        if (m_left[edge] <= 0 || m_distance[std::size_t(to)] != m_distance[std::size_t(node)] - 1)
            continue;
        const Units through = push(to, sink, std::min(most - pushed, m_left[edge]));
        m_left[edge] -= through;
        m_left[edge ^ 1] += through;
        pushed += through;
        if (pushed == most)
            return pushed; // this edge may have more to give
    }
    return pushed;
}

MaxFlow::Units MaxFlow::run(int source, int sink, Units enough)
{
    m_left.resize(m_edges.size());
    for (std::size_t i = 0; i < m_edges.size(); ++i)
        m_left[i] = m_edges[i].capacity;
    Units total = 0;
    while (total < enough && measure(source, sink)) {
        m_next.assign(m_edgesOf.size(), 0);
        total += push(source, sink, enough - total);
    }
    return total;
}

} // namespace headlight
