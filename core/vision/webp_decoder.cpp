// Still WebP pictures, lossy and lossless, through libwebp.

#include "core/vision/decoders.h"

#include <webp/decode.h>

namespace headlight {
namespace {

Error decodeError(VP8StatusCode code, std::string_view where)
{
    if (code == VP8_STATUS_NOT_ENOUGH_DATA)
        return { ErrorKind::BadFile,
            fmt::format("{} ends before its WebP picture is complete: an incomplete download?", where) };
    return { ErrorKind::BadFile,
        fmt::format("{} is a damaged WebP picture (libwebp's status is {}).", where, int(code)) };
}

} // namespace

Expected<Image> decodeWebp(std::span<const std::byte> bytes, std::string_view where)
{
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    WebPDecoderConfig config;
    HEADLIGHT_CHECK(WebPInitDecoderConfig(&config) != 0, "libwebp is of another version than its header");
    const VP8StatusCode header = WebPGetFeatures(data, bytes.size(), &config.input);
    if (header != VP8_STATUS_OK)
        return decodeError(header, where);
    if (config.input.has_animation != 0)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{} is an animated WebP; save one of its frames as a still picture.", where) };
    HEADLIGHT_TRY_STATUS(checkPictureSize(config.input.width, config.input.height, where));
    VP8StatusCode code = VP8_STATUS_OK;
    Image image = Image::make(config.input.width, config.input.height, [&](std::span<std::uint8_t> pixels) {
        config.output.colorspace = MODE_RGB;
        config.output.is_external_memory = 1;
        config.output.u.RGBA = { pixels.data(), config.input.width * Image::channels, pixels.size() };
        code = WebPDecode(data, bytes.size(), &config);
    });
    WebPFreeDecBuffer(&config.output);
    if (code != VP8_STATUS_OK)
        return decodeError(code, where);
    return image;
}

} // namespace headlight
