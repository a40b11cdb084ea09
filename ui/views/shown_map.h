#pragma once
// One attention map as it is shown: the rows and columns left after hiding special tokens, renormalised when
// asked, and sampled no finer than the screen needs.

#include "ui/session/token_axis.h"
#include "ui/views/view.h"

#include <stop_token>

namespace headlight::ui {

class ShownMap {
public:
    /// Maps of at most this many weights are made at once on the GUI thread; larger ones on a worker.
    static constexpr std::int64_t promptCells = 512 * 512;

    ShownMap() = default;
    /// The chosen heads of the chosen layer. Empty when the result has no such layer or head.
    explicit ShownMap(const Scene& scene);
    /// One head of the same scene, chosen or not.
    ShownMap(const Scene& scene, int layer, std::vector<int> heads);

    bool empty() const { return m_map.empty() || m_queries.empty() || m_keys.empty(); }
    bool prompt() const { return rows() * columns() <= promptCells; }
    const AttentionMap& map() const { return m_map; }
    std::int64_t rows() const { return std::int64_t(m_queries.size()); }
    std::int64_t columns() const { return std::int64_t(m_keys.size()); }
    bool renormalised() const { return m_renormalise; }

    /// What queries and keys are; not longer than the scene's result lives.
    const TokenAxis& rowAxis() const { return m_rowAxis; }
    const TokenAxis& columnAxis() const { return m_columnAxis; }
    /// Queries and keys are different tokens: a decoder looking at its encoder.
    bool crosses() const { return !(m_rowAxis == m_columnAxis); }

    /// Rows and columns count what is shown; queries and keys are tokens of their axes.
    int queryOf(std::int64_t row) const { return m_queries[std::size_t(row)]; }
    int keyOf(std::int64_t column) const { return m_keys[std::size_t(column)]; }
    std::optional<int> rowOf(int query) const;
    std::optional<int> columnOf(int key) const;
    std::span<const int> queries() const { return m_queries; }
    std::span<const int> keys() const { return m_keys; }

    float at(std::int64_t row, std::int64_t column) const;
    /// Shapes: [columns()].
    std::vector<float> row(std::int64_t row) const;
    /// Shapes: [rows()].
    std::vector<float> column(std::int64_t column) const;
    /// Shapes: [rows,columns] of the block, which counts shown rows and columns.
    Tensor block(const Block& block) const;
    /// The block at no more than [height,width]; each number the largest or mean weight of those it stands
    /// for. Ends early, with zeros, when a stop is requested.
    Tensor sample(const Block& block, std::int64_t height, std::int64_t width, Pooling pooling,
        const std::stop_token& stop = {}) const;
    Block whole() const { return { 0, rows(), 0, columns() }; }

private:
    ShownMap(const Scene& scene, AttentionMap map);

    AttentionMap m_map;
    TokenAxis m_rowAxis, m_columnAxis;
    std::vector<int> m_queries, m_keys;
    bool m_hidden = false, m_renormalise = false;
};

/// Largest value of a tensor, 0 for an empty one.
float largest(const Tensor& values);

} // namespace headlight::ui
