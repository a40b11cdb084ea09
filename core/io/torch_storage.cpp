#include "core/io/torch_storage.h"

#include "core/io/byte_reader.h"
#include "core/io/torch_types.h"
#include "core/io/zip_entries.h"

namespace headlight {
namespace {

using Kind = PickleNode::Kind;

/// 0x1950a86a20f9469cfc6c, with which the older form begins, little-endian.
constexpr std::string_view magicNumber{ "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10 };
constexpr std::int64_t protocolVersion = 1001;

Error bad(const MappedFile& file, std::string_view problem)
{
    return { ErrorKind::BadFile, fmt::format("{}: {}.", file.path().string(), problem) };
}

Expected<TorchParts> readArchive(const MappedFile& file)
{
    HEADLIGHT_TRY(const auto entries, zipEntries(file));
    const auto isPickle = [](const auto& entry) {
        return entry.first == "data.pkl" || entry.first.ends_with("/data.pkl");
    };
    const auto pickle = std::find_if(entries.begin(), entries.end(), isPickle);
    if (pickle == entries.end())
        return bad(file, "this zip archive holds no data.pkl, so torch.save did not write it");
    const std::string folder =
        pickle->first.substr(0, pickle->first.size() - std::string_view("data.pkl").size());
    if (const auto order = entries.find(folder + "byteorder"); order != entries.end()) {
        const auto& text = order->second.bytes;
        if (std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) == "big")
            return Error{ ErrorKind::Unsupported,
                fmt::format("{} was saved on a big-endian machine; save it again on this kind of machine.",
                    file.path().string()) };
    }
    TorchParts parts;
    for (const auto& [name, entry] : entries) {
        if (!name.starts_with(folder + "data/") && name != pickle->first)
            continue;
        if (!entry.stored)
            return Error{ ErrorKind::Unsupported,
                fmt::format("{}: entry \"{}\" is compressed or encrypted, which torch.save never does; "
                            "unpack and save it again.",
                    file.path().string(), name) };
        if (name != pickle->first)
            parts.storages.emplace(name.substr(folder.size() + 5), entry.bytes);
    }
    HEADLIGHT_TRY(parts.pickle, readPickle(pickle->second.bytes, isTorchGlobal, file.path().string()));
    return parts;
}

/// The numbers lie behind the last pickle: for each key, in the order of a list, their count and then they.
class OldForm {
public:
    explicit OldForm(const MappedFile& file)
        : m_file(file)
    {
    }

    Expected<TorchParts> read()
    {
        HEADLIGHT_TRY(const Pickle magic, next());
        HEADLIGHT_TRY(const Pickle version, next());
        HEADLIGHT_TRY(const Pickle system, next());
        if (magic.root->kind != Kind::LongInteger || magic.root->text != magicNumber)
            return bad(m_file, "this is a pickle, but torch.save did not write it");
        if (version.root->kind != Kind::Integer || version.root->integer != protocolVersion)
            return bad(m_file, "it was saved in a version of the old form that is not known");
        if (!isLittleEndian(*system.root))
            return Error{ ErrorKind::Unsupported,
                fmt::format("{} was saved on a big-endian machine; save it again on this kind of machine.",
                    m_file.path().string()) };
        TorchParts parts;
        HEADLIGHT_TRY(parts.pickle, next());
        HEADLIGHT_TRY(const Pickle keys, next());
        HEADLIGHT_TRY_STATUS(readStorages(*keys.root, elementSizes(parts.pickle), parts));
        return parts;
    }

private:
    Expected<Pickle> next()
    {
        HEADLIGHT_TRY(Pickle pickle,
            readPickle(m_file.bytes().subspan(m_position), isTorchGlobal, m_file.path().string()));
        m_position += pickle.size;
        return pickle;
    }

    static bool isLittleEndian(const PickleNode& system)
    {
        for (std::size_t i = 0; system.kind == Kind::Dict && i + 1 < system.items.size(); i += 2)
            if (system.items[i]->text == "little_endian")
                return system.items[i + 1]->integer != 0;
        return true;
    }

    /// Bytes per number of every storage the pickle names, by key.
    static std::map<std::string, std::size_t, std::less<>> elementSizes(const Pickle& pickle)
    {
        std::map<std::string, std::size_t, std::less<>> sizes;
        for (const PickleNode& node : pickle.nodes) {
            const PickleNode* id = node.kind == Kind::Persistent ? node.items.front() : nullptr;
            if (id == nullptr || id->kind != Kind::Tuple || id->items.size() < 3)
                continue;
            if (const auto type = torchStorageType(*id->items[1]))
                sizes.emplace(id->items[2]->text, byteSize(*type));
        }
        return sizes;
    }

    Status readStorages(const PickleNode& keys, const std::map<std::string, std::size_t, std::less<>>& sizes,
        TorchParts& parts)
    {
        if (keys.kind != Kind::List)
            return bad(m_file, "the list of its storages is missing");
        ByteReader reader(m_file.bytes(), m_position);
        for (const PickleNode* key : keys.items) {
            const auto size = sizes.find(key->text);
            const auto count = reader.take<std::uint64_t>();
            std::uint64_t bytes = 0;
            if (size == sizes.end() || __builtin_mul_overflow(count, size->second, &bytes))
                return bad(m_file, fmt::format("storage \"{}\" is not described", key->text.substr(0, 40)));
            const std::span<const std::byte> numbers = reader.bytes(bytes);
            if (reader.failed())
                return bad(m_file,
                    fmt::format(
                        "storage \"{}\" should have {} bytes, the file ends before: an incomplete download?",
                        key->text.substr(0, 40), bytes));
            parts.storages.emplace(key->text, numbers);
        }
        return {};
    }

    const MappedFile& m_file;
    std::size_t m_position = 0;
};

bool beginsWith(std::span<const std::byte> bytes, std::string_view text)
{
    return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

} // namespace

Expected<TorchParts> readTorchParts(const MappedFile& file)
{
    const std::span<const std::byte> bytes = file.bytes();
    if (beginsWith(bytes, "PK\x03\x04"))
        return readArchive(file);
    if (beginsWith(bytes, "\x80"))
        return OldForm(file).read();
    if (bytes.size() > 262 && beginsWith(bytes.subspan(257), "ustar"))
        return Error{ ErrorKind::Unsupported,
            fmt::format("{} is in the form of torch before 0.1.10; load and save it with a newer torch.",
                file.path().string()) };
    return bad(file, "this is no file of torch.save (a Git LFS pointer, or an incomplete download?)");
}

} // namespace headlight
