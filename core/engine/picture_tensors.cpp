#include "core/engine/picture_tensors.h"

namespace headlight {
namespace {

using Tensors = std::map<std::string, Tensor>;

bool isInteger(DType type)
{
    return type != DType::F32 && type != DType::F16 && type != DType::BF16 && type != DType::F64;
}

Error badTensor(const std::string& name, const Tensor& tensor, const std::string& expected)
{
    return { ErrorKind::BadInput,
        fmt::format("{} has type {} and shape {}, expected {}.", name, headlight::name(tensor.dtype()),
            tensor.shape().toString(), expected) };
}

/// Whole numbers of exactly this shape; empty without a tensor of the name.
Expected<Tensor> integers(const Tensors& tensors, const std::string& name, const Shape& shape)
{
    const auto found = tensors.find(name);
    if (found == tensors.end())
        return Tensor();
    if (!isInteger(found->second.dtype()) || !(found->second.shape() == shape))
        return badTensor(name, found->second, fmt::format("whole numbers of shape {}", shape.toString()));
    return found->second;
}

/// One of the first axis, without it.
Tensor part(const Tensor& tensor, std::int64_t index)
{
    return tensor.slice(index, index + 1).reshaped(Shape(tensor.shape().extents().subspan(1)));
}

std::vector<std::uint8_t> maskOf(const Tensor& row)
{
    std::vector<std::uint8_t> mask;
    for (const std::int64_t value : row.integers())
        mask.push_back(value != 0 ? 1 : 0);
    return std::ranges::count(mask, 0) == 0 ? std::vector<std::uint8_t>() : mask;
}

} // namespace

Expected<PictureTensors> PictureTensors::read(const Tensors& tensors, const ModelInfo& info)
{
    PictureTensors pictures;
    const auto found = tensors.find("pixel_values");
    if (found == tensors.end())
        return pictures;
    const Tensor& pixels = found->second;
    const int rank = pixels.shape().rank();
    const bool inText = info.pictureToken >= 0;
    if (isInteger(pixels.dtype()) || (inText ? rank != 2 && rank != 4 && rank != 5 : rank != 3 && rank != 4))
        return badTensor("pixel_values", pixels,
            inText ? "floating-point numbers of shape [texts, pictures, channels, height, width], [pictures, "
                     "channels, height, width] or "
                     "[patches, numbers]"
                   : "floating-point numbers of shape [batch, channels, height, width]");
    HEADLIGHT_TRY_STATUS(rank == 2 ? pictures.readList(tensors)
            : rank == 3            ? pictures.readFlexible(tensors)
            : inText               ? pictures.readSeveral(tensors)
                                   : pictures.readWhole(tensors));
    pictures.m_examples = std::int64_t(pictures.m_filled.size());
    return pictures;
}

/// [B,C,H,W] and pixel_mask [B,H,W].
Status PictureTensors::readWhole(const Tensors& tensors)
{
    const Tensor pixels = tensors.at("pixel_values").toFloat();
    const Shape& shape = pixels.shape();
    HEADLIGHT_TRY(const Tensor mask, integers(tensors, "pixel_mask", { shape[0], shape[2], shape[3] }));
    for (std::int64_t i = 0; i < shape[0]; ++i) {
        m_filled.emplace_back().pixelValues = part(pixels, i);
        if (!mask.empty())
            m_filled.back().pixelMask = part(mask.toFloat(), i);
    }
    return {};
}

/// [B,N,numbers], spatial_shapes [B,2] and pixel_attention_mask [B,N].
Status PictureTensors::readFlexible(const Tensors& tensors)
{
    const Tensor pixels = tensors.at("pixel_values").toFloat();
    const std::int64_t count = pixels.shape()[0], rows = pixels.shape()[1];
    HEADLIGHT_TRY(const Tensor mask, integers(tensors, "pixel_attention_mask", { count, rows }));
    HEADLIGHT_TRY(const Tensor sizes, integers(tensors, "spatial_shapes", { count, 2 }));
    if (sizes.empty())
        return Error{ ErrorKind::BadInput,
            "Pictures cut into patches need spatial_shapes: the rows and columns of each." };
    const std::vector<std::int64_t> cells = sizes.integers();
    for (std::int64_t i = 0; i < count; ++i) {
        ModelInput& input = m_filled.emplace_back();
        input.patches = part(pixels, i);
        input.patchGrids = { { 1, cells[std::size_t(2 * i)], cells[std::size_t(2 * i + 1)] } };
        if (!mask.empty())
            input.patchMask = maskOf(mask.slice(i, i + 1));
    }
    return {};
}

/// [B,n,C,H,W] with pixel_attention_mask [B,n,H,W], or [n,C,H,W] for one text.
Status PictureTensors::readSeveral(const Tensors& tensors)
{
    Tensor pixels = tensors.at("pixel_values").toFloat();
    if (pixels.shape().rank() == 4)
        pixels = pixels.reshaped(
            { 1, pixels.shape()[0], pixels.shape()[1], pixels.shape()[2], pixels.shape()[3] });
    const Shape& shape = pixels.shape();
    HEADLIGHT_TRY(const Tensor mask,
        integers(tensors, "pixel_attention_mask", { shape[0], shape[1], shape[3], shape[4] }));
    for (std::int64_t i = 0; i < shape[0]; ++i) {
        ModelInput& input = m_filled.emplace_back();
        for (std::int64_t k = 0; k < shape[1]; ++k) {
            const Tensor picture = part(part(pixels, i), k);
            // Texts with fewer pictures than others are filled up with black ones.
            if (std::ranges::count(picture.floats(), 0.0f) == picture.count())
                continue;
            input.pictures.push_back(picture);
            if (!mask.empty())
                input.pictureMasks.push_back(part(part(mask.toFloat(), i), k));
        }
    }
    return {};
}

/// [Σ patches,numbers] and image_grid_thw [n,3], all of one text.
Status PictureTensors::readList(const Tensors& tensors)
{
    const auto found = tensors.find("image_grid_thw");
    if (found == tensors.end())
        return Error{ ErrorKind::BadInput,
            "Pictures cut into patches need image_grid_thw: the frames, rows and columns of each." };
    const std::int64_t count = found->second.shape().rank() == 2 ? found->second.shape()[0] : 0;
    HEADLIGHT_TRY(const Tensor grids, integers(tensors, "image_grid_thw", { count, 3 }));
    ModelInput& input = m_filled.emplace_back();
    input.patches = tensors.at("pixel_values").toFloat();
    const std::vector<std::int64_t> cells = grids.integers();
    for (std::int64_t i = 0; i < count; ++i)
        input.patchGrids.push_back(
            { cells[std::size_t(3 * i)], cells[std::size_t(3 * i + 1)], cells[std::size_t(3 * i + 2)] });
    return {};
}

void PictureTensors::fill(ModelInput& input, std::int64_t index) const
{
    if (m_filled.empty())
        return;
    const ModelInput& from = m_filled[std::size_t(index)];
    input.pixelValues = from.pixelValues;
    input.pixelMask = from.pixelMask;
    input.patches = from.patches;
    input.patchGrids = from.patchGrids;
    input.patchMask = from.patchMask;
    input.pictures = from.pictures;
    input.pictureMasks = from.pictureMasks;
}

} // namespace headlight
