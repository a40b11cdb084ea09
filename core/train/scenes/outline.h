#pragma once
// Shapes as polygons, and how far a point is from one: what drawing with smooth edges needs.

#include "core/train/scenes/scene.h"

namespace headlight {

/// The corners of an object in the picture, in order; round shapes have many.
std::vector<ScenePoint> outline(const SceneObject& object);

/// Distance from a point to the polygon's border, negative inside.
float signedDistance(const std::vector<ScenePoint>& polygon, ScenePoint point);

} // namespace headlight
