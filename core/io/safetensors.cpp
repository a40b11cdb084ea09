#include "core/io/safetensors.h"

#include "core/io/json.h"

namespace headlight {
namespace {

/// The reference implementation's own bound on the header.
constexpr std::uint64_t largestHeader = 100'000'000;

struct Place {
    std::uint64_t begin, end;
};

/// One tensor's header entry, checked against the bytes there are.
class EntryReader {
public:
    EntryReader(const std::shared_ptr<const MappedFile>& file, std::span<const std::byte> data)
        : m_file(file)
        , m_data(data)
    {
    }

    Expected<Tensor> read(const std::string& name, const Json& entry, Place& place) const
    {
        HEADLIGHT_TRY(const auto typeName, jsonGet<std::string>(entry, "dtype", where(name)));
        HEADLIGHT_TRY(const auto extents, jsonGet<std::vector<std::int64_t>>(entry, "shape", where(name)));
        HEADLIGHT_TRY(const auto offsets, jsonGet<std::vector<std::uint64_t>>(entry, "data_offsets", where(name)));
        const std::optional<DType> type = dtypeFromName(typeName);
        if (!type)
            return Error { ErrorKind::Unsupported,
                fmt::format("{} is stored as {}, a type Headlight does not read.", where(name), typeName) };
        HEADLIGHT_TRY(const std::uint64_t bytes, byteCount(name, *type, extents));
        if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] - offsets[0] != bytes)
            return bad(name, fmt::format("its shape needs {} bytes, but its offsets say otherwise", bytes));
        if (offsets[1] > m_data.size())
            return bad(name,
                fmt::format("it should end at byte {} of the data, but the file holds {}: an incomplete download?",
                    offsets[1], m_data.size()));
        place = { offsets[0], offsets[1] };
        return Tensor::view(m_file, m_data.data() + offsets[0], *type, Shape(std::span<const std::int64_t>(extents)));
    }

private:
    std::string where(const std::string& name) const
    {
        return fmt::format("Tensor \"{}\" of {}", name, m_file->path().string());
    }
    Error bad(const std::string& name, const std::string& problem) const
    {
        return { ErrorKind::BadFile, fmt::format("{}: {}.", where(name), problem) };
    }
    Expected<std::uint64_t> byteCount(
        const std::string& name, DType type, const std::vector<std::int64_t>& extents) const
    {
        if (extents.size() > std::size_t(Shape::maxRank))
            return bad(name, fmt::format("it has {} axes, at most {} are supported", extents.size(), Shape::maxRank));
        std::uint64_t bytes = byteSize(type);
        for (std::int64_t extent : extents) {
            if (extent < 0)
                return bad(name, "its shape has a negative extent");
            if (__builtin_mul_overflow(bytes, std::uint64_t(extent), &bytes))
                return bad(name, "its shape is larger than any file");
        }
        return bytes;
    }

    const std::shared_ptr<const MappedFile>& m_file;
    std::span<const std::byte> m_data;
};

/// The published format: tensors lie one after the other, without overlap, without holes, to the file's end.
Status checkPlaces(std::vector<std::pair<Place, std::string>>& places, std::uint64_t dataBytes, const std::filesystem::path& path)
{
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first.begin, a.first.end) < std::pair(b.first.begin, b.first.end); // empty ones first
    });
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i].first.begin < end)
            return Error { ErrorKind::BadFile,
                fmt::format("{}: tensors \"{}\" and \"{}\" overlap.", path.string(), places[i - 1].second, places[i].second) };
        if (places[i].first.begin > end)
            return Error { ErrorKind::BadFile,
                fmt::format("{}: bytes {} to {} of the data, before tensor \"{}\", belong to no tensor.", path.string(), end,
                    places[i].first.begin, places[i].second) };
        end = places[i].first.end;
    }
    if (end != dataBytes)
        return Error { ErrorKind::BadFile,
            fmt::format("{}: its tensors end at byte {} of the data, the file holds {}: damaged?", path.string(), end, dataBytes) };
    return {};
}

Expected<Json> readHeader(const MappedFile& file, std::uint64_t& headerBytes)
{
    const std::span<const std::byte> bytes = file.bytes();
    const std::string path = file.path().string();
    if (bytes.size() < 8)
        return Error { ErrorKind::BadFile,
            fmt::format("{} is {} bytes long, too short for a safetensors file.", path, bytes.size()) };
    std::memcpy(&headerBytes, bytes.data(), 8);
    if (headerBytes > largestHeader || headerBytes > bytes.size() - 8)
        return Error { ErrorKind::BadFile,
            fmt::format("{}: the header says it is {} bytes long, the file ends after {}: cut short, or not a "
                        "safetensors file (a Git LFS pointer?).",
                path, headerBytes, bytes.size()) };
    const auto* text = reinterpret_cast<const char*>(bytes.data()) + 8;
    HEADLIGHT_TRY(Json header, parseJson({ text, std::size_t(headerBytes) }, "The header of " + path, RepeatedKeys::Refuse));
    if (!header.is_object())
        return Error { ErrorKind::BadFile, fmt::format("The header of {} is not a JSON object.", path) };
    return header;
}

} // namespace

Expected<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    std::uint64_t headerBytes = 0;
    HEADLIGHT_TRY(const Json header, readHeader(*file, headerBytes));
    const EntryReader reader(file, file->bytes().subspan(8 + std::size_t(headerBytes)));
    SafetensorsFile result;
    std::vector<std::pair<Place, std::string>> places;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            HEADLIGHT_TRY(result.m_metadata,
                (jsonOr<std::map<std::string, std::string>>(header, "__metadata__", {}, path.string())));
            continue;
        }
        Place place {};
        HEADLIGHT_TRY(Tensor tensor, reader.read(name, entry, place));
        places.emplace_back(place, name);
        result.m_tensors.emplace(name, std::move(tensor));
    }
    HEADLIGHT_TRY_STATUS(checkPlaces(places, file->bytes().size() - 8 - headerBytes, path));
    return result;
}

Status writeSafetensors(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : tensors) {
        HEADLIGHT_CHECK(!isQuantised(tensor.dtype()), "safetensors has no quantised types");
        header[name] = { { "dtype", headlight::name(tensor.dtype()) }, { "shape", tensor.shape().extents() },
            { "data_offsets", { offset, offset + tensor.bytes() } } };
        offset += tensor.bytes();
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace); // a folder's name may be no UTF-8
    text.append((8 - text.size() % 8) % 8, ' '); // the data begins aligned
    std::string content(8, '\0');
    const std::uint64_t headerBytes = text.size();
    std::memcpy(content.data(), &headerBytes, 8);
    content.reserve(8 + text.size() + std::size_t(offset));
    content += text;
    for (const auto& [name, tensor] : tensors)
        content.append(reinterpret_cast<const char*>(tensor.data()), tensor.bytes());
    return writeFile(path, content);
}

} // namespace headlight
