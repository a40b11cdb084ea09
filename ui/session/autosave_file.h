#pragma once
// The file that survives the program when it does not end as it should: one per process in the state folder,
// with a lock beside it that dies with its process.

#include "ui/session/session_file.h"

#include <QDateTime>
#include <QLockFile>

#include <mutex>

namespace headlight::ui {

/// $XDG_STATE_HOME/headlight, or ~/.local/state/headlight.
std::filesystem::path stateFolder();

/// This process's own. May be written from any thread.
class AutosaveFile {
public:
    /// Nothing is made in `folder` before the first write.
    explicit AutosaveFile(std::filesystem::path folder);
    /// The program ends as it should: waits for a write and takes the file away.
    ~AutosaveFile();
    AutosaveFile(const AutosaveFile&) = delete;
    AutosaveFile& operator=(const AutosaveFile&) = delete;

    /// Whole or not at all. Errors: Unwritable.
    Status write(const SessionDocument& document);
    /// Empty before the first write.
    std::filesystem::path path() const;

private:
    Status open();

    std::filesystem::path m_folder, m_path;
    mutable std::mutex m_mutex;
    std::unique_ptr<QLockFile> m_lock;
    EncodedMedia m_encoded;
};

/// A file whose process is no more. Nobody else is offered it while this exists.
class Leftover {
public:
    Leftover(std::filesystem::path path, std::unique_ptr<QLockFile> lock);
    const std::filesystem::path& path() const { return m_path; }
    const QDateTime& saved() const { return m_saved; }
    /// Its content is safe elsewhere, or not wanted.
    void remove();

private:
    std::filesystem::path m_path;
    QDateTime m_saved;
    std::unique_ptr<QLockFile> m_lock;
};

/// Newest first. Reads no file, but touches locks: call it on a worker.
std::vector<std::shared_ptr<Leftover>> findLeftovers(const std::filesystem::path& folder);

} // namespace headlight::ui
