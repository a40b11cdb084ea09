#pragma once
// Pictures out: 8-bit RGB PNG.

#include "core/base/expected.h"
#include "core/vision/image.h"

#include <filesystem>

namespace headlight {

/// Writes the file whole or not at all. The bytes depend on the picture alone. Errors: Unwritable.
Status writePng(const std::filesystem::path& path, const Image& image);

} // namespace headlight
