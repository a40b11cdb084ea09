#include "core/tensor/tensor.h"

#include "core/base/parallel_for.h"
#include "core/tensor/buffers.h"
#include "core/tensor/expand.h"
#include "core/tensor/mxfp4.h"

namespace headlight {
namespace {

template <typename T>
void expand(const std::byte* source, std::int64_t count, float* target)
{
    for (std::int64_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, source + std::size_t(i) * sizeof(T), sizeof(T));
        target[i] = float(value);
    }
}

template <typename T>
std::vector<std::int64_t> widen(const std::byte* source, std::int64_t count)
{
    std::vector<std::int64_t> values(std::size_t(count), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, source + i * sizeof(T), sizeof(T));
        values[i] = std::int64_t(value);
    }
    return values;
}

template <typename T>
Tensor fromOwned(const Shape& shape, DType type, std::vector<T> values)
{
    HEADLIGHT_CHECK(values.size() * sizeof(T) == storedBytes(type, shape.count()),
        fmt::format("{} values for shape {}", values.size(), shape.toString()));
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    const void* data = owner->data();
    alignas(64) static const std::byte none {};
    return Tensor::view(std::move(owner), data != nullptr ? data : &none, type, shape);
}

} // namespace

void expandToFloat(DType type, const std::byte* source, std::int64_t count, float* target)
{
    switch (type) {
    case DType::F32:
        std::memcpy(target, source, std::size_t(count) * sizeof(float));
        return;
    case DType::F16:
        return expandHalves(source, count, target);
    case DType::BF16:
        return expandBfloats(source, count, target);
    case DType::F64:
        return expand<double>(source, count, target);
    case DType::I64:
        return expand<std::int64_t>(source, count, target);
    case DType::I32:
        return expand<std::int32_t>(source, count, target);
    case DType::I16:
        return expand<std::int16_t>(source, count, target);
    case DType::I8:
        return expand<std::int8_t>(source, count, target);
    case DType::U8:
    case DType::Bool:
        return expand<std::uint8_t>(source, count, target);
    default:
        return expandQuantised(type, source, count, target);
    }
}

Tensor::Tensor() = default;

Tensor Tensor::make(const Shape& shape, const std::function<void(std::span<float>)>& fill)
{
    auto buffer = takeBuffer(std::size_t(shape.count()) * sizeof(float));
    auto* data = static_cast<float*>(buffer.get());
    fill({ data, std::size_t(shape.count()) });
    return view(std::move(buffer), data, DType::F32, shape);
}

Tensor Tensor::zeros(const Shape& shape)
{
    return filled(shape, 0.0f);
}

Tensor Tensor::filled(const Shape& shape, float value)
{
    return make(shape, [value](std::span<float> out) { std::fill(out.begin(), out.end(), value); });
}

Tensor Tensor::fromVector(const Shape& shape, std::vector<float> values)
{
    return fromOwned(shape, DType::F32, std::move(values));
}

Tensor Tensor::fromIntegers(const Shape& shape, std::vector<std::int64_t> values)
{
    return fromOwned(shape, DType::I64, std::move(values));
}

Tensor Tensor::fromBytes(const Shape& shape, DType type, std::vector<std::byte> bytes)
{
    return fromOwned(shape, type, std::move(bytes));
}

Tensor Tensor::view(std::shared_ptr<const void> owner, const void* data, DType type, const Shape& shape)
{
    HEADLIGHT_CHECK(shape.columns() % blockSize(type) == 0, fmt::format("{} of type {}", shape.toString(), name(type)));
    Tensor tensor;
    tensor.m_owner = std::move(owner);
    tensor.m_data = static_cast<const std::byte*>(data);
    tensor.m_type = type;
    tensor.m_shape = shape;
    return tensor;
}

Tensor Tensor::scaledBlocks(const Tensor& blocks, const Tensor& scales)
{
    const Shape& shape = blocks.shape();
    HEADLIGHT_CHECK(blocks.dtype() == DType::U8 && scales.dtype() == DType::U8 && shape.rank() >= 2 && shape[-1] == mxfp4::blockBytes
            && scales.count() * mxfp4::blockBytes == blocks.count(),
        fmt::format("blocks {} with scales {}", shape.toString(), scales.shape().toString()));
    std::vector<std::int64_t> extents(shape.extents().begin(), shape.extents().end() - 1);
    extents.back() *= mxfp4::blockNumbers;
    auto owners = std::make_shared<const std::array<std::shared_ptr<const void>, 2>>(std::array { blocks.owner(), scales.owner() });
    Tensor joined = view(std::move(owners), blocks.data(), DType::MXFP4, Shape(std::span<const std::int64_t>(extents)));
    joined.m_scales = scales.data();
    return joined;
}

void Tensor::expand(std::int64_t first, std::int64_t count, float* target) const
{
    const std::byte* source = m_data + storedBytes(m_type, first);
    if (m_type == DType::MXFP4)
        mxfp4::expand(source, m_scales + first / mxfp4::blockNumbers, count, target);
    else
        expandToFloat(m_type, source, count, target);
}

std::span<const float> Tensor::floats() const
{
    HEADLIGHT_CHECK(m_type == DType::F32, fmt::format("floats of a tensor of type {}", name(m_type)));
    HEADLIGHT_CHECK(reinterpret_cast<std::uintptr_t>(m_data) % alignof(float) == 0, "floats of an unaligned tensor");
    return { reinterpret_cast<const float*>(m_data), std::size_t(count()) };
}

float Tensor::at(std::int64_t index) const
{
    HEADLIGHT_CHECK(index >= 0 && index < count(), fmt::format("index {} of {}", index, m_shape.toString()));
    return floats()[std::size_t(index)];
}

std::span<const float> Tensor::row(std::int64_t row) const
{
    HEADLIGHT_CHECK(row >= 0 && row < m_shape.rows(), fmt::format("row {} of {}", row, m_shape.toString()));
    return floats().subspan(std::size_t(row * m_shape.columns()), std::size_t(m_shape.columns()));
}

std::vector<std::int64_t> Tensor::integers() const
{
    switch (m_type) {
    case DType::I64:
        return widen<std::int64_t>(m_data, count());
    case DType::I32:
        return widen<std::int32_t>(m_data, count());
    case DType::I16:
        return widen<std::int16_t>(m_data, count());
    case DType::I8:
        return widen<std::int8_t>(m_data, count());
    case DType::U8:
    case DType::Bool:
        return widen<std::uint8_t>(m_data, count());
    default:
        HEADLIGHT_CHECK(false, fmt::format("integers of a tensor of type {}", name(m_type)));
    }
}

Tensor Tensor::toFloat() const
{
    const bool aligned = reinterpret_cast<std::uintptr_t>(m_data) % alignof(float) == 0;
    if (empty() || (m_type == DType::F32 && aligned))
        return *this;
    return make(m_shape, [this](std::span<float> out) {
        const std::int64_t block = blockSize(m_type);
        parallelFor(0, count() / block, (1 << 18) / block, [&](std::int64_t first, std::int64_t last) {
            expand(first * block, (last - first) * block, out.data() + first * block);
        });
    });
}

Tensor Tensor::converted(DType type) const
{
    if (type == m_type)
        return *this;
    const Tensor source = toFloat();
    if (type == DType::F32)
        return source;
    HEADLIGHT_CHECK(type == DType::F16 || type == DType::BF16, "only floating types can be stored");
    std::vector<std::byte> bytes(std::size_t(count()) * 2);
    const std::span<const float> values = source.floats();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint16_t bits = type == DType::F16 ? floatToHalf(values[i]) : floatToBfloat(values[i]);
        std::memcpy(bytes.data() + 2 * i, &bits, 2);
    }
    return fromBytes(m_shape, type, std::move(bytes));
}

Tensor Tensor::reshaped(const Shape& shape) const
{
    HEADLIGHT_CHECK(shape.count() == count(),
        fmt::format("reshape {} to {}", m_shape.toString(), shape.toString()));
    Tensor same = view(m_owner, m_data, m_type, shape);
    same.m_scales = m_scales;
    return same;
}

Tensor Tensor::slice(std::int64_t first, std::int64_t last) const
{
    HEADLIGHT_CHECK(m_shape.rank() >= 1 && first >= 0 && first <= last && last <= m_shape[0],
        fmt::format("rows {} to {} of {}", first, last, m_shape.toString()));
    std::vector<std::int64_t> extents(m_shape.extents().begin(), m_shape.extents().end());
    const std::int64_t stride = m_shape[0] == 0 ? 0 : count() / m_shape[0];
    extents[0] = last - first;
    Tensor part = view(m_owner, m_data + storedBytes(m_type, first * stride), m_type, Shape(std::span<const std::int64_t>(extents)));
    if (m_scales != nullptr)
        part.m_scales = m_scales + first * stride / blockSize(m_type);
    return part;
}

} // namespace headlight
