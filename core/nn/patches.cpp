#include "core/nn/patches.h"

namespace headlight {
namespace {

/// Shapes: picture [C,H,W] → [patches, C·h·w], patches row by row.
Tensor unfold(const Tensor& picture, GridSize patch, GridSize grid)
{
    const std::int64_t channels = picture.shape()[0], height = picture.shape()[1], width = picture.shape()[2];
    const std::span<const float> pixels = picture.floats();
    return Tensor::make({ grid.count(), channels * patch.count() }, [&](std::span<float> out) {
        auto target = out.begin();
        for (std::int64_t i = 0; i < grid.count(); ++i)
            for (std::int64_t c = 0; c < channels; ++c)
                for (std::int64_t y = 0; y < patch.rows; ++y) {
                    const std::int64_t row = i / grid.columns * patch.rows + y, column = i % grid.columns * patch.columns;
                    target = std::copy_n(pixels.begin() + (c * height + row) * width + column, patch.columns, target);
                }
    });
}

} // namespace

PatchEmbedding PatchEmbedding::load(ParameterSource& source, const std::string& name, const Sizes& sizes, Bias bias)
{
    const Shape shape { sizes.width, sizes.channels, sizes.patch.rows, sizes.patch.columns };
    return { source.take(name + ".weight", shape, Initialisation::normal(0.02f)),
        bias == Bias::Yes ? source.take(name + ".bias", { sizes.width }, Initialisation::zeros()) : nullptr, sizes.patch,
        sizes.channels };
}

GridSize PatchEmbedding::grid(const Tensor& picture) const
{
    return { picture.shape()[1] / patch.rows, picture.shape()[2] / patch.columns };
}

Var PatchEmbedding::operator()(std::span<const Tensor> pictures, Run& run) const
{
    std::vector<Var> pixels;
    for (const Tensor& picture : pictures)
        pixels.emplace_back(unfold(picture.toFloat(), patch, grid(picture)));
    const std::int64_t width = weight->value.shape()[0];
    const Var flat = reshape(run.use(weight), { width, channels * patch.count() });
    return linear(concatenateRows(pixels), flat, bias ? run.use(bias) : Var());
}

Tensor FlatPatchEmbedding::cut(const Tensor& picture) const
{
    const std::int64_t height = picture.shape()[1], width = picture.shape()[2];
    const GridSize grid { height / patch.rows, width / patch.columns };
    const Tensor source = picture.toFloat();
    return Tensor::make({ grid.count(), patch.count() * channels }, [&](std::span<float> out) {
        auto target = out.begin();
        for (std::int64_t i = 0; i < grid.count(); ++i)
            for (std::int64_t p = 0; p < patch.count(); ++p) {
                const std::int64_t y = i / grid.columns * patch.rows + p / patch.columns;
                const std::int64_t x = i % grid.columns * patch.columns + p % patch.columns;
                for (std::int64_t c = 0; c < channels; ++c)
                    *target++ = source.at((c * height + y) * width + x);
            }
    });
}

std::int64_t SurroundingTokens::registerCount() const
{
    return registers ? registers->value.shape().rows() : 0;
}

std::int64_t SurroundingTokens::trailingCount() const
{
    return trailing ? trailing->value.shape().rows() : 0;
}

Var SurroundingTokens::around(const Var& patches, std::span<const GridSize> grids, Run& run) const
{
    const std::int64_t width = patches.shape().columns(), behind = trailingCount();
    const std::int64_t before = leadingCount();
    std::vector<Var> parts;
    for (const ParameterRef& token : leading)
        parts.push_back(reshape(run.useFloat(token), { 1, width }));
    if (registers)
        parts.push_back(reshape(run.useFloat(registers), { registerCount(), width }));
    if (trailing)
        parts.push_back(reshape(run.useFloat(trailing), { behind, width }));
    parts.push_back(patches);
    std::vector<std::int64_t> order;
    std::int64_t next = before + behind; // specials come first in the joined rows, the patches of all pictures follow
    for (const GridSize& grid : grids) {
        for (std::int64_t i = 0; i < before; ++i)
            order.push_back(i);
        for (std::int64_t i = 0; i < grid.count(); ++i)
            order.push_back(next++);
        for (std::int64_t i = 0; i < behind; ++i)
            order.push_back(before + i);
    }
    return gatherRows(concatenateRows(parts), order);
}

Tensor paddedPicture(const Tensor& picture, GridSize patch)
{
    const std::int64_t channels = picture.shape()[0], height = picture.shape()[1], width = picture.shape()[2];
    const std::int64_t fullHeight = (height + patch.rows - 1) / patch.rows * patch.rows;
    const std::int64_t fullWidth = (width + patch.columns - 1) / patch.columns * patch.columns;
    if (fullHeight == height && fullWidth == width)
        return picture;
    return Tensor::make({ channels, fullHeight, fullWidth }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        for (std::int64_t line = 0; line < channels * height; ++line)
            std::copy_n(picture.floats().begin() + line * width, width,
                out.begin() + (line / height * fullHeight + line % height) * fullWidth);
    });
}

} // namespace headlight
