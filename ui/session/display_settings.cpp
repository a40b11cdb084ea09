// Implements display_settings.h.

#include "ui/session/display_settings.h"

#include <array>
#include <cmath>
#include <utility>

namespace headlight::ui {
namespace {

constexpr std::array normaliseIds{ std::pair(Normalise::None, "none"), std::pair(Normalise::Row, "row"),
    std::pair(Normalise::Head, "head"), std::pair(Normalise::Layer, "layer"),
    std::pair(Normalise::Model, "model") };
constexpr std::array scaleIds{ std::pair(Scale::Linear, "linear"), std::pair(Scale::SquareRoot, "sqrt"),
    std::pair(Scale::Logarithmic, "log") };

template <typename Value, std::size_t N>
QString idIn(const std::array<std::pair<Value, const char*>, N>& ids, Value value)
{
    for (const auto& [known, name] : ids) {
        if (known == value)
            return QLatin1String(name);
    }
    return {};
}

template <typename Value, std::size_t N>
std::optional<Value> valueIn(const std::array<std::pair<Value, const char*>, N>& ids, const QString& id)
{
    for (const auto& [value, name] : ids) {
        if (id == QLatin1String(name))
            return value;
    }
    return std::nullopt;
}

} // namespace

QString id(Normalise normalise)
{
    return idIn(normaliseIds, normalise);
}

QString id(Scale scale)
{
    return idIn(scaleIds, scale);
}

std::optional<Normalise> normaliseFromId(const QString& id)
{
    return valueIn(normaliseIds, id);
}

std::optional<Scale> scaleFromId(const QString& id)
{
    return valueIn(scaleIds, id);
}

ValueScale::ValueScale(Scale scale, float top)
    : m_scale(scale)
    , m_top(top)
{
}

float ValueScale::operator()(float weight) const
{
    if (!(weight > 0) || !(m_top > 0))
        return 0;
    const float share = std::min(weight / m_top, 1.0f);
    switch (m_scale) {
    case Scale::SquareRoot:
        return std::sqrt(share);
    case Scale::Logarithmic:
        return share <= logFloor ? 0 : 1 - std::log(share) / std::log(logFloor);
    case Scale::Linear:
        break;
    }
    return share;
}

float ValueScale::weightAt(float position) const
{
    switch (m_scale) {
    case Scale::SquareRoot:
        return position * position * m_top;
    case Scale::Logarithmic:
        return std::pow(logFloor, 1 - position) * m_top;
    case Scale::Linear:
        break;
    }
    return position * m_top;
}

} // namespace headlight::ui
