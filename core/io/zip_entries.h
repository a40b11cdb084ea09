#pragma once
// Where the entries of a zip archive lie, so that stored ones are used from the mapping: libzip, with which
// the engine writes archives, only hands out copies. Format: PKWARE's APPNOTE 6.3.

#include "core/io/file.h"

#include <map>

namespace headlight {

struct ZipEntry {
    std::span<const std::byte> bytes; ///< as they lie in the file
    bool stored = true; ///< false: compressed or encrypted
};

/// Every entry by name, zip64 included. Errors: BadFile when the directory does not fit the file.
Expected<std::map<std::string, ZipEntry>> zipEntries(const MappedFile& file);

} // namespace headlight
