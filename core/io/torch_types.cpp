#include "core/io/torch_types.h"

namespace headlight {
namespace {

struct FunctionRow {
    std::string_view module, name;
    TorchFunction function;
};

constexpr std::array<FunctionRow, 8> functions{ {
    { "torch._utils", "_rebuild_tensor_v2", TorchFunction::Tensor },
    { "torch._utils", "_rebuild_tensor", TorchFunction::Tensor },
    { "torch._utils", "_rebuild_parameter", TorchFunction::Parameter },
    { "torch._tensor", "_rebuild_from_type_v2", TorchFunction::TensorOfType },
    { "collections", "OrderedDict", TorchFunction::OrderedDict },
    { "torch", "Size", TorchFunction::Size },
    { "torch", "Tensor", TorchFunction::Class },
    { "torch.nn.parameter", "Parameter", TorchFunction::Class },
} };

struct StorageRow {
    std::string_view name;
    DType type;
};

constexpr std::array<StorageRow, 10> storages{ {
    { "FloatStorage", DType::F32 },
    { "HalfStorage", DType::F16 },
    { "BFloat16Storage", DType::BF16 },
    { "DoubleStorage", DType::F64 },
    { "LongStorage", DType::I64 },
    { "IntStorage", DType::I32 },
    { "ShortStorage", DType::I16 },
    { "CharStorage", DType::I8 },
    { "ByteStorage", DType::U8 },
    { "BoolStorage", DType::Bool },
} };

std::optional<DType> storageType(std::string_view module, std::string_view name)
{
    for (const StorageRow& row : storages)
        if (module == "torch" && row.name == name)
            return row.type;
    return std::nullopt;
}

} // namespace

std::optional<TorchFunction> torchFunction(std::string_view module, std::string_view name)
{
    for (const FunctionRow& row : functions)
        if (row.module == module && row.name == name)
            return row.function;
    return std::nullopt;
}

std::optional<DType> torchStorageType(const PickleNode& node)
{
    return node.kind == PickleNode::Kind::Global ? storageType(node.module, node.text) : std::nullopt;
}

bool isTorchGlobal(std::string_view module, std::string_view name)
{
    return storageType(module, name).has_value() || torchFunction(module, name).has_value();
}

} // namespace headlight
