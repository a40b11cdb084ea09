#pragma once
// Two heads laid over each other: aligned rows and columns, and their difference, read in blocks so that
// inputs of any length can be compared.

#include "ui/session/comparison.h"
#include "ui/views/shown_map.h"
#include "ui/views/token_alignment.h"

namespace headlight::ui {

enum class CompareSide { A, B, Difference };
enum class Sign { AMinusB, BMinusA };

/// The cell that changed most.
struct LargestChange {
    int row = 0, column = 0;
    float difference = 0;
};

/// What a whole pass over both maps tells. Shapes: the three tensors [h,w].
struct CompareSamples {
    Tensor a, b, difference;
    /// Total variation of each row, ½ Σ |a − b|; NaN for rows that one side has not.
    std::vector<float> distances;
    std::optional<LargestChange> largest; ///< none when no cell is on both sides

    float top() const { return largest ? std::abs(largest->difference) : 0.0f; }
    /// Mean of the distances; none without a common row.
    std::optional<float> meanDistance() const;
};

class CompareMaps {
public:
    CompareMaps() = default;
    /// Of the scene's selection and of `scene.other`. Options: "minus" is "b-a" or "a-b".
    explicit CompareMaps(const Scene& scene);

    /// Why there is nothing to see: no other side, or tokens that cannot be aligned. Empty: there is.
    const QString& reason() const { return m_reason; }
    bool empty() const { return rows() == 0 || columns() == 0; }
    int rows() const { return m_rows.count(); }
    int columns() const { return m_columns.count(); }
    /// Small enough to be made at once on the GUI thread.
    bool prompt() const { return std::int64_t(rows()) * columns() <= ShownMap::promptCells; }
    Sign sign() const { return m_sign; }

    const ShownMap& a() const { return m_a; }
    const ShownMap& b() const { return m_b; }
    const TokenAlignment& rowUnits() const { return m_rows; }
    const TokenAlignment& columnUnits() const { return m_columns; }
    Block whole() const { return { 0, rows(), 0, columns() }; }

    /// Tokens of A's axes that a row or column stands for; empty when only B has it.
    std::vector<int> queriesOfA(int row) const;
    std::vector<int> keysOfA(int column) const;
    std::optional<int> rowOfQuery(int query) const;
    std::optional<int> columnOfKey(int key) const;
    QString rowLabel(CompareSide side, int row) const;
    QString columnLabel(CompareSide side, int column) const;

    /// Shapes: [rows,columns] of the block. Several queries are averaged, several keys summed; what a side
    /// has not is 0.
    Tensor block(CompareSide side, const Block& block) const;
    /// The block at no more than [height,width]. A difference pooled by its maximum is the one farthest from
    /// 0, with its sign; gaps take no part in means. Ends early when a stop is requested.
    Tensor sample(CompareSide side, const Block& block, std::int64_t height, std::int64_t width,
        Pooling pooling, const std::stop_token& stop = {}) const;
    /// All three sides and the statistics in one pass.
    CompareSamples samples(
        std::int64_t height, std::int64_t width, Pooling pooling, const std::stop_token& stop = {}) const;

private:
    struct Lines;
    Tensor aligned(bool ofA, const Block& block) const;
    Tensor difference(const Tensor& a, const Tensor& b) const;
    std::vector<char> present(CompareSide side, const TokenAlignment& units) const;
    void account(const Lines& lines, CompareSamples& samples) const;

    Scene m_scene, m_otherScene; ///< keep the results that the axes point into
    ShownMap m_a, m_b;
    TokenAlignment m_rows, m_columns;
    Sign m_sign = Sign::AMinusB;
    QString m_reason;
};

} // namespace headlight::ui
