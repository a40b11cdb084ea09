#include "core/io/numpy_file.h"

#include "core/io/file.h"

#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <zip.h>

namespace headlight {
namespace {

constexpr std::string_view npyMagic = "\x93NUMPY";
/// Numbers of one file, unpacked: beyond this they would be no attention anyone could look at.
constexpr std::uint64_t largestFile = std::uint64_t(16) << 30;
/// What a compressed archive may unpack to in memory, all in all; stored arrays of a .npy file are mapped instead.
constexpr std::uint64_t largestUnpacked = std::uint64_t(2) << 30;
constexpr std::size_t largestText = 1 << 16; ///< characters of one string
constexpr std::size_t largestHeader = 128 << 10; ///< of a member; longer ones belong to no array of numbers

/// What one array says of itself.
struct Header {
    std::string type; ///< "<f4"
    bool fortran = false;
    std::vector<std::int64_t> extents;
    std::size_t begin = 0; ///< of the numbers
};

struct Bytes {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;
};

Error malformed(const std::string& where, std::string_view what)
{
    return { ErrorKind::BadFile, fmt::format("{}: {}; it is damaged, or no NumPy array.", where, what) };
}

/// The text behind `'key':` of the header, which is a Python dict of three known keys.
std::optional<std::string_view> valueOf(std::string_view header, std::string_view key)
{
    const std::size_t at = header.find(fmt::format("'{}'", key));
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::size_t colon = header.find(':', at);
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view value = header.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
}

std::optional<std::vector<std::int64_t>> extentsOf(std::string_view value)
{
    const std::size_t end = value.find(')');
    if (!value.starts_with('(') || end == std::string_view::npos)
        return std::nullopt;
    std::vector<std::int64_t> extents;
    for (const char *at = value.data() + 1, *last = value.data() + end; at < last;) {
        std::int64_t extent = 0;
        const auto [next, error] = std::from_chars(at, last, extent);
        if (error != std::errc() || extent < 0)
            return std::nullopt;
        extents.push_back(extent);
        for (at = next; at < last && (*at == ',' || *at == ' ');)
            ++at;
    }
    return extents;
}

Expected<Header> headerOf(std::span<const std::byte> bytes, const std::string& where)
{
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!all.starts_with(npyMagic) || all.size() < 12)
        return malformed(where, "it does not begin as one");
    const auto byte = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>(all[i])); };
    const bool wide = byte(6) >= 2;
    const std::size_t first = wide ? 12 : 10;
    const std::size_t length = byte(8) | byte(9) << 8 | (wide ? byte(10) << 16 | byte(11) << 24 : 0);
    if (byte(6) < 1 || byte(6) > 3 || length > all.size() - first)
        return malformed(where, "its header is cut short");
    const std::string_view text = all.substr(first, length);
    const auto type = valueOf(text, "descr"), order = valueOf(text, "fortran_order"),
               shape = valueOf(text, "shape");
    const auto extents = shape ? extentsOf(*shape) : std::nullopt;
    if (!type || !order || !extents)
        return malformed(where, "its header does not say type, order and shape");
    Header header{ {}, order->starts_with("True"), *extents, first + length };
    if (type->starts_with('\'') && type->find('\'', 1) != std::string_view::npos)
        header.type = type->substr(1, type->find('\'', 1) - 1);
    return header;
}

std::optional<DType> typeOf(const std::string& name)
{
    static const std::map<std::string, DType> types{ { "<f2", DType::F16 }, { "<f4", DType::F32 },
        { "<f8", DType::F64 }, { "<i8", DType::I64 }, { "<i4", DType::I32 }, { "<i2", DType::I16 },
        { "|i1", DType::I8 }, { "|u1", DType::U8 }, { "|b1", DType::Bool } };
    const auto found = types.find(name);
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

/// How many; none when the product is beyond what could be in a file.
std::optional<std::uint64_t> countOf(const std::vector<std::int64_t>& extents, std::uint64_t size)
{
    std::uint64_t bytes = size, count = 1;
    for (const std::int64_t extent : extents)
        if (__builtin_mul_overflow(bytes, std::uint64_t(extent), &bytes)
            || __builtin_mul_overflow(count, std::uint64_t(extent), &count))
            return std::nullopt;
    return bytes > largestFile ? std::nullopt : std::optional(count);
}

void appendUtf8(std::string& text, std::uint32_t point)
{
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        point = 0xfffd;
    if (point < 0x80) {
        text += char(point);
        return;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    constexpr int marks[]{ 0, 0xc0, 0xe0, 0xf0 };
    text += char(marks[more] | int(point >> (6 * more)));
    for (int i = more - 1; i >= 0; --i)
        text += char(0x80 | ((point >> (6 * i)) & 0x3f));
}

/// One string of "<U12" (UTF-32) or "|S12" (bytes), without the zeros behind it.
std::string textOf(const std::byte* at, std::size_t length, bool wide)
{
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        std::uint32_t point = std::uint32_t(at[i]);
        if (wide)
            std::memcpy(&point, at + 4 * i, 4);
        if (point == 0)
            break;
        if (wide)
            appendUtf8(text, point);
        else
            text += char(point);
    }
    return text;
}

Status addTexts(NumpyArrays& arrays, const std::string& name, const Header& header,
    std::span<const std::byte> data, const std::string& where)
{
    const bool wide = header.type.starts_with("<U");
    std::size_t length = 0;
    const char *first = header.type.data() + 2, *last = header.type.data() + header.type.size();
    const bool number = std::from_chars(first, last, length).ec == std::errc();
    const std::size_t size = length * (wide ? 4 : 1);
    const auto count =
        number && length > 0 && length <= largestText ? countOf(header.extents, size) : std::nullopt;
    if (!count || *count * size > data.size())
        return malformed(where, "its strings end early");
    std::vector<std::string>& texts = arrays.texts[name];
    for (std::uint64_t i = 0; i < *count; ++i)
        texts.push_back(textOf(data.data() + i * size, length, wide));
    return {};
}

Status addArray(NumpyArrays& arrays, const std::string& name, const Bytes& bytes, const std::string& where)
{
    HEADLIGHT_TRY(const Header header, headerOf(bytes.bytes, where));
    const std::span<const std::byte> data = bytes.bytes.subspan(header.begin);
    if (header.type.starts_with("<U") || header.type.starts_with("|S"))
        return addTexts(arrays, name, header, data, where);
    const std::optional<DType> type = typeOf(header.type);
    if (!type || (header.fortran && header.extents.size() > 1))
        return {}; // not for us; others of the file may be
    const auto count = countOf(header.extents, byteSize(*type));
    if (!count || *count * byteSize(*type) > data.size())
        return malformed(where, "its header promises more numbers than there are");
    if (*count > 0)
        arrays.tensors.emplace(name, Tensor::view(bytes.owner, data.data(), *type, Shape(header.extents)));
    return {};
}

/// Reads members one by one; compressed ones are unpacked.
class Archive {
public:
    explicit Archive(const std::filesystem::path& path)
        : m_zip(zip_open(path.c_str(), ZIP_RDONLY, nullptr))
    {
    }
    ~Archive()
    {
        if (m_zip != nullptr)
            zip_discard(m_zip);
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    std::int64_t count() const { return m_zip == nullptr ? -1 : zip_get_num_entries(m_zip, 0); }
    std::string name(std::int64_t index) const
    {
        const char* name = zip_get_name(m_zip, zip_uint64_t(index), ZIP_FL_ENC_GUESS);
        return name == nullptr ? std::string() : name;
    }
    /// The first bytes of a member: all that `wanted` says it needs of it, asked with what its beginning holds. Nothing
    /// when it cannot be unpacked that far; then `wanted` decides what is wrong.
    Expected<Bytes> read(std::int64_t index, const std::string& where,
        const std::function<Expected<std::uint64_t>(std::span<const std::byte> beginning)>& wanted) const
    {
        zip_file_t* file = zip_fopen_index(m_zip, zip_uint64_t(index), 0);
        if (file == nullptr)
            return malformed(where, "it cannot be unpacked");
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> closed(file, zip_fclose);
        auto content = std::make_shared<std::vector<std::byte>>();
        unpack(file, largestHeader, *content);
        HEADLIGHT_TRY(const std::uint64_t bytes, wanted(*content));
        unpack(file, bytes, *content);
        if (content->size() < bytes)
            return malformed(where, "its header promises more numbers than there are");
        return Bytes{ content, *content };
    }

private:
    /// Until there are `bytes`, or no more. Grows as bytes come, so that a lie about the size costs nothing.
    static void unpack(zip_file_t* file, std::uint64_t bytes, std::vector<std::byte>& content)
    {
        constexpr std::size_t step = 1 << 22;
        for (zip_int64_t got = 1; got > 0 && content.size() < bytes;) {
            const std::size_t old = content.size();
            content.resize(old + std::min<std::size_t>(step, std::size_t(bytes) - old));
            got = zip_fread(file, content.data() + old, content.size() - old);
            content.resize(old + std::size_t(std::max<zip_int64_t>(got, 0)));
        }
    }

    zip_t* m_zip;
};

/// Bytes of a member up to the end of what its header promises; 0 for one that is not for us.
Expected<std::uint64_t> promisedBytes(std::span<const std::byte> beginning, const std::string& where)
{
    HEADLIGHT_TRY(const Header header, headerOf(beginning, where));
    std::uint64_t size = 0;
    if (const std::optional<DType> type = typeOf(header.type))
        size = byteSize(*type);
    else if (header.type.starts_with("<U") || header.type.starts_with("|S"))
        std::from_chars(header.type.data() + 2, header.type.data() + header.type.size(), size);
    size *= header.type.starts_with("<U") ? 4 : 1;
    if (size == 0)
        return std::uint64_t(0);
    const auto count = countOf(header.extents, size);
    return count ? header.begin + *count * size : std::numeric_limits<std::uint64_t>::max();
}

Expected<NumpyArrays> readArchive(const std::filesystem::path& path)
{
    const Archive archive(path);
    if (archive.count() < 0)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is no readable archive of arrays: an incomplete download?", path.string()) };
    NumpyArrays arrays;
    std::uint64_t unpacked = 0;
    for (std::int64_t i = 0; i < archive.count(); ++i) {
        const std::string member = archive.name(i);
        if (!member.ends_with(".npy"))
            continue;
        const std::string where = fmt::format("{} in {}", member, path.string());
        const auto wanted = [&](std::span<const std::byte> beginning) -> Expected<std::uint64_t> {
            HEADLIGHT_TRY(const std::uint64_t promised, promisedBytes(beginning, where));
            if (promised > largestUnpacked - unpacked)
                return Error{ ErrorKind::Unsupported,
                    fmt::format("{} unpacks to more than {} GB of memory; save the array as a .npy file of its own, "
                                "which is read where it lies.",
                        where, largestUnpacked >> 30) };
            unpacked += promised;
            return promised;
        };
        HEADLIGHT_TRY(const Bytes bytes, archive.read(i, where, wanted));
        HEADLIGHT_TRY_STATUS(addArray(arrays, member.substr(0, member.size() - 4), bytes, where));
    }
    return arrays;
}

} // namespace

Expected<NumpyArrays> readNumpyFile(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const auto file, MappedFile::open(path));
    NumpyArrays arrays;
    const std::string_view begin(
        reinterpret_cast<const char*>(file->bytes().data()), std::min<std::size_t>(file->bytes().size(), 8));
    if (begin.starts_with("PK")) {
        HEADLIGHT_TRY(arrays, readArchive(path));
    } else {
        HEADLIGHT_TRY_STATUS(addArray(arrays, "array", { file, file->bytes() }, path.string()));
    }
    if (arrays.tensors.empty())
        return Error{ ErrorKind::Unsupported,
            fmt::format("{} holds no array of numbers that can be read (row by row, whole or floating-point "
                        "numbers).",
                path.string()) };
    return arrays;
}

} // namespace headlight
