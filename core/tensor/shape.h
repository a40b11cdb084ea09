#pragma once
// The extents of a tensor, row-major, at most five of them.

#include "core/base/check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace headlight {

class Shape {
public:
    static constexpr int maxRank = 5;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> extents)
        : Shape(std::span<const std::int64_t>(extents.begin(), extents.size()))
    {
    }
    explicit Shape(std::span<const std::int64_t> extents);

    int rank() const { return m_rank; }
    /// Negative axes count from the end, as in the reference frameworks.
    std::int64_t operator[](int axis) const;
    /// Product of all extents; 1 for a scalar.
    std::int64_t count() const;
    /// Rows when seen as a matrix: every axis but the last.
    std::int64_t rows() const { return m_rank == 0 ? 1 : count() / std::max<std::int64_t>(1, (*this)[-1]); }
    std::int64_t columns() const { return m_rank == 0 ? 1 : (*this)[-1]; }
    std::span<const std::int64_t> extents() const { return { m_extents.data(), std::size_t(m_rank) }; }
    /// "[4, 16, 32]"
    std::string toString() const;

    friend bool operator==(const Shape& a, const Shape& b)
    {
        return std::equal(a.extents().begin(), a.extents().end(), b.extents().begin(), b.extents().end());
    }

private:
    std::array<std::int64_t, maxRank> m_extents {};
    int m_rank = 0;
};

} // namespace headlight
