#pragma once
// A tensor as an Eigen matrix, for linear algebra that is not worth a kernel of its own. Heavy products go through
// matmul.h, which picks its kernels for the processor at run time. Include in .cpp files only: Eigen is slow to compile.

#include "core/tensor/tensor.h"

#include <Eigen/Core>

namespace headlight {

template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The tensor's own memory, seen as [every axis but the last, last axis]; the tensor must outlive the view.
inline Eigen::Map<const Matrix<float>> matrix(const Tensor& tensor)
{
    return { tensor.floats().data(), Eigen::Index(tensor.shape().rows()), Eigen::Index(tensor.shape().columns()) };
}

/// A copy as an f32 tensor.
template <typename Derived>
Tensor toTensor(const Eigen::MatrixBase<Derived>& values)
{
    return Tensor::make({ values.rows(), values.cols() }, [&](std::span<float> out) {
        Eigen::Map<Matrix<float>>(out.data(), values.rows(), values.cols()) = values.template cast<float>();
    });
}

} // namespace headlight
