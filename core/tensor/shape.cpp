#include "core/tensor/shape.h"

namespace headlight {

Shape::Shape(std::span<const std::int64_t> extents)
    : m_rank(int(extents.size()))
{
    HEADLIGHT_CHECK(extents.size() <= maxRank, "a tensor has at most five axes");
    std::copy(extents.begin(), extents.end(), m_extents.begin());
}

std::int64_t Shape::operator[](int axis) const
{
    const int i = axis < 0 ? axis + m_rank : axis;
    HEADLIGHT_CHECK(i >= 0 && i < m_rank, fmt::format("axis {} of a tensor of shape {}", axis, toString()));
    return m_extents[std::size_t(i)];
}

std::int64_t Shape::count() const
{
    std::int64_t product = 1;
    for (std::int64_t extent : extents())
        product *= extent;
    return product;
}

std::string Shape::toString() const
{
    return fmt::format("[{}]", fmt::join(extents(), ", "));
}

} // namespace headlight
