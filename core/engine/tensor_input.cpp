// Raw tensors in, stacked tensors out: how `attend --input` feeds a batch row by row.

#include "core/engine/pass.h"
#include "core/engine/picture_tensors.h"

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

/// Hands out the rows of the tensors there are, checking each once.
class Rows {
public:
    explicit Rows(const std::map<std::string, Tensor>& tensors)
        : m_tensors(tensors)
    {
    }
    bool has(const std::string& name) const { return m_tensors.contains(name); }

    /// A [B,T] tensor of whole numbers, of the shape of `like` if that is there; empty when there is none of the name.
    Expected<Tensor> integers(const std::string& name, const std::string& like = "") const
    {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end())
            return Tensor();
        const Tensor& tensor = found->second;
        if (!isInteger(tensor.dtype()) || tensor.shape().rank() != 2)
            return badTensor(name, tensor, "whole numbers of shape [batch, tokens]");
        const auto model = m_tensors.find(like);
        if (model != m_tensors.end() && !(tensor.shape() == model->second.shape()))
            return badTensor(name, tensor, fmt::format("the shape of {}, {}", like, model->second.shape().toString()));
        return tensor;
    }
    /// A floating-point tensor of this rank, as f32; empty when there is none of the name.
    Expected<Tensor> numbers(const std::string& name, int rank, std::string_view axes) const
    {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end())
            return Tensor();
        if (isInteger(found->second.dtype()) || found->second.shape().rank() != rank)
            return badTensor(name, found->second, fmt::format("floating-point numbers of shape [{}]", axes));
        return found->second.toFloat();
    }
private:
    const std::map<std::string, Tensor>& m_tensors;
};

std::vector<std::int64_t> integerRow(const Tensor& tensor, std::int64_t index)
{
    return tensor.empty() ? std::vector<std::int64_t>() : tensor.slice(index, index + 1).integers();
}

/// One example of a batch, without the batch axis.
Tensor example(const Tensor& tensor, std::int64_t index)
{
    if (tensor.empty())
        return {};
    return tensor.slice(index, index + 1).reshaped(Shape(tensor.shape().extents().subspan(1)));
}

/// Nothing when all are visible: the fast path.
std::vector<std::uint8_t> maskRow(const Tensor& tensor, std::int64_t index)
{
    std::vector<std::uint8_t> mask;
    for (const std::int64_t value : integerRow(tensor, index))
        mask.push_back(value != 0 ? 1 : 0);
    return std::find(mask.begin(), mask.end(), 0) == mask.end() ? std::vector<std::uint8_t>() : mask;
}

/// Every tensor a model may be fed with; those that are not there stay empty.
struct Batch {
    Tensor ids, mask, types, global, decoderIds, features, samples;
    PictureTensors pictures;

    static Expected<Batch> read(const Rows& rows, const std::map<std::string, Tensor>& tensors, const ModelInfo& info)
    {
        Batch batch;
        HEADLIGHT_TRY(batch.ids, rows.integers("input_ids"));
        for (const char* masked : { "input_ids", "input_values" })
            if (rows.has(masked)) {
                HEADLIGHT_TRY(batch.mask, rows.integers("attention_mask", masked));
                break;
            }
        HEADLIGHT_TRY(batch.types, rows.integers("token_type_ids", "input_ids"));
        HEADLIGHT_TRY(batch.global, rows.integers("global_attention_mask", "input_ids"));
        HEADLIGHT_TRY(batch.decoderIds, rows.integers("decoder_input_ids"));
        HEADLIGHT_TRY(batch.pictures, PictureTensors::read(tensors, info));
        HEADLIGHT_TRY(batch.features, rows.numbers("input_features", 3, "batch, mels, frames"));
        HEADLIGHT_TRY(batch.samples, rows.numbers("input_values", 2, "batch, samples"));
        return batch;
    }
    /// The examples there are; BadInput when two tensors disagree. 0 when there is nothing.
    Expected<std::int64_t> size() const
    {
        std::int64_t count = 0;
        std::vector<std::int64_t> sizes { pictures.examples() };
        for (const Tensor* tensor : { &ids, &decoderIds, &features, &samples })
            sizes.push_back(tensor->empty() ? 0 : tensor->shape()[0]);
        for (const std::int64_t size : sizes) {
            if (count != 0 && size != 0 && size != count)
                return Error { ErrorKind::BadInput, fmt::format("The tensors hold batches of {} and of {} examples.", count, size) };
            count = size == 0 ? count : size;
        }
        return count;
    }
    ModelInput at(std::int64_t i) const
    {
        ModelInput input;
        input.ids = integerRow(ids, i);
        input.typeIds = integerRow(types, i);
        input.attentionMask = maskRow(mask, i);
        for (const std::int64_t value : integerRow(global, i))
            input.globalMask.push_back(value != 0 ? 1 : 0);
        input.decoderIds = integerRow(decoderIds, i);
        pictures.fill(input, i);
        input.features = example(features, i);
        input.samples = example(samples, i);
        return input;
    }

};

/// The tensor that a kind of input cannot do without.
std::string_view required(InputKind kind)
{
    switch (kind) {
    case InputKind::Text:
        return "input_ids";
    case InputKind::Image:
        return "pixel_values";
    case InputKind::ImageAndText:
        return "pixel_values or input_ids";
    case InputKind::Sound:
        return "input_features or input_values";
    }
    return "";
}

bool holds(const Batch& batch, InputKind kind)
{
    switch (kind) {
    case InputKind::Text:
        return !batch.ids.empty();
    case InputKind::Image:
        return batch.pictures.examples() > 0;
    case InputKind::ImageAndText:
        return batch.pictures.examples() > 0 || !batch.ids.empty();
    case InputKind::Sound:
        return !batch.features.empty() || !batch.samples.empty();
    }
    return false;
}

} // namespace

Expected<std::vector<ModelInput>> inputsFromTensors(
    const std::map<std::string, Tensor>& tensors, const ModelInfo& info)
{
    HEADLIGHT_TRY(const Batch batch, Batch::read(Rows(tensors), tensors, info));
    if (!holds(batch, info.input))
        return Error { ErrorKind::BadInput, fmt::format("The input has no {}, which this model needs.", required(info.input)) };
    HEADLIGHT_TRY(const std::int64_t count, batch.size());
    if (count == 0)
        return Error { ErrorKind::BadInput, "The input is an empty batch." };
    std::vector<ModelInput> inputs;
    for (std::int64_t i = 0; i < count; ++i)
        inputs.push_back(batch.at(i));
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
