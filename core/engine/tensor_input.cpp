// Raw tensors in, stacked tensors out: how `attend --input` feeds a batch row by row.

#include "core/engine/pass.h"

namespace headlight {
namespace {

Error badTensor(const std::string& name, const Tensor& tensor, std::string_view expected)
{
    return { ErrorKind::BadInput,
        fmt::format("{} has type {} and shape {}, expected {}.", name, headlight::name(tensor.dtype()),
            tensor.shape().toString(), expected) };
}

bool isInteger(DType type)
{
    return type != DType::F32 && type != DType::F16 && type != DType::BF16 && type != DType::F64;
}

/// A [B,T] tensor of whole numbers, or an empty one when there is none of the name.
Expected<Tensor> integerMatrix(const std::map<std::string, Tensor>& tensors, const std::string& name, const Shape* like)
{
    const auto found = tensors.find(name);
    if (found == tensors.end())
        return Tensor();
    const Tensor& tensor = found->second;
    if (!isInteger(tensor.dtype()) || tensor.shape().rank() != 2)
        return badTensor(name, tensor, "whole numbers of shape [batch, tokens]");
    if (like != nullptr && !(tensor.shape() == *like))
        return badTensor(name, tensor, "the shape of input_ids, " + like->toString());
    return tensor;
}

std::vector<std::int64_t> row(const Tensor& tensor, std::int64_t index)
{
    return tensor.empty() ? std::vector<std::int64_t>() : tensor.slice(index, index + 1).integers();
}

Expected<std::vector<ModelInput>> textInputs(const std::map<std::string, Tensor>& tensors)
{
    HEADLIGHT_TRY(const Tensor ids, integerMatrix(tensors, "input_ids", nullptr));
    if (ids.empty())
        return Error { ErrorKind::BadInput, "The input has no input_ids, which this model needs." };
    HEADLIGHT_TRY(const Tensor mask, integerMatrix(tensors, "attention_mask", &ids.shape()));
    HEADLIGHT_TRY(const Tensor types, integerMatrix(tensors, "token_type_ids", &ids.shape()));
    std::vector<ModelInput> inputs;
    for (std::int64_t i = 0; i < ids.shape()[0]; ++i) {
        ModelInput input;
        input.ids = row(ids, i);
        input.typeIds = row(types, i);
        const std::vector<std::int64_t> visible = row(mask, i);
        // A mask of ones is no mask: the fast path.
        if (std::any_of(visible.begin(), visible.end(), [](std::int64_t v) { return v == 0; }))
            for (const std::int64_t v : visible)
                input.attentionMask.push_back(v != 0 ? 1 : 0);
        inputs.push_back(std::move(input));
    }
    return inputs;
}

Expected<std::vector<ModelInput>> imageInputs(const std::map<std::string, Tensor>& tensors)
{
    const auto found = tensors.find("pixel_values");
    if (found == tensors.end())
        return Error { ErrorKind::BadInput, "The input has no pixel_values, which this model needs." };
    const Tensor& pixels = found->second;
    if (isInteger(pixels.dtype()) || pixels.shape().rank() != 4)
        return badTensor("pixel_values", pixels, "floating-point numbers of shape [batch, channels, height, width]");
    const Tensor values = pixels.toFloat();
    std::vector<ModelInput> inputs;
    for (std::int64_t i = 0; i < values.shape()[0]; ++i) {
        ModelInput input;
        input.pixelValues
            = values.slice(i, i + 1).reshaped({ values.shape()[1], values.shape()[2], values.shape()[3] });
        inputs.push_back(std::move(input));
    }
    return inputs;
}

} // namespace

Expected<std::vector<ModelInput>> inputsFromTensors(
    const std::map<std::string, Tensor>& tensors, const ModelInfo& info)
{
    HEADLIGHT_TRY(std::vector<ModelInput> inputs, info.input == InputKind::Text ? textInputs(tensors) : imageInputs(tensors));
    if (inputs.empty())
        return Error { ErrorKind::BadInput, "The input is an empty batch." };
    return inputs;
}

std::map<std::string, Tensor> stackRows(std::span<const std::map<std::string, Tensor>> rows)
{
    HEADLIGHT_CHECK(!rows.empty(), "a stack of no rows");
    if (rows.size() == 1)
        return rows.front();
    std::map<std::string, Tensor> stacked;
    for (const auto& [name, first] : rows.front()) {
        std::vector<std::int64_t> extents(first.shape().extents().begin(), first.shape().extents().end());
        extents[0] *= std::int64_t(rows.size());
        const auto fill = [&, key = name](std::span<float> out) {
            auto place = out.begin();
            for (const auto& row : rows)
                place = std::copy(row.at(key).floats().begin(), row.at(key).floats().end(), place);
        };
        stacked.emplace(name, Tensor::make(Shape(std::span<const std::int64_t>(extents)), fill));
    }
    return stacked;
}

} // namespace headlight
