// PNG through libspng: encoded in memory, then written whole.
#include "core/vision/image_writer.h"

#include "core/io/file.h"

#include <spng.h>

namespace headlight {
namespace {

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

} // namespace

Status writePng(const std::filesystem::path& path, const Image& image)
{
    return writeFile(path, encodePng(image));
}

std::string encodePng(const Image& image)
{
    HEADLIGHT_CHECK(!image.empty(), "a PNG of an empty picture");
    const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(
        spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
    HEADLIGHT_CHECK(context != nullptr, "libspng gives no context");
    spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
    spng_ihdr header{};
    header.width = std::uint32_t(image.width());
    header.height = std::uint32_t(image.height());
    header.bit_depth = 8;
    header.color_type = SPNG_COLOR_TYPE_TRUECOLOR;
    spng_set_ihdr(context.get(), &header);
    int code = spng_encode_image(
        context.get(), image.pixels().data(), image.pixels().size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
    HEADLIGHT_CHECK(code == SPNG_OK, spng_strerror(code));
    std::size_t size = 0;
    const std::unique_ptr<void, Free> encoded(spng_get_png_buffer(context.get(), &size, &code));
    HEADLIGHT_CHECK(encoded != nullptr && code == SPNG_OK, spng_strerror(code));
    return { static_cast<const char*>(encoded.get()), size };
}

} // namespace headlight
