#include "core/models/row_convolution.h"

namespace headlight {
namespace {

/// For each row the one `shift` further in its text, or the row after the last where there is none.
std::vector<std::int64_t> neighbours(const Packing& packing, std::int64_t shift)
{
    std::vector<std::int64_t> rows;
    for (std::size_t s = 0; s + 1 < packing.begins.size(); ++s)
        for (std::int64_t i = packing.begins[s]; i < packing.begins[s + 1]; ++i) {
            const std::int64_t other = i + shift;
            rows.push_back(other >= packing.begins[s] && other < packing.begins[s + 1] ? other : packing.rows());
        }
    return rows;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t count)
{
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 0; i < count; ++i)
        numbers.push_back(first + i);
    return numbers;
}

} // namespace

RowConvolution RowConvolution::load(ParameterSource& source, const std::string& name, const Sizes& sizes, Config& config)
{
    if (sizes.kernel % 2 == 0)
        config.problem(fmt::format("A convolution over {} tokens has no middle; an odd number was expected.", sizes.kernel));
    if (sizes.width % sizes.groups != 0)
        config.problem(fmt::format("{} numbers cannot be shared by {} groups of a convolution.", sizes.width, sizes.groups));
    return { sizes, source.take(name + ".weight", { sizes.width, sizes.width / sizes.groups, sizes.kernel }, Initialisation::normal(0.02f)),
        source.take(name + ".bias", { sizes.width }, Initialisation::zeros()) };
}

Var RowConvolution::ofGroup(const Var& x, std::int64_t group, const Packing& packing, Run& run) const
{
    const std::int64_t size = sizes.width / sizes.groups;
    const std::vector<std::int64_t> outputs = range(group * size, size);
    const ColumnRange columns { group * size, (group + 1) * size };
    const Var part = sizes.groups == 1 ? x : selectColumns(x, { &columns, 1 });
    const Var own = gatherRows(reshape(run.useFloat(weight), { sizes.width, size * sizes.kernel }), outputs);
    const Var taps = reshape(own, { size * size, sizes.kernel });
    const Var offset = reshape(gatherRows(reshape(run.useFloat(bias), { sizes.width, 1 }), outputs), { size });
    Var sum;
    for (std::int64_t tap = 0; tap < sizes.kernel; ++tap) {
        const ColumnRange one { tap, tap + 1 };
        const Var matrix = reshape(selectColumns(taps, { &one, 1 }), { size, size });
        const Var term = linear(gatherRows(part, neighbours(packing, tap - sizes.kernel / 2)), matrix, tap == 0 ? offset : Var());
        sum = tap == 0 ? term : add(sum, term);
    }
    return sum;
}

Var RowConvolution::operator()(const Var& x, const Packing& packing, Run& run) const
{
    const std::array<Var, 2> padded { x, Var(Tensor::zeros({ 1, sizes.width })) };
    const Var all = concatenateRows(padded);
    std::vector<Var> parts;
    for (std::int64_t group = 0; group < sizes.groups; ++group)
        parts.push_back(ofGroup(all, group, packing, run));
    return parts.size() == 1 ? parts.front() : concatenateColumns(parts);
}

Var withoutPadding(const Var& x, const Packing& packing)
{
    const auto hidden = [](const std::vector<std::uint8_t>& mask) { return std::find(mask.begin(), mask.end(), 0) != mask.end(); };
    if (std::none_of(packing.keyMasks.begin(), packing.keyMasks.end(), hidden))
        return x;
    const std::int64_t width = x.shape().columns();
    return multiply(x, Var(Tensor::make(x.shape(), [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 1.0f);
        for (std::size_t s = 0; s < packing.keyMasks.size(); ++s)
            for (std::size_t i = 0; i < packing.keyMasks[s].size(); ++i)
                if (packing.keyMasks[s][i] == 0)
                    std::fill_n(out.begin() + (packing.begins[s] + std::int64_t(i)) * width, width, 0.0f);
    })));
}

} // namespace headlight
