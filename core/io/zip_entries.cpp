#include "core/io/zip_entries.h"

#include "core/io/byte_reader.h"

namespace headlight {
namespace {

constexpr std::uint32_t endSignature = 0x06054b50, end64Signature = 0x06064b50,
                        locator64Signature = 0x07064b50;
constexpr std::uint32_t directorySignature = 0x02014b50, localSignature = 0x04034b50;
constexpr std::size_t endSize = 22, locator64Size = 20, largestComment = 0xffff;
constexpr std::uint32_t in64 = 0xffffffff; ///< "the number stands in the zip64 part"

struct Directory {
    std::uint64_t entries = 0, offset = 0;
};

/// A line of the directory.
struct Record {
    std::uint16_t flags = 0, method = 0;
    std::uint64_t packed = 0, size = 0, offset = 0;
    std::string name;
};

Error damaged(const MappedFile& file, std::string_view what)
{
    return { ErrorKind::BadFile,
        fmt::format("{}: {} of the zip archive does not fit the file: an incomplete download?",
            file.path().string(), what) };
}

/// The end record lies at the very end, before a comment.
std::optional<std::size_t> findEnd(std::span<const std::byte> bytes)
{
    if (bytes.size() < endSize)
        return std::nullopt;
    const std::size_t lowest = bytes.size() - std::min(bytes.size(), endSize + largestComment);
    for (std::size_t at = bytes.size() - endSize + 1; at-- > lowest;)
        if (ByteReader(bytes, at).take<std::uint32_t>() == endSignature)
            return at;
    return std::nullopt;
}

Expected<Directory> readDirectory64(const MappedFile& file, std::size_t end)
{
    ByteReader locator(file.bytes(), end < locator64Size ? file.bytes().size() : end - locator64Size);
    const bool found = locator.take<std::uint32_t>() == locator64Signature;
    locator.bytes(4);
    const auto offset = locator.take<std::uint64_t>();
    ByteReader record(file.bytes(), found ? std::size_t(offset) : file.bytes().size());
    if (record.take<std::uint32_t>() != end64Signature)
        return damaged(file, "the zip64 end");
    record.bytes(28);
    Directory directory;
    directory.entries = record.take<std::uint64_t>();
    record.bytes(8);
    directory.offset = record.take<std::uint64_t>();
    if (record.failed())
        return damaged(file, "the zip64 end");
    return directory;
}

Expected<Directory> readDirectory(const MappedFile& file)
{
    const std::optional<std::size_t> end = findEnd(file.bytes());
    if (!end)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} begins as a zip archive, but its directory at the end is missing: an incomplete "
                        "download?",
                file.path().string()) };
    ByteReader record(file.bytes(), *end + 10);
    const auto entries = record.take<std::uint16_t>();
    record.bytes(4);
    const auto offset = record.take<std::uint32_t>();
    if (entries == 0xffff || offset == in64)
        return readDirectory64(file, *end);
    return Directory{ entries, offset };
}

/// The zip64 part holds those numbers, in this order, that had no room.
void readExtra(std::span<const std::byte> extra, Record& record)
{
    ByteReader reader(extra);
    while (reader.remaining() >= 4) {
        const auto id = reader.take<std::uint16_t>();
        ByteReader field(reader.bytes(reader.take<std::uint16_t>()));
        if (id != 1)
            continue;
        for (std::uint64_t* number : { &record.size, &record.packed, &record.offset })
            if (*number == in64)
                *number = field.take<std::uint64_t>();
    }
}

Record readRecord(ByteReader& reader)
{
    Record record;
    reader.bytes(4);
    record.flags = reader.take<std::uint16_t>();
    record.method = reader.take<std::uint16_t>();
    reader.bytes(8);
    record.packed = reader.take<std::uint32_t>();
    record.size = reader.take<std::uint32_t>();
    const auto nameBytes = reader.take<std::uint16_t>(), extraBytes = reader.take<std::uint16_t>(),
               commentBytes = reader.take<std::uint16_t>();
    reader.bytes(8);
    record.offset = reader.take<std::uint32_t>();
    record.name = reader.text(nameBytes);
    readExtra(reader.bytes(extraBytes), record);
    reader.bytes(commentBytes);
    return record;
}

/// The data begin behind a local header, whose variable parts may differ from the directory's.
Expected<ZipEntry> locate(const MappedFile& file, const Record& record)
{
    const std::string what = fmt::format("entry \"{}\"", record.name);
    if (record.offset > file.bytes().size())
        return damaged(file, what);
    ByteReader local(file.bytes(), std::size_t(record.offset));
    const bool found = local.take<std::uint32_t>() == localSignature;
    local.bytes(22);
    const auto nameBytes = local.take<std::uint16_t>(), extraBytes = local.take<std::uint16_t>();
    local.bytes(std::uint64_t(nameBytes) + extraBytes);
    const std::span<const std::byte> bytes = local.bytes(record.packed);
    const bool stored = record.method == 0 && (record.flags & 1) == 0;
    if (!found || local.failed() || (stored && record.packed != record.size))
        return damaged(file, what);
    return ZipEntry{ bytes, stored };
}

} // namespace

Expected<std::map<std::string, ZipEntry>> zipEntries(const MappedFile& file)
{
    HEADLIGHT_TRY(const Directory directory, readDirectory(file));
    if (directory.offset > file.bytes().size())
        return damaged(file, "the directory");
    ByteReader reader(file.bytes(), std::size_t(directory.offset));
    std::map<std::string, ZipEntry> entries;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        const bool found = reader.take<std::uint32_t>() == directorySignature;
        const Record record = readRecord(reader);
        if (!found || reader.failed())
            return damaged(file, "the directory");
        HEADLIGHT_TRY(const ZipEntry entry, locate(file, record));
        if (!entries.emplace(record.name, entry).second)
            return Error{ ErrorKind::BadFile,
                fmt::format("{}: the zip archive holds \"{}\" twice.", file.path().string(), record.name) };
    }
    return entries;
}

} // namespace headlight
