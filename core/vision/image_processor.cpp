// Resize, crop, rescale, normalise, pad: in this order, each where the configuration has it.

#include "core/vision/image_processor.h"

namespace headlight {
namespace {

/// The largest whole number at or under n / 2, also below zero.
int floorHalf(int n)
{
    return n >= 0 ? n / 2 : -((1 - n) / 2);
}

PixelSize sizeOf(const Image& image)
{
    return { image.width(), image.height() };
}

/// 1 where a picture is (top left), 0 elsewhere. Shape: [B,H,W].
Tensor maskFor(std::span<const Image> pictures, PixelSize padded)
{
    std::vector<std::int64_t> mask;
    mask.reserve(pictures.size() * std::size_t(padded.width) * std::size_t(padded.height));
    for (const Image& picture : pictures) {
        for (int y = 0; y < padded.height; ++y) {
            for (int x = 0; x < padded.width; ++x)
                mask.push_back(x < picture.width() && y < picture.height() ? 1 : 0);
        }
    }
    return Tensor::fromIntegers(
        { std::int64_t(pictures.size()), padded.height, padded.width }, std::move(mask));
}

} // namespace

Expected<ImageProcessor> ImageProcessor::open(const std::filesystem::path& folder)
{
    HEADLIGHT_TRY(ImageProcessorConfig config, readImageProcessorConfig(folder));
    return ImageProcessor(std::move(config));
}

ImageProcessor ImageProcessor::fromConfig(ImageProcessorConfig config)
{
    return ImageProcessor(std::move(config));
}

/// The reference rescales in f64, rounds to f32 and normalises in f32.
ImageProcessor::ImageProcessor(ImageProcessorConfig config)
    : m_config(std::move(config))
{
    for (std::size_t c = 0; c < m_values.size(); ++c) {
        for (std::size_t level = 0; level < m_values[c].size(); ++level) {
            float value = float(double(level) * m_config.rescale.value_or(1.0));
            if (m_config.normalise)
                value =
                    (value - float(m_config.normalise->mean[c])) / float(m_config.normalise->deviation[c]);
            m_values[c][level] = value;
        }
    }
}

Expected<ImageProcessor::Prepared> ImageProcessor::prepare(const Image& image) const
{
    HEADLIGHT_CHECK(!image.empty(), "an empty picture for the processor");
    Image current = image;
    if (m_config.resize) {
        HEADLIGHT_TRY(const PixelSize size, sizeAfter(*m_config.resize, sizeOf(image)));
        current = resize(image, size.width, size.height, m_config.resize->resample);
    }
    const double scaleX = double(image.width()) / current.width();
    const double scaleY = double(image.height()) / current.height();
    int left = 0, top = 0;
    if (m_config.crop) {
        left = floorHalf(current.width() - m_config.crop->width);
        top = floorHalf(current.height() - m_config.crop->height);
        current = current.window(left, top, m_config.crop->width, m_config.crop->height);
    }
    const PictureArea area{ left * scaleX, top * scaleY, current.width() * scaleX,
        current.height() * scaleY };
    return Prepared{ std::move(current), area };
}

/// `out` is zero on entry; shape [3, padded.height, padded.width].
void ImageProcessor::writeValues(const Image& image, PixelSize padded, std::span<float> out) const
{
    const std::size_t plane = std::size_t(padded.width) * std::size_t(padded.height);
    for (int y = 0; y < image.height(); ++y) {
        const std::uint8_t* pixel = image.row(y).data();
        float* target = out.data() + std::size_t(y) * std::size_t(padded.width);
        for (int x = 0; x < image.width(); ++x) {
            for (std::size_t c = 0; c < Image::channels; ++c)
                target[c * plane] = m_values[c][*pixel++];
            ++target;
        }
    }
}

/// Errors: BadInput when the sizes differ without padding, or one is larger than pad_size.
Expected<PixelSize> ImageProcessor::commonSize(std::span<const Image> prepared) const
{
    PixelSize common;
    for (const Image& image : prepared)
        common = { std::max(common.width, image.width()), std::max(common.height, image.height()) };
    const bool equal = std::all_of(
        prepared.begin(), prepared.end(), [common](const Image& image) { return sizeOf(image) == common; });
    if (!m_config.padding && !equal)
        return Error{
            ErrorKind::BadInput,
            "The pictures of a batch differ in size after resizing, and this model's processor does not pad."
        };
    const PixelSize padded = m_config.padding ? m_config.padding->size.value_or(common) : common;
    if (common.width > padded.width || common.height > padded.height)
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "The picture is resized to {}x{} pixels, but this model's processor pads to {}x{} only.",
                common.width, common.height, padded.width, padded.height) };
    return padded;
}

ProcessedBatch ImageProcessor::assemble(std::span<const Image> prepared, PixelSize padded) const
{
    ProcessedBatch batch;
    const Shape shape{ std::int64_t(prepared.size()), Image::channels, padded.height, padded.width };
    batch.pixelValues = Tensor::make(shape, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        const std::size_t stride = out.size() / prepared.size();
        for (std::size_t i = 0; i < prepared.size(); ++i)
            writeValues(prepared[i], padded, out.subspan(i * stride, stride));
    });
    if (m_config.padding && m_config.padding->givesMask)
        batch.pixelMask = maskFor(prepared, padded);
    return batch;
}

Expected<ProcessedImage> ImageProcessor::process(const Image& image) const
{
    HEADLIGHT_TRY(const Prepared prepared, prepare(image));
    HEADLIGHT_TRY(const PixelSize padded, commonSize({ &prepared.image, 1 }));
    ProcessedBatch batch = assemble({ &prepared.image, 1 }, padded);
    ProcessedImage result{ std::move(batch.pixelValues), std::move(batch.pixelMask), prepared.image,
        prepared.area };
    if (sizeOf(prepared.image) != padded)
        result.resized = prepared.image.window(0, 0, padded.width, padded.height);
    result.area.width *= double(padded.width) / prepared.image.width();
    result.area.height *= double(padded.height) / prepared.image.height();
    return result;
}

ProcessedImage ImageProcessor::part(const Image& square, const PictureArea& area) const
{
    return { assemble({ &square, 1 }, sizeOf(square)).pixelValues, {}, square, area };
}

/// Source: Laurençon et al. 2024 (Idefics3); sizes round as in the reference.
Expected<ProcessedTiles> ImageProcessor::processTiles(const Image& image) const
{
    HEADLIGHT_CHECK(m_config.tiles.has_value(), "a processor that does not cut pictures");
    const int side = m_config.tiles->side;
    const auto resample = m_config.resize ? m_config.resize->resample : Resample::Lanczos;
    HEADLIGHT_TRY(const Prepared prepared, prepare(image));
    Image current = prepared.image;
    const PictureArea whole { 0, 0, double(image.width()), double(image.height()) };
    ProcessedTiles tiles;
    if (m_config.tiles->cut) {
        const double aspect = double(current.width()) / current.height();
        const auto multiple = [side](int length) { return (length + side - 1) / side * side; };
        PixelSize size { multiple(current.width()), multiple(current.height()) };
        if (current.width() >= current.height())
            size.height = multiple(std::max(1, int(size.width / aspect)));
        else
            size.width = multiple(std::max(1, int(size.height * aspect)));
        current = resize(current, size.width, size.height, resample);
        if (size.width > side || size.height > side)
            tiles.rows = size.height / side, tiles.columns = size.width / side;
    }
    for (int i = 0; i < tiles.rows * tiles.columns; ++i) {
        const int row = i / tiles.columns, column = i % tiles.columns;
        tiles.parts.push_back(part(current.window(column * side, row * side, side, side),
            { whole.width * column / tiles.columns, whole.height * row / tiles.rows, whole.width / tiles.columns, whole.height / tiles.rows }));
    }
    const Image small = sizeOf(current) == PixelSize { side, side } ? current : resize(current, side, side, resample);
    tiles.parts.push_back(part(small, whole));
    tiles.resized = tiles.rows > 0 ? current : small;
    return tiles;
}

Expected<ProcessedBatch> ImageProcessor::processBatch(std::span<const Image> images) const
{
    HEADLIGHT_CHECK(!images.empty(), "a batch without pictures");
    std::vector<Image> prepared;
    for (const Image& image : images) {
        HEADLIGHT_TRY(Prepared one, prepare(image));
        prepared.push_back(std::move(one.image));
    }
    HEADLIGHT_TRY(const PixelSize padded, commonSize(prepared));
    return assemble(prepared, padded);
}

} // namespace headlight
