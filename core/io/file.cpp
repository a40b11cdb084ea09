#include "core/io/file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

Error openError(const fs::path& path, int code)
{
    if (code == ENOENT || code == ENOTDIR)
        return { ErrorKind::NotFound, fmt::format("There is no file {}.", path.string()) };
    return { ErrorKind::BadFile, fmt::format("{} cannot be read: {}.", path.string(), std::strerror(code)) };
}

Error writeError(const fs::path& path, int code)
{
    return { ErrorKind::Unwritable,
        fmt::format("{} cannot be written: {}. Choose another folder or name.", path.string(), std::strerror(code)) };
}

/// Opens a regular file for reading and tells its size.
Expected<std::size_t> checkRegular(const fs::path& path, int fd)
{
    struct stat info { };
    if (fd < 0)
        return openError(path, errno);
    if (::fstat(fd, &info) != 0)
        return openError(path, errno);
    if (S_ISDIR(info.st_mode))
        return Error { ErrorKind::BadFile, fmt::format("{} is a folder, a file was expected.", path.string()) };
    if (!S_ISREG(info.st_mode))
        return Error { ErrorKind::BadFile, fmt::format("{} is not a regular file.", path.string()) };
    return std::size_t(info.st_size);
}

} // namespace

Expected<std::shared_ptr<const MappedFile>> MappedFile::open(const fs::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    HEADLIGHT_TRY(const std::size_t size, checkRegular(path, file.get()));
    std::shared_ptr<MappedFile> mapped(new MappedFile);
    mapped->m_path = path;
    if (size == 0)
        return std::shared_ptr<const MappedFile>(std::move(mapped));
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED)
        return openError(path, errno);
    mapped->m_data = static_cast<const std::byte*>(data);
    mapped->m_size = size;
    return std::shared_ptr<const MappedFile>(std::move(mapped));
}

MappedFile::~MappedFile()
{
    if (m_data != nullptr)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

Expected<std::string> readFile(const fs::path& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    HEADLIGHT_TRY(const std::size_t size, checkRegular(path, file.get()));
    std::string content(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(file.get(), content.data() + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return openError(path, errno);
        if (got == 0)
            break; // the file shrank meanwhile
        done += std::size_t(got);
    }
    content.resize(done);
    return content;
}

Status writeFile(const fs::path& path, std::string_view content)
{
    PendingFile pending(path);
    {
        const Descriptor file(::open(pending.temporaryPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (file.get() < 0)
            return writeError(path, errno);
        while (!content.empty()) {
            const ssize_t wrote = ::write(file.get(), content.data(), content.size());
            if (wrote < 0 && errno == EINTR)
                continue;
            if (wrote < 0)
                return writeError(path, errno);
            content.remove_prefix(std::size_t(wrote));
        }
        if (::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
            return writeError(path, errno);
    }
    return pending.commit();
}

PendingFile::PendingFile(fs::path target)
    : m_target(std::move(target))
{
    // The extension stays last: writers that go by it (pictures) keep working.
    m_temporary = m_target.parent_path()
        / fmt::format(".{}.{}.tmp{}", m_target.stem().string(), ::getpid(), m_target.extension().string());
}

PendingFile::~PendingFile()
{
    std::error_code ignored;
    if (!m_committed)
        fs::remove(m_temporary, ignored);
}

Status PendingFile::commit()
{
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        return writeError(m_target, errno);
    m_committed = true;
    return {};
}

} // namespace headlight
