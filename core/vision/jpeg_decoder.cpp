// JPEG through TurboJPEG, with the accurate transform and smooth chroma that are libjpeg's own defaults.

#include "core/vision/decoders.h"

#include <turbojpeg.h>

namespace headlight {
namespace {

struct Destroy {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<void, Destroy>;

struct Target {
    std::uint8_t* pixels;
    int width, height;
    TJPF format;
};

Error decodeError(const Decompressor& handle, std::string_view where)
{
    const std::string_view reason = tjGetErrorStr2(handle.get());
    if (reason.starts_with("Premature end of JPEG file"))
        return { ErrorKind::BadFile,
            fmt::format("{} ends before its JPEG picture is complete: an incomplete download?", where) };
    return { ErrorKind::BadFile, fmt::format("{} is a damaged JPEG picture: {}.", where, reason) };
}

/// Decodes; of what the library only warns about, an early end is an error and the rest is accepted, as
/// Pillow does.
Status decompress(const Decompressor& handle, std::span<const std::byte> bytes, const Target& target,
    std::string_view where)
{
    const auto run = [&](int flags) {
        return tjDecompress2(handle.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
            target.pixels, target.width, 0, target.height, target.format,
            TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | flags);
    };
    if (run(TJFLAG_STOPONWARNING) == 0)
        return {};
    const Error first = decodeError(handle, where);
    const bool warned = tjGetErrorCode(handle.get()) == TJERR_WARNING;
    const bool early =
        std::string_view(tjGetErrorStr2(handle.get())).starts_with("Premature end of JPEG file");
    if (!warned || early)
        return first;
    if (run(0) != 0 && tjGetErrorCode(handle.get()) == TJERR_FATAL)
        return decodeError(handle, where);
    return {};
}

/// a · b / 255, rounded.
int scaled(int a, int b)
{
    const int product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/// The file holds 255 - ink, as Adobe's programs write it.
void inksToRgb(std::span<const std::uint8_t> inks, std::span<std::uint8_t> rgb)
{
    for (std::size_t i = 0; i < rgb.size() / Image::channels; ++i) {
        const int paper = inks[4 * i + 3];
        for (std::size_t c = 0; c < Image::channels; ++c)
            rgb[Image::channels * i + c] =
                std::uint8_t(std::max(0, paper - scaled(255 - inks[4 * i + c], paper)));
    }
}

} // namespace

Expected<Image> decodeJpeg(std::span<const std::byte> bytes, std::string_view where)
{
    const Decompressor handle(tjInitDecompress());
    HEADLIGHT_CHECK(handle != nullptr, "TurboJPEG gives no decompressor");
    int width = 0, height = 0, subsampling = 0, colours = 0;
    if (tjDecompressHeader3(handle.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
            &width, &height, &subsampling, &colours)
        != 0)
        return decodeError(handle, where);
    HEADLIGHT_TRY_STATUS(checkPictureSize(width, height, where));
    const bool inks = colours == TJCS_CMYK || colours == TJCS_YCCK;
    Status status;
    Image image = Image::make(width, height, [&](std::span<std::uint8_t> pixels) {
        std::vector<std::uint8_t> buffer(inks ? pixels.size() / Image::channels * 4 : 0);
        status = decompress(handle, bytes,
            { inks ? buffer.data() : pixels.data(), width, height, inks ? TJPF_CMYK : TJPF_RGB }, where);
        if (status && inks)
            inksToRgb(buffer, pixels);
    });
    if (!status)
        return status.error();
    return image;
}

} // namespace headlight
