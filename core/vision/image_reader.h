#pragma once
// A picture file becomes an Image. What a file is, is decided by its first bytes, never by its name.

#include "core/base/expected.h"
#include "core/vision/image.h"

#include <filesystem>
#include <string_view>

namespace headlight {

/// Reads PNG, JPEG and WebP with the bytes Pillow gives for convert("RGB"): alpha and transparency are
/// dropped, not composited; 16-bit grey is clipped at 255, other 16-bit samples keep their high byte; CMYK is
/// converted. Errors: NotFound; BadFile (no picture: says what was found; damaged; ends early); Unsupported
/// (a format or kind that is not read, more than Image::maxPixels).
Expected<Image> readImage(const std::filesystem::path& path);

/// The same from memory; `where` names the source in messages.
Expected<Image> decodeImage(std::span<const std::byte> bytes, std::string_view where);

} // namespace headlight
