#pragma once
// Pictures out: 8-bit RGB PNG.

#include "core/base/expected.h"
#include "core/vision/image.h"

#include <filesystem>
#include <string>

namespace headlight {

/// The content of such a file; it depends on the picture alone. Errors: HEADLIGHT_CHECK on an empty one.
std::string encodePng(const Image& image);
/// Writes the file whole or not at all. The bytes depend on the picture alone. Errors: Unwritable.
Status writePng(const std::filesystem::path& path, const Image& image);

} // namespace headlight
