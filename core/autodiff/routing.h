#pragma once
// Operations that routed experts are made of: scores of every token become a choice of a few, and the
// outcomes of what was chosen become one row again.

#include "core/autodiff/tape.h"

#include <cstdint>

namespace headlight {

/// Shapes: x [T,E] → same, each row a softmax.
Var softmaxRows(const Var& x);
/// Number columns[t·k+j] of row t. Shapes: x [T,E], columns T·k → [T,k].
Var takeColumns(const Var& x, std::span<const std::int32_t> columns);
/// Shapes: x [T,k] → same, each row divided by its sum.
Var normalizeSums(const Var& x);
/// Row t is Σⱼ weights[t,j]·parts[places[t·k+j]]. Shapes: parts [N,E], weights [T,k], places T·k → [T,E].
Var mixRows(const Var& parts, const Var& weights, std::span<const std::int64_t> places);
/// Part `index` of the first axis; shares the numbers. Shapes: x [N,...] in any stored type → [...].
Var partOf(const Var& x, std::int64_t index);
/// (min(max(u,−limit),limit) + 1) · g·σ(sharpness·g), g = min(gate,limit). Gate and u stand side by side,
/// number by number. Shapes: x [T,2·I] → [T,I]. Source: OpenAI 2025 (gpt-oss model card).
Var clampedGate(const Var& x, float limit, float sharpness);

} // namespace headlight
