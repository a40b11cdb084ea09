#pragma once
// Reverse-mode differentiation. A Var is a value that may stand on a Tape; operations on untracked Vars are plain
// inference, so each model family is written once and serves viewing, gradients and training.

#include "core/tensor/tensor.h"

#include <functional>
#include <span>
#include <vector>

namespace headlight {

class Tape;

/// A value and, when it is tracked, its place on a tape. Cheap to copy; the tape must outlive it.
class Var {
public:
    Var() = default;
    /// A constant: no gradient flows into it.
    Var(Tensor value)
        : m_value(std::move(value))
    {
    }
    const Tensor& value() const { return m_value; }
    const Shape& shape() const { return m_value.shape(); }
    bool empty() const { return m_value.empty(); }
    bool tracked() const { return m_tape != nullptr; }
    Tape* tape() const { return m_tape; }

private:
    friend class Tape;
    Tensor m_value;
    Tape* m_tape = nullptr;
    int m_node = -1;
};

/// Where an operation's backward step puts the gradients of its inputs.
class GradientSink {
public:
    /// False for inputs nobody asked a gradient of: their work can be left out.
    bool wants(std::size_t input) const { return m_inputs[input] >= 0; }
    /// Adds `gradient` to that of the input (nothing if it is not wanted).
    void add(std::size_t input, const Tensor& gradient);
    /// The input's gradient itself, to be added into; zeros at first.
    std::span<float> buffer(std::size_t input);

private:
    friend class Tape;
    GradientSink(Tape& tape, const std::vector<int>& inputs)
        : m_tape(tape)
        , m_inputs(inputs)
    {
    }
    Tape& m_tape;
    const std::vector<int>& m_inputs;
};

/// The record of a computation. Not thread safe: one tape per thread.
class Tape {
public:
    /// Pushes the gradient of an operation's output to its inputs.
    using Backward = std::function<void(const Tensor& gradient, GradientSink& sink)>;

    Tape() = default;
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// An input whose gradient is wanted.
    Var leaf(Tensor value);
    /// The same, its gradient added into memory of the caller's (as many numbers as `value` has).
    Var leaf(Tensor value, std::span<float> gradient);

    /// Runs backward from `output` with d target / d output = `seed` (same shape). Once per tape.
    /// After `check` (called between operations, may throw to stop) nothing is left half-written that matters.
    void backward(const Var& output, const Tensor& seed, const std::function<void()>& check = {});
    /// d target / d `var` after backward; zeros where the target does not depend on it.
    Tensor gradient(const Var& var) const;

    /// Used by operations: the result of an operation on `inputs`; a constant when none of them is tracked.
    static Var record(Tensor value, std::initializer_list<const Var*> inputs, Backward backward);
    static Var record(Tensor value, std::span<const Var> inputs, Backward backward);

private:
    friend class GradientSink;
    struct Node {
        Shape shape;
        std::vector<int> inputs;
        Backward backward;
        Tensor gradient; ///< empty until something reaches the node
        float* writable = nullptr; ///< set when `gradient` is a buffer of this node's own
    };
    Var push(Tensor value, std::vector<int> inputs, Backward backward);
    void addGradient(int node, const Tensor& gradient);
    std::span<float> gradientBuffer(int node);

    std::vector<Node> m_nodes;
};

} // namespace headlight
