#pragma once
// One attention map as it is shown: the rows and columns left after hiding special tokens, renormalised when
// asked, the pieces of words joined when asked, and sampled no finer than the screen needs.

#include "ui/session/shown_tokens.h"
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

    bool empty() const { return m_map.empty() || m_rows.count() == 0 || m_columns.count() == 0; }
    bool prompt() const { return rows() * columns() <= promptCells; }
    const AttentionMap& map() const { return m_map; }
    std::int64_t rows() const { return m_rows.count(); }
    std::int64_t columns() const { return m_columns.count(); }
    bool renormalised() const { return m_renormalise; }
    /// Some row or column is a word of several tokens: its keys summed, its queries averaged (each query's
    /// row renormalised before, when that is asked for too).
    bool joined() const { return m_rows.joins() || m_columns.joins(); }

    /// What queries and keys are; not longer than the scene's result lives.
    const TokenAxis& rowAxis() const { return m_rowAxis; }
    const TokenAxis& columnAxis() const { return m_columnAxis; }
    /// Queries and keys are different tokens: a decoder looking at its encoder.
    bool crosses() const { return !(m_rowAxis == m_columnAxis); }

    /// Rows and columns count what is shown; queries and keys are tokens of their axes. A row or column that
    /// is a word of several tokens goes by its first one, and is found by any of them.
    int queryOf(std::int64_t row) const { return m_rows.first(int(row)); }
    int keyOf(std::int64_t column) const { return m_columns.first(int(column)); }
    std::optional<int> rowOf(int query) const { return m_rows.placeOf(query); }
    std::optional<int> columnOf(int key) const { return m_columns.placeOf(key); }
    std::span<const int> queries() const { return m_rows.firsts(); }
    std::span<const int> keys() const { return m_columns.firsts(); }
    /// All tokens of the rows and columns.
    const ShownTokens& rowTokens() const { return m_rows; }
    const ShownTokens& columnTokens() const { return m_columns; }
    /// How many weights are read for a row, and for a column: rows are divided by what is left of them, so
    /// that a column may need the whole map.
    std::int64_t readForRow() const;
    std::int64_t readForColumn() const;

    float at(std::int64_t row, std::int64_t column) const;
    /// Shapes: [columns()].
    std::vector<float> row(std::int64_t row) const;
    /// Shapes: [rows()]. What is left of a row of a large map after hiding is its sum, known from the run,
    /// less what is hidden: to a thousandth where less than a thousandth is left.
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
    bool knowsRowSums() const { return m_map.heads().size() == 1 || m_map.join() == HeadJoin::Mean; }
    /// What is left of each query's row. Shapes: [queries].
    std::vector<float> remainders() const;
    std::vector<float> renormalisedColumn(std::int64_t column) const;
    void addRow(std::span<const float> line, std::int64_t firstKey, int pieces, const Block& block,
        std::span<float> out) const;

    AttentionMap m_map;
    TokenAxis m_rowAxis, m_columnAxis;
    ShownTokens m_rows, m_columns;
    bool m_plain = true, m_renormalise = false;
};

/// Largest value of a tensor, 0 for an empty one.
float largest(const Tensor& values);

} // namespace headlight::ui
