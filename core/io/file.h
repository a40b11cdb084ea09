#pragma once
// Files in and out: read whole, mapped, or written whole or not at all.

#include "core/base/expected.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace headlight {

/// A file mapped read-only into memory. The mapping lives as long as the last shared_ptr to it.
class MappedFile {
public:
    /// Errors: NotFound, BadFile (a folder, unreadable).
    static Expected<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return { m_data, m_size }; }
    const std::filesystem::path& path() const { return m_path; }

private:
    MappedFile() = default;
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
    std::filesystem::path m_path;
};

/// The whole of a file. Errors: NotFound, BadFile.
Expected<std::string> readFile(const std::filesystem::path& path);

/// Writes into a temporary file beside `path`, then renames: the file is there whole or not at all, and an older file
/// survives any failure. A device or a pipe is written into as it is. Errors: Unwritable, with the system's reason.
Status writeFile(const std::filesystem::path& path, std::string_view content);

/// A path that writeFile-like writers fill and then commit; removed again unless committed.
class PendingFile {
public:
    explicit PendingFile(std::filesystem::path target);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    const std::filesystem::path& temporaryPath() const { return m_temporary; }
    /// Renames onto the target. Errors: Unwritable; also for a device, which must not be replaced by a file.
    Status commit();

private:
    std::filesystem::path m_target, m_temporary;
    bool m_committed = false;
};

} // namespace headlight
