#pragma once
// Small files for tests: bytes in and out without the code under test, and copies of model folders to be damaged.

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <filesystem>
#include <string>

namespace headlight::test {

inline void writeBytes(const std::filesystem::path& path, const std::string& bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), qint64(bytes.size())) != qint64(bytes.size()))
        qFatal("%s cannot be written", path.c_str());
}

inline std::string readBytes(const std::filesystem::path& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", path.c_str());
    return file.readAll().toStdString();
}

/// A folder that goes away at the end, filled with a copy of `source` unless that is empty.
class ScratchFolder {
public:
    explicit ScratchFolder(const QString& source = {})
    {
        if (!source.isEmpty())
            std::filesystem::copy(source.toStdString(), path());
    }
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path operator/(const std::string& name) const { return path() / name; }
    /// Names of the entries, hidden ones too.
    QStringList entries() const { return QDir(m_folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot); }

private:
    QTemporaryDir m_folder;
};

} // namespace headlight::test
