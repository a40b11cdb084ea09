#pragma once
// An immutable row-major array: a shared buffer (or a view into a mapped file), a type and a Shape. Copies are cheap.

#include "core/tensor/dtype.h"
#include "core/tensor/shape.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace headlight {

class Tensor {
public:
    /// The empty tensor: no buffer, shape [0].
    Tensor();
    /// A new f32 tensor whose (uninitialised) values `fill` writes.
    static Tensor make(const Shape& shape, const std::function<void(std::span<float>)>& fill);
    static Tensor zeros(const Shape& shape);
    static Tensor filled(const Shape& shape, float value);
    static Tensor fromVector(const Shape& shape, std::vector<float> values);
    static Tensor fromIntegers(const Shape& shape, std::vector<std::int64_t> values);
    static Tensor fromBytes(const Shape& shape, DType type, std::vector<std::byte> bytes);
    /// A view; `owner` keeps the bytes alive. The bytes need not be aligned (a mapped file); toFloat then copies.
    /// The last axis of a quantised tensor is whole blocks.
    static Tensor view(std::shared_ptr<const void> owner, const void* data, DType type, const Shape& shape);

    /// MXFP4 as it is stored, blocks apart from their scales: blocks U8 [...,G,16], scales U8 [...,G] → [...,32·G]. Copies
    /// neither.
    static Tensor scaledBlocks(const Tensor& blocks, const Tensor& scales);

    DType dtype() const { return m_type; }
    const Shape& shape() const { return m_shape; }
    std::int64_t count() const { return m_shape.count(); }
    bool empty() const { return m_data == nullptr; }
    std::size_t bytes() const { return storedBytes(m_type, count()) + (m_scales == nullptr ? 0 : std::size_t(count() / blockSize(m_type))); }
    const std::byte* data() const { return m_data; }
    /// Where a type stores them apart from its blocks (MXFP4), one per block; null otherwise.
    const std::byte* scales() const { return m_scales; }
    const std::shared_ptr<const void>& owner() const { return m_owner; }

    /// Values of an f32 tensor.
    std::span<const float> floats() const;
    /// One value of an f32 tensor by flat index.
    float at(std::int64_t index) const;
    /// Row `row` of the tensor seen as a matrix [rows, last axis].
    std::span<const float> row(std::int64_t row) const;
    /// Values of any integer or boolean tensor, widened.
    std::vector<std::int64_t> integers() const;

    /// Writes `count` numbers from number `first` on as f32; whole blocks of a quantised type.
    void expand(std::int64_t first, std::int64_t count, float* target) const;
    /// The same values as f32; itself if it is f32 and aligned already.
    Tensor toFloat() const;
    /// The same values stored as `type` (F32, F16 or BF16).
    Tensor converted(DType type) const;
    /// The same buffer under another shape of equal count.
    Tensor reshaped(const Shape& shape) const;
    /// Rows [first, last) of the first axis; shares the buffer.
    Tensor slice(std::int64_t first, std::int64_t last) const;

private:
    std::shared_ptr<const void> m_owner;
    const std::byte* m_data = nullptr;
    const std::byte* m_scales = nullptr; ///< one per block, for a type that stores them apart
    DType m_type = DType::F32;
    Shape m_shape { 0 };
};

/// Expands `count` stored numbers (any type but MXFP4, whose scales lie elsewhere; whole blocks) to f32.
void expandToFloat(DType type, const std::byte* source, std::int64_t count, float* target);

} // namespace headlight
