#include "core/nn/window_blocks.h"

namespace headlight {

Var WindowBlock::operator()(const Var& x, GridSize grid, Run& run) const
{
    const bool oneWindow = std::min(grid.rows, grid.columns) <= window;
    const ShiftedWindows cut(grid, window, shifts && !oneWindow ? window / 2 : 0);
    const Var inside = cut.gather(before(x, run));
    const Packing packing = cut.packing();
    const Heads::Pass pass{ packing, packing, cut.bias(run.useFloat(biasTable)), cut.windows(cell) };
    const Var attended =
        output(heads(query(inside, run), key(inside, run), value(inside, run), pass, run), run);
    const Var between = run.addResidual(x,
        run.changed(attended, cut.scatter(attended), "windows put back",
            run.steps ? cut.scattered() : std::vector<std::int64_t>()));
    return add(between, feedForward(after(between, run), run));
}

Var PatchMerging::operator()(const Var& x, GridSize grid, Run& run) const
{
    const std::int64_t width = x.shape().columns(), nothing = grid.count();
    const GridSize half{ (grid.rows + 1) / 2, (grid.columns + 1) / 2 };
    const std::array<Var, 2> padded{ x, Var(Tensor::zeros({ 1, width })) };
    const Var rows = concatenateRows(padded);
    std::vector<Var> parts;
    for (const auto& [down, right] : { std::pair(0, 0), std::pair(1, 0), std::pair(0, 1), std::pair(1, 1) }) {
        std::vector<std::int64_t> taken;
        for (std::int64_t i = 0; i < half.count(); ++i) {
            const std::int64_t row = i / half.columns * 2 + down, column = i % half.columns * 2 + right;
            taken.push_back(row < grid.rows && column < grid.columns ? row * grid.columns + column : nothing);
        }
        parts.push_back(gatherRows(rows, taken));
    }
    return reduction(norm(concatenateColumns(parts), run), run);
}

} // namespace headlight
