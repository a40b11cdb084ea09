#pragma once
// From a picture to what a model is fed, as the processor named in preprocessor_config.json does it.

#include "core/vision/image_processor_config.h"

namespace headlight {

struct ProcessedImage {
    Tensor pixelValues; ///< [1,3,H,W], F32
    std::optional<Tensor>
        pixelMask; ///< [1,H,W], I64, 1 where the picture is; only for models that ask for it (DETR)
    Image resized; ///< the same pixels before rescaling and normalising; padding is black
    /// What the H×W pixels cover of the original picture.
    PictureArea area;
};

/// A picture cut into squares, row by row, and all of it once more as a small square at the end.
struct ProcessedTiles {
    std::vector<ProcessedImage> parts; ///< [1,3,S,S] each
    int rows = 0, columns = 0; ///< 0: there is the small one only
    Image resized; ///< what the squares were cut from, else the small one
};

/// Several pictures padded to a common size.
struct ProcessedBatch {
    Tensor pixelValues; ///< [B,3,H,W], F32
    std::optional<Tensor> pixelMask; ///< [B,H,W], I64
};

/// Immutable. Every step is that of the reference, byte for byte in `resized` and to the last bit of f32
/// after it. Source: Hugging Face transformers 4.48, the slow image processors.
class ImageProcessor {
public:
    /// From `folder`/preprocessor_config.json. Errors: as readImageProcessorConfig.
    static Expected<ImageProcessor> open(const std::filesystem::path& folder);
    static ImageProcessor fromConfig(ImageProcessorConfig config);

    const ImageProcessorConfig& config() const { return m_config; }

    /// Errors: BadInput when the picture's shape does not fit the processor (see sizeAfter, or larger than
    /// pad_size).
    Expected<ProcessedImage> process(const Image& image) const;
    /// For processors that cut (config().tiles). Errors: as process.
    Expected<ProcessedTiles> processTiles(const Image& image) const;
    /// Errors: as process; BadInput when the pictures differ in size and the processor does not pad.
    Expected<ProcessedBatch> processBatch(std::span<const Image> images) const;

private:
    /// A picture after the steps on 8-bit pixels.
    struct Prepared {
        Image image;
        PictureArea area;
    };

    explicit ImageProcessor(ImageProcessorConfig config);
    Expected<Prepared> prepare(const Image& image) const;
    Expected<PixelSize> commonSize(std::span<const Image> prepared) const;
    ProcessedImage part(const Image& square, const PictureArea& area) const;
    ProcessedBatch assemble(std::span<const Image> prepared, PixelSize padded) const;
    void writeValues(const Image& image, PixelSize padded, std::span<float> out) const;

    ImageProcessorConfig m_config;
    /// The value of each 8-bit level, per channel.
    std::array<std::array<float, 256>, Image::channels> m_values{};
};

} // namespace headlight
