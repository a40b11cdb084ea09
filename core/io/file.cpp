#include "core/io/file.h"

#include <atomic>
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

/// A pipe must not make the opening wait for its other end.
int openForReading(const fs::path& path)
{
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/// What is there already and is neither a file nor a folder: a device, a pipe.
bool isDevice(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_other(path, ignored);
}

Status writeAll(const fs::path& target, int flags, std::string_view content, const fs::path& named)
{
    const Descriptor file(::open(target.c_str(), flags | O_WRONLY | O_CLOEXEC, 0644));
    if (file.get() < 0)
        return writeError(named, errno);
    while (!content.empty()) {
        const ssize_t wrote = ::write(file.get(), content.data(), content.size());
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return writeError(named, errno);
        content.remove_prefix(std::size_t(wrote));
    }
    if (::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
        return writeError(named, errno);
    return {};
}

/// Checks that a descriptor is of a regular file and tells its size.
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
    const Descriptor file(openForReading(path));
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
    const Descriptor file(openForReading(path));
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
    if (isDevice(path)) // /dev/stdout must stay what it is
        return writeAll(path, 0, content, path);
    PendingFile pending(path);
    HEADLIGHT_TRY_STATUS(writeAll(pending.temporaryPath(), O_CREAT | O_TRUNC, content, path));
    return pending.commit();
}

PendingFile::PendingFile(fs::path target)
    : m_target(std::move(target))
{
    std::error_code failed;
    if (fs::is_symlink(m_target, failed)) // the file behind a link is replaced, the link stays
        if (fs::path real = fs::canonical(m_target, failed); !failed)
            m_target = std::move(real);
    // The extension stays last: writers that go by it (pictures) keep working.
    static std::atomic<int> s_count { 0 };
    m_temporary = m_target.parent_path()
        / fmt::format(".headlight-{}-{}.tmp{}", ::getpid(), ++s_count, m_target.extension().string());
}

PendingFile::~PendingFile()
{
    std::error_code ignored;
    if (!m_committed)
        fs::remove(m_temporary, ignored);
}

Status PendingFile::commit()
{
    if (isDevice(m_target))
        return writeError(m_target, EINVAL);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        return writeError(m_target, errno);
    m_committed = true;
    return {};
}

} // namespace headlight
