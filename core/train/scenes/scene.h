#pragma once
// Scenes to learn from: coloured shapes on a background, one of them marked. A scene is a description, drawn at any
// size; it knows where each object is.

#include "core/tensor/tensor.h"
#include "core/vision/image.h"

#include <string_view>

namespace headlight {

enum class ShapeKind { Circle, Square, Triangle, Star, Cross, Heart, Moon };
inline constexpr int shapeKinds = 7;
/// "circle", as the model's classes are called.
std::string_view displayName(ShapeKind kind);

struct Colour {
    float red = 0, green = 0, blue = 0; ///< 0..1, as a screen shows them (sRGB)
};

/// A place in a picture whose sides are 1; the origin is at the upper left.
struct ScenePoint {
    float x = 0, y = 0;
};
struct SceneBox {
    float left, top, right, bottom;
};

struct SceneObject {
    ShapeKind kind = ShapeKind::Circle;
    ScenePoint centre;
    float radius = 0.1f; ///< of the circle it fits into
    float turn = 0.0f; ///< radians
    Colour colour;

    /// Encloses the shape, not its mark.
    SceneBox box() const;
};

struct Backdrop {
    enum class Kind { Gradient, Noise, Stripes };
    Kind kind = Kind::Gradient;
    Colour first, second;
    float angle = 0, frequency = 4; ///< stripes or noise cells per side
    std::uint64_t seed = 0;
};

struct Scene {
    Backdrop backdrop;
    std::vector<SceneObject> objects; ///< the first is the marked one
    const SceneObject& marked() const { return objects.front(); }
};

struct SceneSettings {
    int fewestDistractors = 1, mostDistractors = 4;
    float smallest = 0.11f, largest = 0.19f; ///< radius of an object
};

/// The marked object stands on a lit spot: a white disc with a dark rim, of this radius times the object's.
inline constexpr float markRadius = 1.3f;
inline constexpr Colour spotColour { 0.98f, 0.98f, 0.98f };

/// The same seed gives the same scene on every machine. Objects never touch each other or another's mark and lie inside
/// the picture, mark included; distractors are of other kinds than the marked object.
Scene makeScene(std::uint64_t seed, const SceneSettings& settings = {});

/// The scene as a picture of `size` × `size` pixels, edges smoothed.
Image paint(const Scene& scene, int size);

/// How much of each pixel the object covers, 0..1. Shapes: [size,size].
Tensor coverage(const SceneObject& object, int size);

} // namespace headlight
