#pragma once
// A grid of cells cut into square windows that may be shifted: which cell is in which window, and what their scores
// carry. Source: Liu et al. 2021, §3.2.

#include "core/attention/score_bias.h"
#include "core/nn/positions.h"
#include "core/nn/run.h"

namespace headlight {

class ShiftedWindows {
public:
    /// `shift` < `window` cells, up and to the left; what leaves the grid comes in on the other side. A grid that is no
    /// whole number of windows is filled up with zeros to the right and below.
    ShiftedWindows(GridSize grid, std::int64_t window, std::int64_t shift);

    /// One sequence per window.
    Packing packing() const;
    /// Cells in the order of the windows. Shapes: x [grid.count(),E] → [windows·window²,E].
    Var gather(const Var& x) const;
    /// Back again, without what filled up. Shapes: [windows·window²,E] → [grid.count(),E].
    Var scatter(const Var& x) const;
    /// For each cell of the grid its row in the order of the windows: what `scatter` does to rows.
    std::vector<std::int64_t> scattered() const;
    /// A learned number per head and offset of two cells, and −100 between cells that only the shift brought together.
    /// Shapes: table [(2·window−1)²,H].
    std::shared_ptr<const ScoreBias> bias(const Var& table) const;
    /// For recording: places on the filled-up grid; `cell` patches make up a side of a cell.
    std::shared_ptr<const Windows> windows(std::int64_t cell) const;

private:
    std::int64_t area() const { return m_window * m_window; }
    /// On the filled-up grid, of each row in the order of the windows.
    std::vector<std::int64_t> places() const;
    /// Cells of different numbers were no neighbours before the shift.
    std::vector<std::int8_t> regions() const;

    GridSize m_grid, m_filled;
    std::int64_t m_window, m_shift;
};

} // namespace headlight
