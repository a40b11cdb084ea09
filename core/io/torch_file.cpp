#include "core/io/torch_file.h"

#include "core/io/torch_storage.h"
#include "core/io/torch_types.h"

namespace headlight {
namespace {

using Kind = PickleNode::Kind;

/// How a tensor lies in its storage, in numbers.
struct Layout {
    DType type = DType::F32;
    std::span<const std::byte> storage;
    std::uint64_t offset = 0;
    std::vector<std::int64_t> extents, strides;
};

/// Copies numbers that do not lie row by row.
Tensor gather(const Layout& layout, const Shape& shape)
{
    const std::size_t size = byteSize(layout.type), rank = layout.extents.size();
    std::vector<std::byte> bytes(std::size_t(shape.count()) * size);
    std::vector<std::int64_t> index(rank, 0);
    std::int64_t from = std::int64_t(layout.offset);
    for (std::size_t to = 0; to < bytes.size(); to += size) {
        std::memcpy(bytes.data() + to, layout.storage.data() + std::size_t(from) * size, size);
        for (std::size_t axis = rank; axis-- > 0;) {
            from += layout.strides[axis];
            if (++index[axis] < layout.extents[axis])
                break;
            from -= layout.strides[axis] * layout.extents[axis];
            index[axis] = 0;
        }
    }
    return Tensor::fromBytes(shape, layout.type, std::move(bytes));
}

bool isRowMajor(const Layout& layout)
{
    std::int64_t expected = 1;
    for (std::size_t axis = layout.extents.size(); axis-- > 0;) {
        if (layout.extents[axis] != 1 && layout.strides[axis] != expected)
            return false;
        expected *= layout.extents[axis];
    }
    return true;
}

/// Turns one entry of a state dict into a tensor.
class TensorReader {
public:
    TensorReader(
        const std::shared_ptr<const MappedFile>& file, const TorchParts& parts, std::string_view name)
        : m_file(file)
        , m_parts(parts)
        , m_where(fmt::format("Tensor \"{}\" of {}", name, file->path().string()))
    {
    }

    Expected<Tensor> read(const PickleNode& node) const
    {
        const PickleNode* call = &node;
        for (int wrappers = 0; wrappers < 3; ++wrappers) { // Parameter(Tensor(...)) at most
            const auto function = torchFunction(call->items[0]->module, call->items[0]->text);
            const auto& arguments = call->items[1]->items;
            if (function == TorchFunction::Tensor)
                return build(arguments);
            if (function == TorchFunction::Parameter && !arguments.empty()
                && arguments[0]->kind == Kind::Call)
                call = arguments[0];
            else if (function == TorchFunction::TensorOfType && arguments.size() == 4
                && arguments[2]->kind == Kind::Tuple && arguments[0]->kind == Kind::Global
                && torchFunction(arguments[0]->module, arguments[0]->text) == TorchFunction::Tensor)
                return build(arguments[2]->items);
            else
                break;
        }
        return bad("it is made in a way that is not known");
    }

private:
    Error bad(std::string_view problem) const
    {
        return { ErrorKind::BadFile, fmt::format("{}: {}.", m_where, problem) };
    }

    /// Arguments: storage, offset, extents, strides, and what inference does without.
    Expected<Tensor> build(const std::vector<const PickleNode*>& arguments) const
    {
        if (arguments.size() < 4 || arguments[0]->kind != Kind::Persistent
            || arguments[1]->kind != Kind::Integer || arguments[1]->integer < 0)
            return bad("its description is not understood");
        Layout layout;
        layout.offset = std::uint64_t(arguments[1]->integer);
        HEADLIGHT_TRY(layout.extents, numbers(*arguments[2]));
        HEADLIGHT_TRY(layout.strides, numbers(*arguments[3]));
        HEADLIGHT_TRY_STATUS(findStorage(*arguments[0]->items.front(), layout));
        HEADLIGHT_TRY_STATUS(check(layout));
        for (std::size_t axis = 0; axis < layout.extents.size(); ++axis)
            if (layout.extents[axis] == 1) // its stride is never walked and may be anything
                layout.strides[axis] = 0;
        const Shape shape{ std::span<const std::int64_t>(layout.extents) };
        if (shape.count() == 0)
            return Tensor::fromBytes(shape, layout.type, {});
        if (!isRowMajor(layout))
            return gather(layout, shape);
        return Tensor::view(
            m_file, layout.storage.data() + layout.offset * byteSize(layout.type), layout.type, shape);
    }

    Expected<std::vector<std::int64_t>> numbers(const PickleNode& node) const
    {
        const PickleNode& list = node.kind == Kind::Call ? *node.items[1] : node; // torch.Size((2, 3))
        const auto& items =
            list.items.size() == 1 && list.items[0]->kind == Kind::Tuple ? list.items[0]->items : list.items;
        std::vector<std::int64_t> values;
        for (const PickleNode* item : items) {
            if (item->kind != Kind::Integer || item->integer < 0)
                return bad("its shape is no list of sizes");
            values.push_back(item->integer);
        }
        return values;
    }

    /// id: "storage", type, key, where it was, count of numbers (and, in the old form, a view).
    Status findStorage(const PickleNode& id, Layout& layout) const
    {
        const auto type =
            id.kind == Kind::Tuple && id.items.size() >= 5 ? torchStorageType(*id.items[1]) : std::nullopt;
        if (!type || id.items[0]->text != "storage" || id.items[4]->kind != Kind::Integer)
            return bad("its storage is of a kind Headlight does not read");
        if (id.items.size() > 5 && id.items[5]->kind != Kind::None)
            return bad("its storage is a view of another, as old torch versions had it; load and save it "
                       "with a newer torch");
        const auto found = m_parts.storages.find(std::string(id.items[2]->text));
        if (found == m_parts.storages.end())
            return bad(fmt::format("its storage \"{}\" is not in the file", id.items[2]->text.substr(0, 40)));
        layout.type = *type;
        std::uint64_t bytes = 0;
        if (id.items[4]->integer < 0
            || __builtin_mul_overflow(std::uint64_t(id.items[4]->integer), byteSize(*type), &bytes)
            || bytes > found->second.size())
            return bad(fmt::format("its storage should hold {} numbers of type {}, the file has {} bytes for "
                                   "it: an incomplete download?",
                id.items[4]->integer, displayName(*type), found->second.size()));
        layout.storage = found->second.first(std::size_t(bytes));
        return {};
    }

    /// After this every number of the layout lies in the storage.
    Status check(const Layout& layout) const
    {
        if (layout.extents.size() > std::size_t(Shape::maxRank)
            || layout.strides.size() != layout.extents.size())
            return bad(fmt::format("it has {} axes and {} strides, at most {} axes are supported",
                layout.extents.size(), layout.strides.size(), Shape::maxRank));
        const std::uint64_t held = layout.storage.size() / byteSize(layout.type);
        std::uint64_t count = 1, last = layout.offset;
        bool overflow = false, none = false;
        for (std::size_t axis = 0; axis < layout.extents.size(); ++axis) {
            const auto extent = std::uint64_t(layout.extents[axis]);
            std::uint64_t reach = 0;
            none = none || extent == 0;
            overflow = __builtin_mul_overflow(count, extent, &count) || overflow;
            overflow = __builtin_mul_overflow(std::max<std::uint64_t>(extent, 1) - 1,
                           std::uint64_t(layout.strides[axis]), &reach)
                || overflow;
            overflow = __builtin_add_overflow(last, reach, &last) || overflow;
        }
        // A tensor may repeat numbers (stride 0), but one that is larger than its storage is no parameter.
        if (overflow || (!none && (last >= held || count > held)))
            return bad(fmt::format("it reaches beyond the {} numbers of its storage", held));
        return {};
    }

    const std::shared_ptr<const MappedFile>& m_file;
    const TorchParts& m_parts;
    std::string m_where;
};

bool isDict(const PickleNode& node)
{
    return node.kind == Kind::Dict
        || (node.kind == Kind::Call
            && torchFunction(node.items[0]->module, node.items[0]->text) == TorchFunction::OrderedDict);
}

/// Keys and values of a dict; an OrderedDict's follow its function and arguments.
std::span<const PickleNode* const> entries(const PickleNode& dict)
{
    const std::span<const PickleNode* const> items(dict.items);
    return dict.kind == Kind::Call ? items.subspan(2) : items;
}

bool isTensor(const PickleNode& node)
{
    return node.kind == Kind::Call && !isDict(node)
        && torchFunction(node.items[0]->module, node.items[0]->text) != TorchFunction::Size;
}

/// The dict with the tensors: the file's own, or one a trainer put under a name.
const PickleNode* stateDict(const PickleNode& root)
{
    if (!isDict(root))
        return nullptr;
    const auto items = entries(root);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        if (isDict(*items[i + 1]) && (items[i]->text == "state_dict" || items[i]->text == "model"))
            return items[i + 1];
    return &root;
}

} // namespace

Expected<std::map<std::string, Tensor>> readTorchFile(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::shared_ptr<const MappedFile> file, MappedFile::open(path));
    HEADLIGHT_TRY(const TorchParts parts, readTorchParts(*file));
    const PickleNode* state = stateDict(*parts.pickle.root);
    std::map<std::string, Tensor> tensors;
    const auto items = state == nullptr ? std::span<const PickleNode* const>() : entries(*state);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (items[i]->kind != Kind::Text || !isTensor(*items[i + 1]))
            continue;
        const std::string name(items[i]->text);
        HEADLIGHT_TRY(Tensor tensor, TensorReader(file, parts, name).read(*items[i + 1]));
        tensors.insert_or_assign(name, std::move(tensor));
    }
    if (tensors.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} holds no tensors by name, so it is no state dict.", path.string()) };
    return tensors;
}

} // namespace headlight
