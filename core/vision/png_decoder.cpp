// PNG through libspng. Every colour type but deep grey is expanded by the library; deep grey is read raw,
// because the reference clips it instead of taking its high byte.

#include "core/vision/decoders.h"

#include <spng.h>

namespace headlight {
namespace {

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

Error decodeError(int code, std::string_view where)
{
    if (code == SPNG_EOF || code == SPNG_IO_EOF || code == SPNG_EIDAT_TOO_SHORT)
        return { ErrorKind::BadFile,
            fmt::format("{} ends before its PNG picture is complete: an incomplete download?", where) };
    return { ErrorKind::BadFile,
        fmt::format("{} is a damaged PNG picture: {}.", where, spng_strerror(code)) };
}

/// Reads `image.size()` bytes of 8-bit RGB.
int decodeRgb(spng_ctx* context, std::span<std::uint8_t> image)
{
    return spng_decode_image(context, image.data(), image.size(), SPNG_FMT_RGB8, 0);
}

/// Reads 16-bit grey of as many pixels; a value over 255 is white.
int decodeDeepGrey(spng_ctx* context, std::span<std::uint8_t> image)
{
    std::vector<std::uint16_t> grey(image.size() / Image::channels);
    const int code =
        spng_decode_image(context, grey.data(), grey.size() * sizeof(std::uint16_t), SPNG_FMT_PNG, 0);
    for (std::size_t i = 0; i < grey.size(); ++i)
        std::fill_n(image.begin() + std::ptrdiff_t(i) * Image::channels, Image::channels,
            std::uint8_t(std::min<std::uint16_t>(grey[i], 255)));
    return code;
}

} // namespace

Expected<Image> decodePng(std::span<const std::byte> bytes, std::string_view where)
{
    const Context context(spng_ctx_new(0), spng_ctx_free);
    HEADLIGHT_CHECK(context != nullptr, "libspng gives no context");
    spng_ihdr header{};
    // A broken comment or time stamp is no reason to refuse the picture.
    spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
    int code = spng_set_png_buffer(context.get(), bytes.data(), bytes.size());
    if (code == SPNG_OK)
        code = spng_get_ihdr(context.get(), &header);
    if (code != SPNG_OK)
        return decodeError(code, where);
    HEADLIGHT_TRY_STATUS(checkPictureSize(header.width, header.height, where));
    const bool deepGrey = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE && header.bit_depth == 16;
    Image image = Image::make(int(header.width), int(header.height), [&](std::span<std::uint8_t> pixels) {
        code = deepGrey ? decodeDeepGrey(context.get(), pixels) : decodeRgb(context.get(), pixels);
    });
    if (code != SPNG_OK)
        return decodeError(code, where);
    return image;
}

} // namespace headlight
