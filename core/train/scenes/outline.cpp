#include "core/train/scenes/outline.h"

#include <numbers>

namespace headlight {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

/// Points on circles about the origin, the first one above it; `radii` take turns.
std::vector<ScenePoint> around(int corners, std::initializer_list<float> radii)
{
    std::vector<ScenePoint> points;
    for (int i = 0; i < corners; ++i) {
        const float angle = 2.0f * pi * float(i) / float(corners), radius = radii.begin()[std::size_t(i) % radii.size()];
        points.push_back({ radius * std::sin(angle), -radius * std::cos(angle) });
    }
    return points;
}

std::vector<ScenePoint> square()
{
    constexpr float side = 0.76f;
    return { { -side, -side }, { side, -side }, { side, side }, { -side, side } };
}

std::vector<ScenePoint> cross()
{
    constexpr float arm = 0.94f, half = 0.3f;
    return { { -half, -arm }, { half, -arm }, { half, -half }, { arm, -half }, { arm, half }, { half, half }, { half, arm },
        { -half, arm }, { -half, half }, { -arm, half }, { -arm, -half }, { -half, -half } };
}

/// The usual heart of four cosines, fitted into the unit circle.
std::vector<ScenePoint> heart()
{
    std::vector<ScenePoint> points;
    for (int i = 0; i < 36; ++i) {
        const float t = 2.0f * pi * float(i) / 36.0f, s = std::sin(t);
        const float y = 13.0f * std::cos(t) - 5.0f * std::cos(2.0f * t) - 2.0f * std::cos(3.0f * t) - std::cos(4.0f * t);
        points.push_back({ s * s * s * 16.0f / 17.5f, -(y + 2.2f) / 17.5f });
    }
    return points;
}

/// A disc without the part under a second disc to its right.
std::vector<ScenePoint> moon()
{
    constexpr float radius = 0.95f, bite = 0.8f, shift = 0.52f;
    // The discs cut each other at x, ±y.
    const float x = (radius * radius - bite * bite + shift * shift) / (2.0f * shift);
    const float outer = std::acos(x / radius), inner = std::acos((x - shift) / bite);
    std::vector<ScenePoint> points;
    for (int i = 0; i <= 24; ++i) {
        const float angle = outer + (2.0f * pi - 2.0f * outer) * float(i) / 24.0f;
        points.push_back({ radius * std::cos(angle), radius * std::sin(angle) });
    }
    for (int i = 1; i < 20; ++i) {
        const float angle = 2.0f * pi - inner - (2.0f * pi - 2.0f * inner) * float(i) / 20.0f;
        points.push_back({ shift + bite * std::cos(angle), bite * std::sin(angle) });
    }
    return points;
}

std::vector<ScenePoint> unitShape(ShapeKind kind)
{
    switch (kind) {
    case ShapeKind::Circle:
        return around(64, { 0.9f });
    case ShapeKind::Square:
        return square();
    case ShapeKind::Triangle:
        return around(3, { 1.0f });
    case ShapeKind::Star:
        return around(10, { 1.0f, 0.42f });
    case ShapeKind::Cross:
        return cross();
    case ShapeKind::Heart:
        return heart();
    case ShapeKind::Moon:
        return moon();
    }
    return {};
}

} // namespace

std::vector<ScenePoint> outline(const SceneObject& object)
{
    std::vector<ScenePoint> points = unitShape(object.kind);
    const float c = std::cos(object.turn) * object.radius, s = std::sin(object.turn) * object.radius;
    for (ScenePoint& p : points)
        p = { object.centre.x + c * p.x - s * p.y, object.centre.y + s * p.x + c * p.y };
    return points;
}

float signedDistance(const std::vector<ScenePoint>& polygon, ScenePoint point)
{
    float nearest = std::numeric_limits<float>::max();
    bool inside = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const ScenePoint a = polygon[j], b = polygon[i];
        const float ex = b.x - a.x, ey = b.y - a.y, px = point.x - a.x, py = point.y - a.y;
        const float along = std::clamp((px * ex + py * ey) / (ex * ex + ey * ey), 0.0f, 1.0f);
        const float dx = px - along * ex, dy = py - along * ey;
        nearest = std::min(nearest, dx * dx + dy * dy);
        if ((a.y > point.y) != (b.y > point.y) && point.x < a.x + (point.y - a.y) / ey * ex)
            inside = !inside;
    }
    return inside ? -std::sqrt(nearest) : std::sqrt(nearest);
}

} // namespace headlight
