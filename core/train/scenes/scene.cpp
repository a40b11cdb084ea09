#include "core/train/scenes/scene.h"

#include "core/train/random.h"
#include "core/train/scenes/outline.h"

#include <numbers>

namespace headlight {
namespace {

/// Saturation and value as in HSV; hue in turns.
Colour fromHue(float hue, float saturation, float value)
{
    const auto channel = [&](float offset) {
        const float k = std::fmod(offset + hue * 6.0f, 6.0f);
        return value - value * saturation * std::clamp(std::min(k, 4.0f - k), 0.0f, 1.0f);
    };
    return { channel(5.0f), channel(3.0f), channel(1.0f) };
}

float difference(const Colour& a, const Colour& b)
{
    return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

Backdrop drawBackdrop(Random& random)
{
    Backdrop backdrop;
    backdrop.kind = Backdrop::Kind(random.below(3));
    const float hue = float(random.uniform());
    const auto muted = [&](float turn) {
        return fromHue(std::fmod(hue + turn, 1.0f), float(random.uniform(0.05, 0.4)), float(random.uniform(0.25, 0.95)));
    };
    backdrop.first = muted(0.0f);
    backdrop.second = muted(float(random.uniform(0.0, 0.3)));
    backdrop.angle = float(random.uniform(0.0, 2.0 * std::numbers::pi));
    backdrop.frequency = float(random.uniform(3.0, 8.0));
    backdrop.seed = random.bits();
    return backdrop;
}

/// A colour that stands out against both colours of what is behind it.
Colour drawColour(Random& random, const std::array<Colour, 2>& behind)
{
    Colour best;
    float bestDifference = -1.0f;
    for (int attempt = 0; attempt < 12; ++attempt) {
        const Colour colour
            = fromHue(float(random.uniform()), float(random.uniform(0.65, 1.0)), float(random.uniform(0.55, 1.0)));
        const float least = std::min(difference(colour, behind[0]), difference(colour, behind[1]));
        if (least > bestDifference) {
            best = colour;
            bestDifference = least;
        }
        if (bestDifference > 0.55f)
            break;
    }
    return best;
}

/// What an object may not come closer to than its own radius.
float clearance(const SceneObject& object, bool isMarked)
{
    return object.radius * (isMarked ? markRadius : 1.0f) + 0.012f;
}

bool fits(const SceneObject& object, const std::vector<SceneObject>& others)
{
    const bool isMarked = others.empty();
    const float own = clearance(object, isMarked);
    const ScenePoint c = object.centre;
    if (std::min(c.x, c.y) < own || std::max(c.x, c.y) > 1.0f - own)
        return false;
    for (std::size_t i = 0; i < others.size(); ++i)
        if (std::hypot(c.x - others[i].centre.x, c.y - others[i].centre.y) < own + clearance(others[i], i == 0))
            return false;
    return true;
}

ShapeKind drawKind(Random& random, const std::vector<SceneObject>& objects)
{
    if (objects.empty())
        return ShapeKind(random.below(shapeKinds));
    const int marked = int(objects.front().kind);
    return ShapeKind((marked + 1 + int(random.below(shapeKinds - 1))) % shapeKinds);
}

/// Adds an object at a free place; gives up after a while, when the picture is full.
void addObject(Scene& scene, Random& random, const SceneSettings& settings)
{
    SceneObject object;
    object.kind = drawKind(random, scene.objects);
    const std::array<Colour, 2> behind = scene.objects.empty()
        ? std::array { spotColour, spotColour }
        : std::array { scene.backdrop.first, scene.backdrop.second };
    object.colour = drawColour(random, behind);
    object.turn = float(random.uniform(-0.35, 0.35));
    for (int attempt = 0; attempt < 60; ++attempt) {
        object.radius = float(random.uniform(settings.smallest, settings.largest));
        object.centre = { float(random.uniform()), float(random.uniform()) };
        if (fits(object, scene.objects)) {
            scene.objects.push_back(object);
            return;
        }
    }
}

} // namespace

std::string_view displayName(ShapeKind kind)
{
    constexpr std::array<std::string_view, shapeKinds> names { "circle", "square", "triangle", "star", "cross", "heart", "moon" };
    return names[std::size_t(kind)];
}

SceneBox SceneObject::box() const
{
    SceneBox box { 1.0f, 1.0f, 0.0f, 0.0f };
    for (const ScenePoint& corner : outline(*this)) {
        box.left = std::min(box.left, corner.x);
        box.top = std::min(box.top, corner.y);
        box.right = std::max(box.right, corner.x);
        box.bottom = std::max(box.bottom, corner.y);
    }
    return box;
}

Scene makeScene(std::uint64_t seed, const SceneSettings& settings)
{
    Random random(mixSeeds(seed, 0x5ce9e));
    Scene scene;
    scene.backdrop = drawBackdrop(random);
    while (scene.objects.empty())
        addObject(scene, random, settings);
    const std::int64_t range = settings.mostDistractors - settings.fewestDistractors + 1;
    const std::int64_t distractors = settings.fewestDistractors + random.below(range);
    for (std::int64_t i = 0; i < distractors; ++i)
        addObject(scene, random, settings);
    return scene;
}

} // namespace headlight
