#include "core/engine/processed_picture.h"

#include "core/nn/patches.h"

namespace headlight {

Tensor withoutBatch(const Tensor& pixels)
{
    const Shape& shape = pixels.shape();
    return pixels.reshaped({ shape[1], shape[2], shape[3] });
}

Tensor patchesInSquares(const Tensor& pixels, const ImageProcessorConfig::Patches& sizes)
{
    const std::int64_t channels = pixels.shape()[0], height = pixels.shape()[1], width = pixels.shape()[2];
    const std::int64_t patch = sizes.side, side = sizes.merged, frames = sizes.frames;
    const std::int64_t rows = height / patch, columns = width / patch,
                       numbers = channels * frames * patch * patch;
    const std::span<const float> from = pixels.floats();
    return Tensor::make({ rows * columns, numbers }, [&](std::span<float> out) {
        auto target = out.begin();
        for (std::int64_t top = 0; top < rows; top += side)
            for (std::int64_t left = 0; left < columns; left += side)
                for (std::int64_t i = 0; i < side * side; ++i)
                    for (std::int64_t plane = 0; plane < channels * frames; ++plane)
                        for (std::int64_t y = 0; y < patch; ++y) {
                            const std::int64_t line = plane / frames * height + (top + i / side) * patch + y;
                            target = std::copy_n(
                                from.begin() + line * width + (left + i % side) * patch, patch, target);
                        }
    });
}

namespace {

/// Patches of SigLIP 2: pixel by pixel, up to the processor's number of rows.
std::map<std::string, Tensor> patchRows(const ProcessedImage& image, const ImageProcessorConfig& config)
{
    const int side = config.patches->side;
    FlatPatchEmbedding cutter;
    cutter.patch = { side, side };
    const Tensor cut = cutter.cut(withoutBatch(image.pixelValues));
    const std::int64_t real = cut.shape()[0], numbers = cut.shape()[1];
    const std::int64_t rows = std::max<std::int64_t>(real, config.resize ? config.resize->maxPatches : 0);
    std::vector<std::int64_t> mask(static_cast<std::size_t>(rows), 0);
    std::fill_n(mask.begin(), real, 1);
    const Tensor padded = Tensor::make({ 1, rows, numbers }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        std::ranges::copy(cut.floats(), out.begin());
    });
    const Shape& shape = image.pixelValues.shape();
    return { { "pixel_values", padded },
        { "pixel_attention_mask", Tensor::fromIntegers({ 1, rows }, std::move(mask)) },
        { "spatial_shapes", Tensor::fromIntegers({ 1, 2 }, { shape[2] / side, shape[3] / side }) } };
}

std::map<std::string, Tensor> squareTensors(const ProcessedTiles& tiles)
{
    const auto count = std::int64_t(tiles.parts.size());
    const Shape& one = tiles.parts.front().pixelValues.shape();
    const Tensor pixels = Tensor::make({ 1, count, one[1], one[2], one[3] }, [&](std::span<float> out) {
        auto target = out.begin();
        for (const ProcessedImage& part : tiles.parts)
            target = std::ranges::copy(part.pixelValues.floats(), target).out;
    });
    const std::vector<std::int64_t> real(std::size_t(count * one[2] * one[3]), 1);
    return { { "pixel_values", pixels },
        { "pixel_attention_mask", Tensor::fromIntegers({ 1, count, one[2], one[3] }, real) } };
}

} // namespace

Expected<std::map<std::string, Tensor>> tensorsOfPicture(
    const ImageProcessor& processor, const Image& picture)
{
    const ImageProcessorConfig& config = processor.config();
    std::map<std::string, Tensor> tensors;
    if (config.tiles) {
        HEADLIGHT_TRY(const ProcessedTiles tiles, processor.processTiles(picture));
        tensors = squareTensors(tiles);
        tensors.emplace("resized_u8", planes(tiles.resized));
        return tensors;
    }
    HEADLIGHT_TRY(const ProcessedImage image, processor.process(picture));
    if (config.patches && config.words == ImageProcessorConfig::Words::VisionSpan) {
        const Shape& shape = image.pixelValues.shape();
        tensors.emplace("pixel_values", patchesInSquares(withoutBatch(image.pixelValues), *config.patches));
        tensors.emplace("image_grid_thw",
            Tensor::fromIntegers(
                { 1, 3 }, { 1, shape[2] / config.patches->side, shape[3] / config.patches->side }));
    } else if (config.patches) {
        tensors = patchRows(image, config);
    } else {
        tensors.emplace("pixel_values", image.pixelValues);
        if (image.pixelMask)
            tensors.emplace("pixel_mask", *image.pixelMask);
    }
    tensors.emplace("resized_u8", planes(image.resized));
    return tensors;
}

} // namespace headlight
