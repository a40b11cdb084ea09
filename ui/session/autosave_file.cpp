// Implements autosave_file.h. QLockFile knows a lock as stale when its process is gone, or when another
// program has got its number since.

#include "ui/session/autosave_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <fmt/format.h>

namespace headlight::ui {
namespace {

const QString lockSuffix = QStringLiteral(".lock");

std::unique_ptr<QLockFile> lockOf(const std::filesystem::path& path)
{
    auto lock = std::make_unique<QLockFile>(QString::fromStdString(path.string()) + lockSuffix);
    lock->setStaleLockTime(0); // however long a window is open
    return lock;
}

} // namespace

std::filesystem::path stateFolder()
{
    const QString set = qEnvironmentVariable("XDG_STATE_HOME");
    const QString state =
        QDir::isAbsolutePath(set) ? set : QDir::homePath() + QStringLiteral("/.local/state");
    return (state + QStringLiteral("/headlight")).toStdString();
}

AutosaveFile::AutosaveFile(std::filesystem::path folder)
    : m_folder(std::move(folder))
{
}

AutosaveFile::~AutosaveFile()
{
    const std::lock_guard guard(m_mutex);
    std::error_code ignored;
    if (!m_path.empty())
        std::filesystem::remove(m_path, ignored);
}

std::filesystem::path AutosaveFile::path() const
{
    const std::lock_guard guard(m_mutex);
    return m_path;
}

Status AutosaveFile::open()
{
    std::error_code failed;
    std::filesystem::create_directories(m_folder, failed);
    // A file of this very number may be left over from another process that had it.
    for (int copy = 1; copy <= 100; ++copy) {
        const auto path = m_folder
            / fmt::format("autosave-{}{}.{}", QCoreApplication::applicationPid(),
                copy == 1 ? "" : fmt::format("-{}", copy), sessionSuffix);
        if (std::filesystem::exists(path, failed))
            continue;
        auto lock = lockOf(path);
        if (lock->tryLock(0)) {
            m_lock = std::move(lock);
            m_path = path;
            return {};
        }
        if (lock->error() != QLockFile::LockFailedError)
            break;
    }
    return Error{ ErrorKind::Unwritable,
        fmt::format("The folder {} cannot be written to.", m_folder.string()) };
}

Status AutosaveFile::write(const SessionDocument& document)
{
    const std::lock_guard guard(m_mutex);
    if (m_path.empty()) {
        HEADLIGHT_TRY_STATUS(open());
    }
    return saveSession(m_path, document, &m_encoded);
}

Leftover::Leftover(std::filesystem::path path, std::unique_ptr<QLockFile> lock)
    : m_path(std::move(path))
    , m_saved(QFileInfo(QString::fromStdString(m_path.string())).lastModified())
    , m_lock(std::move(lock))
{
}

void Leftover::remove()
{
    std::error_code ignored;
    std::filesystem::remove(m_path, ignored);
    m_lock->unlock();
}

std::vector<std::shared_ptr<Leftover>> findLeftovers(const std::filesystem::path& folder)
{
    std::vector<std::shared_ptr<Leftover>> found;
    const QDir directory(QString::fromStdString(folder.string()));
    const QString pattern = QStringLiteral("autosave-*.%1").arg(QLatin1String(sessionSuffix));
    for (const QFileInfo& info : directory.entryInfoList({ pattern }, QDir::Files, QDir::Time)) {
        const std::filesystem::path path = info.filePath().toStdString();
        auto lock = lockOf(path);
        if (lock->tryLock(0))
            found.push_back(std::make_shared<Leftover>(path, std::move(lock)));
    }
    return found;
}

} // namespace headlight::ui
