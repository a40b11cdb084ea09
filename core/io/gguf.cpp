#include "core/io/gguf.h"

#include "core/io/byte_reader.h"

#include <fstream>

namespace headlight {
namespace {

constexpr std::string_view magic = "GGUF";
constexpr std::size_t longestName =
    1024; ///< of keys and tensors; the format allows 64 KB, which nobody needs
constexpr std::uint64_t longestList = 1
    << 24; ///< the largest vocabularies have a quarter of a million entries

/// The kinds of metadata values, by the numbers of the format.
enum class ValueType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, List, U64, I64, F64 };

struct TensorTypeRow {
    std::uint32_t number;
    DType type;
};

/// ggml's numbers of the types that are read.
constexpr std::array<TensorTypeRow, 17> tensorTypes{ {
    { 0, DType::F32 },
    { 1, DType::F16 },
    { 2, DType::Q4_0 },
    { 3, DType::Q4_1 },
    { 6, DType::Q5_0 },
    { 7, DType::Q5_1 },
    { 8, DType::Q8_0 },
    { 12, DType::Q4_K },
    { 13, DType::Q5_K },
    { 14, DType::Q6_K },
    { 24, DType::I8 },
    { 25, DType::I16 },
    { 26, DType::I32 },
    { 27, DType::I64 },
    { 28, DType::F64 },
    { 30, DType::BF16 },
    { 39, DType::MXFP4Block },
} };

struct OtherTypeRow {
    std::uint32_t number;
    std::string_view name;
};

/// Types that are known by name alone, for messages.
constexpr std::array<OtherTypeRow, 15> otherTypes{ {
    { 10, "q2_K" },
    { 11, "q3_K" },
    { 16, "iq2_xxs" },
    { 17, "iq2_xs" },
    { 18, "iq3_xxs" },
    { 19, "iq1_s" },
    { 20, "iq4_nl" },
    { 21, "iq3_s" },
    { 22, "iq2_s" },
    { 23, "iq4_xs" },
    { 29, "iq1_m" },
    { 34, "tq1_0" },
    { 35, "tq2_0" },
    { 4, "q4_2" },
    { 5, "q4_3" },
} };

std::string typeName(std::uint32_t number)
{
    for (const OtherTypeRow& row : otherTypes)
        if (row.number == number)
            return std::string(row.name);
    return fmt::format("number {}", number);
}

struct TensorPlace {
    std::string name;
    DType type = DType::F32;
    std::vector<std::int64_t> extents;
    std::uint64_t offset = 0, bytes = 0;
};

/// Walks through the header.
class HeaderReader {
public:
    explicit HeaderReader(const MappedFile& file)
        : m_file(file)
        , m_reader(file.bytes())
    {
    }

    using Metadata = std::map<std::string, GgufValue, std::less<>>;

    Status readCounts();
    Expected<Metadata> readMetadata();
    Expected<std::vector<TensorPlace>> readPlaces();
    std::size_t position() const { return m_reader.position(); }

    Error bad(std::string_view problem) const
    {
        return { ErrorKind::BadFile, fmt::format("{}: {}.", m_file.path().string(), problem) };
    }
    Error unsupported(std::string_view problem) const
    {
        return { ErrorKind::Unsupported, fmt::format("{}: {}.", m_file.path().string(), problem) };
    }
    Error endsEarly(std::string_view within) const
    {
        return bad(fmt::format("the file ends within its {}: an incomplete download?", within));
    }

private:
    std::string_view text() { return m_reader.text(m_reader.take<std::uint64_t>()); }
    template <typename T> T number(ValueType type);
    template <typename T, typename Take>
    std::vector<T> list(std::uint64_t count, std::size_t leastBytes, Take take);
    std::optional<GgufValue> scalar(ValueType type);
    Expected<GgufValue> listValue(std::string_view key);
    Expected<GgufValue> value(std::string_view key);
    Expected<TensorPlace> place();

    const MappedFile& m_file;
    ByteReader m_reader;
    std::uint64_t m_tensors = 0, m_values = 0;
};

Status HeaderReader::readCounts()
{
    if (m_reader.text(magic.size()) != magic)
        return bad("this is no GGUF file (a Git LFS pointer, or an incomplete download?)");
    const auto version = m_reader.take<std::uint32_t>();
    if (version == 1)
        return unsupported("this is GGUF of version 1; convert it with a newer llama.cpp");
    if (version != 0 && (version & 0xffff) == 0)
        return unsupported("this GGUF file is for big-endian machines");
    if (version != 2 && version != 3)
        return unsupported(fmt::format("this is GGUF of version {}; versions 2 and 3 are read", version));
    m_tensors = m_reader.take<std::uint64_t>();
    m_values = m_reader.take<std::uint64_t>();
    if (m_reader.failed())
        return endsEarly("header");
    return {};
}

template <typename T> T HeaderReader::number(ValueType type)
{
    switch (type) {
    case ValueType::U8:
        return T(m_reader.take<std::uint8_t>());
    case ValueType::I8:
        return T(m_reader.take<std::int8_t>());
    case ValueType::U16:
        return T(m_reader.take<std::uint16_t>());
    case ValueType::I16:
        return T(m_reader.take<std::int16_t>());
    case ValueType::U32:
        return T(m_reader.take<std::uint32_t>());
    case ValueType::I32:
        return T(m_reader.take<std::int32_t>());
    case ValueType::F32:
        return T(m_reader.take<float>());
    case ValueType::F64:
        return T(m_reader.take<double>());
    default:
        return T(m_reader.take<std::int64_t>());
    }
}

bool isReal(ValueType type)
{
    return type == ValueType::F32 || type == ValueType::F64;
}

std::optional<GgufValue> HeaderReader::scalar(ValueType type)
{
    if (type == ValueType::Bool)
        return m_reader.take<std::uint8_t>() != 0;
    if (type == ValueType::Text)
        return text();
    if (isReal(type))
        return number<double>(type);
    if (type <= ValueType::I64 && type != ValueType::List)
        return number<std::int64_t>(type);
    return std::nullopt;
}

/// Room is taken as the entries come, so that a count that lies takes none.
template <typename T, typename Take>
std::vector<T> HeaderReader::list(std::uint64_t count, std::size_t leastBytes, Take take)
{
    std::vector<T> values;
    if (count > m_reader.remaining() / leastBytes) {
        m_reader.bytes(m_reader.remaining() + 1); // fails
        return values;
    }
    values.reserve(std::size_t(count));
    for (std::uint64_t i = 0; i < count && !m_reader.failed(); ++i)
        values.push_back(take());
    return values;
}

Expected<GgufValue> HeaderReader::listValue(std::string_view key)
{
    const auto type = ValueType(m_reader.take<std::uint32_t>());
    const auto count = m_reader.take<std::uint64_t>();
    if (type == ValueType::List)
        return unsupported(fmt::format("\"{}\" is a list of lists, which no model needs", key));
    if (type > ValueType::F64)
        return bad(fmt::format("\"{}\" is a list of values of kind {}, which the format does not have", key,
            std::uint32_t(type)));
    if (count > longestList)
        return bad(fmt::format("\"{}\" is a list of {} entries, more than any model needs", key, count));
    constexpr std::array<std::size_t, 13> bytes{ 1, 1, 2, 2, 4, 4, 4, 1, 8, 1, 8, 8, 8 };
    const std::size_t least = bytes[std::size_t(type)];
    if (type == ValueType::Text)
        return GgufValue(list<std::string_view>(count, least, [this] { return text(); }));
    if (isReal(type))
        return GgufValue(list<double>(count, least, [&] { return number<double>(type); }));
    const ValueType stored = type == ValueType::Bool ? ValueType::U8 : type;
    return GgufValue(list<std::int64_t>(count, least, [&] { return number<std::int64_t>(stored); }));
}

Expected<GgufValue> HeaderReader::value(std::string_view key)
{
    const auto type = ValueType(m_reader.take<std::uint32_t>());
    if (type == ValueType::List)
        return listValue(key);
    if (auto single = scalar(type))
        return *std::move(single);
    return bad(fmt::format(
        "\"{}\" is a value of kind {}, which the format does not have", key, std::uint32_t(type)));
}

Expected<HeaderReader::Metadata> HeaderReader::readMetadata()
{
    Metadata metadata;
    for (std::uint64_t i = 0; i < m_values; ++i) {
        const std::string_view key = text();
        if (m_reader.failed() || key.size() > longestName)
            return endsEarly("metadata");
        HEADLIGHT_TRY(GgufValue found, value(key));
        if (m_reader.failed())
            return endsEarly(fmt::format("value of \"{}\"", key));
        if (!metadata.emplace(key, std::move(found)).second)
            return bad(fmt::format("it has \"{}\" twice", key));
    }
    return metadata;
}

/// Extents are stored with the fastest first.
Expected<TensorPlace> HeaderReader::place()
{
    TensorPlace place;
    place.name = text().substr(0, longestName);
    const std::string tensor = fmt::format("tensor \"{}\"", place.name);
    const auto rank = m_reader.take<std::uint32_t>();
    if (!m_reader.failed() && rank > std::uint32_t(Shape::maxRank))
        return bad(fmt::format("{} has {} axes, at most {} are supported", tensor, rank, Shape::maxRank));
    for (std::uint32_t axis = 0; axis < rank && !m_reader.failed(); ++axis)
        place.extents.insert(place.extents.begin(), m_reader.take<std::int64_t>());
    const auto number = m_reader.take<std::uint32_t>();
    place.offset = m_reader.take<std::uint64_t>();
    if (m_reader.failed())
        return endsEarly("list of tensors");
    const auto row = std::find_if(
        tensorTypes.begin(), tensorTypes.end(), [&](const auto& r) { return r.number == number; });
    if (row == tensorTypes.end())
        return unsupported(fmt::format(
            "{} is of type {}; read are f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q4_K, q5_K, q6_K and mxfp4",
            tensor, typeName(number)));
    place.type = row->type;
    if (!place.extents.empty() && place.extents.back() % blockSize(place.type) != 0)
        return bad(fmt::format("{} has rows of {} numbers, which are no whole blocks of {}", tensor,
            place.extents.back(), blockSize(place.type)));
    place.bytes = byteSize(place.type);
    bool fits = !place.extents.empty() || blockSize(place.type) == 1;
    for (std::size_t axis = 0; axis < place.extents.size(); ++axis) {
        const std::int64_t extent =
            place.extents[axis] / (axis + 1 == place.extents.size() ? blockSize(place.type) : 1);
        fits =
            fits && extent >= 0 && !__builtin_mul_overflow(place.bytes, std::uint64_t(extent), &place.bytes);
    }
    if (!fits || place.bytes > m_file.bytes().size())
        return bad(fmt::format("{} of shape [{}] is larger than the file: an incomplete download?", tensor,
            fmt::join(place.extents, ", ")));
    return place;
}

Expected<std::vector<TensorPlace>> HeaderReader::readPlaces()
{
    std::vector<TensorPlace> places;
    for (std::uint64_t i = 0; i < m_tensors; ++i) {
        HEADLIGHT_TRY(TensorPlace found, place());
        places.push_back(std::move(found));
    }
    return places;
}

/// Where the numbers begin: behind the header, aligned.
Expected<std::size_t> dataBegin(const HeaderReader& header, const GgufFile& file, std::size_t fileBytes)
{
    const std::int64_t* given = file.find<std::int64_t>("general.alignment");
    const std::int64_t alignment = given == nullptr ? 32 : *given;
    if (alignment < 1 || alignment > 1 << 20 || (alignment & (alignment - 1)) != 0)
        return header.bad(fmt::format("general.alignment is {}, a power of two was expected", alignment));
    const std::size_t begin =
        (header.position() + std::size_t(alignment) - 1) / std::size_t(alignment) * std::size_t(alignment);
    return std::min(begin, fileBytes);
}

Status checkOverlaps(std::vector<TensorPlace>& places, const HeaderReader& header)
{
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
        return std::tie(a.offset, a.bytes) < std::tie(b.offset, b.bytes);
    });
    for (std::size_t i = 1; i < places.size(); ++i)
        if (places[i].offset < places[i - 1].offset + places[i - 1].bytes)
            return header.bad(
                fmt::format("tensors \"{}\" and \"{}\" overlap", places[i - 1].name, places[i].name));
    return {};
}

} // namespace

bool GgufFile::isGguf(const std::filesystem::path& path)
{
    std::string begin(magic.size(), '\0');
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored)
        && std::ifstream(path, std::ios::binary).read(begin.data(), std::streamsize(begin.size()))
        && begin == magic;
}

Expected<GgufFile> GgufFile::open(const std::filesystem::path& path)
{
    GgufFile result;
    HEADLIGHT_TRY(result.m_file, MappedFile::open(path));
    HeaderReader header(*result.m_file);
    HEADLIGHT_TRY_STATUS(header.readCounts());
    HEADLIGHT_TRY(result.m_metadata, header.readMetadata());
    if (const auto* parts = result.find<std::int64_t>("split.count"); parts != nullptr && *parts > 1)
        return header.unsupported(
            fmt::format("this is one of {} parts; join them with llama-gguf-split --merge", *parts));
    HEADLIGHT_TRY(std::vector<TensorPlace> places, header.readPlaces());
    const std::span<const std::byte> bytes = result.m_file->bytes();
    HEADLIGHT_TRY(const std::size_t begin, dataBegin(header, result, bytes.size()));
    for (const TensorPlace& place : places)
        if (place.offset > bytes.size() - begin || place.bytes > bytes.size() - begin - place.offset)
            return header.bad(fmt::format(
                "tensor \"{}\" should lie at byte {} of the data and take {}, but the file holds {}: an "
                "incomplete download?",
                place.name, place.offset, place.bytes, bytes.size() - begin));
    HEADLIGHT_TRY_STATUS(checkOverlaps(places, header));
    for (const TensorPlace& place : places)
        if (!result.m_tensors
                 .emplace(place.name,
                     Tensor::view(result.m_file, bytes.data() + begin + place.offset, place.type,
                         Shape(std::span<const std::int64_t>(place.extents))))
                 .second)
            return header.bad(fmt::format("it has tensor \"{}\" twice", place.name));
    return result;
}

} // namespace headlight
