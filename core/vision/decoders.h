#pragma once
// One decoder per picture format, for image_reader.cpp only. Each checks the size in the header before it
// allocates.

#include "core/base/expected.h"
#include "core/vision/image.h"

#include <string_view>

namespace headlight {

Expected<Image> decodePng(std::span<const std::byte> bytes, std::string_view where);
Expected<Image> decodeJpeg(std::span<const std::byte> bytes, std::string_view where);
Expected<Image> decodeWebp(std::span<const std::byte> bytes, std::string_view where);

/// Errors: BadFile for an empty picture, Unsupported above Image::maxPixels.
Status checkPictureSize(std::int64_t width, std::int64_t height, std::string_view where);

} // namespace headlight
