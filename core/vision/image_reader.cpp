// Finds out what a file is and hands it to the decoder of its format.
#include "core/vision/image_reader.h"

#include "core/io/file.h"
#include "core/vision/decoders.h"

namespace headlight {
namespace {

using Decoder = Expected<Image> (*)(std::span<const std::byte>, std::string_view);

/// How a kind of file begins: `magic` at `offset`.
struct Signature {
    std::string_view magic;
    std::size_t offset;
    const char* name;
    Decoder decode; ///< null: recognised for the message alone
};

using namespace std::string_view_literals;

constexpr Signature signatures[] = {
    { "\x89PNG\r\n\x1a\n"sv, 0, "a PNG picture", decodePng },
    { "\xff\xd8\xff"sv, 0, "a JPEG picture", decodeJpeg },
    { "WEBP"sv, 8, "a WebP picture", decodeWebp },
    { "GIF8"sv, 0, "a GIF picture", nullptr },
    { "BM"sv, 0, "a BMP picture", nullptr },
    { "II*\0"sv, 0, "a TIFF picture", nullptr },
    { "MM\0*"sv, 0, "a TIFF picture", nullptr },
    { "ftypavif"sv, 4, "an AVIF picture", nullptr },
    { "ftyphei"sv, 4, "a HEIC picture", nullptr },
    { "ftypmif1"sv, 4, "a HEIC picture", nullptr },
    { "\0\0\1\0"sv, 0, "an icon", nullptr },
    { "8BPS"sv, 0, "a Photoshop picture", nullptr },
    { "\0\0\0\x0cjP  "sv, 0, "a JPEG 2000 picture", nullptr },
    { "<svg"sv, 0, "an SVG drawing", nullptr },
    { "<?xml"sv, 0, "an XML text", nullptr },
    { "<!DOCTYPE"sv, 0, "a web page", nullptr },
    { "<html"sv, 0, "a web page", nullptr },
    { "%PDF"sv, 0, "a PDF document", nullptr },
    { "PK\3\4"sv, 0, "a ZIP archive", nullptr },
    { "WAVE"sv, 8, "a sound file", nullptr },
    { "ID3"sv, 0, "a sound file", nullptr },
    { "fLaC"sv, 0, "a sound file", nullptr },
    { "ftyp"sv, 4, "a video", nullptr },
};

const Signature* signatureOf(std::string_view content)
{
    const auto found =
        std::find_if(std::begin(signatures), std::end(signatures), [content](const Signature& signature) {
            return content.size() >= signature.offset
                && content.substr(signature.offset).starts_with(signature.magic);
        });
    return found == std::end(signatures) ? nullptr : found;
}

/// What a file without a known signature looks like.
std::string describeUnknown(std::string_view content)
{
    constexpr std::size_t shown = 8;
    const std::string_view start = content.substr(0, shown);
    const bool text = std::all_of(start.begin(), start.end(),
        [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; });
    if (text)
        return "a text";
    std::string bytes;
    for (const char c : start)
        bytes += fmt::format("{}{:02x}", bytes.empty() ? "" : " ", std::uint8_t(c));
    return fmt::format("an unknown kind of file (it begins with {})", bytes);
}

} // namespace

Expected<Image> decodeImage(std::span<const std::byte> bytes, std::string_view where)
{
    const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (content.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is empty, a PNG, JPEG or WebP picture was expected.", where) };
    const Signature* signature = signatureOf(content);
    if (signature != nullptr && signature->decode != nullptr)
        return signature->decode(bytes, where);
    return Error{ signature != nullptr ? ErrorKind::Unsupported : ErrorKind::BadFile,
        fmt::format("{} is {}; the pictures read here are PNG, JPEG and WebP.", where,
            signature != nullptr ? signature->name : describeUnknown(content)) };
}

Expected<Image> readImage(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const auto file, MappedFile::open(path));
    return decodeImage(file->bytes(), path.string());
}

Status checkPictureSize(std::int64_t width, std::int64_t height, std::string_view where)
{
    if (width <= 0 || height <= 0)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} says it is {}x{} pixels: it holds no picture.", where, width, height) };
    if (width > Image::maxPixels / height)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{} is {}x{} pixels, at most {} million in all are read; make it smaller first.",
                where, width, height, Image::maxPixels / 1'000'000) };
    return {};
}

} // namespace headlight
