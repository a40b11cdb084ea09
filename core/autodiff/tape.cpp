#include "core/autodiff/tape.h"

#include "core/tensor/kernels.h"

namespace headlight {

void GradientSink::add(std::size_t input, const Tensor& gradient)
{
    if (wants(input))
        m_tape.addGradient(m_inputs[input], gradient);
}

std::span<float> GradientSink::buffer(std::size_t input)
{
    HEADLIGHT_CHECK(wants(input), "the gradient of an input nobody asked for");
    return m_tape.gradientBuffer(m_inputs[input]);
}

Var Tape::leaf(Tensor value)
{
    return push(std::move(value), {}, {});
}

Var Tape::leaf(Tensor value, std::span<float> gradient)
{
    HEADLIGHT_CHECK(std::int64_t(gradient.size()) == value.count(), "a gradient buffer of another size");
    const Shape shape = value.shape();
    Var var = push(std::move(value), {}, {});
    Node& node = m_nodes.back();
    node.writable = gradient.data();
    node.gradient = Tensor::view(nullptr, gradient.data(), DType::F32, shape);
    return var;
}

Var Tape::push(Tensor value, std::vector<int> inputs, Backward backward)
{
    Var var(std::move(value));
    var.m_tape = this;
    var.m_node = int(m_nodes.size());
    Node node;
    node.shape = var.shape();
    node.inputs = std::move(inputs);
    node.backward = std::move(backward);
    m_nodes.push_back(std::move(node));
    return var;
}

Var Tape::record(Tensor value, std::initializer_list<const Var*> inputs, Backward backward)
{
    std::vector<Var> copies;
    copies.reserve(inputs.size());
    for (const Var* input : inputs)
        copies.push_back(*input);
    return record(std::move(value), copies, std::move(backward));
}

Var Tape::record(Tensor value, std::span<const Var> inputs, Backward backward)
{
    Tape* tape = nullptr;
    std::vector<int> nodes;
    nodes.reserve(inputs.size());
    for (const Var& input : inputs) {
        nodes.push_back(input.m_node);
        if (!input.tracked())
            continue;
        HEADLIGHT_CHECK(tape == nullptr || tape == input.m_tape, "an operation on Vars of two tapes");
        tape = input.m_tape;
    }
    return tape == nullptr ? Var(std::move(value)) : tape->push(std::move(value), std::move(nodes), std::move(backward));
}

void Tape::addGradient(int node, const Tensor& gradient)
{
    Node& target = m_nodes[std::size_t(node)];
    HEADLIGHT_CHECK(gradient.count() == target.shape.count(),
        fmt::format("a gradient of shape {} for {}", gradient.shape().toString(), target.shape.toString()));
    if (target.gradient.empty()) {
        target.gradient = gradient.reshaped(target.shape);
        return;
    }
    const std::span<float> sum = gradientBuffer(node);
    kernels::accumulate(1.0f, gradient.floats().data(), sum.data(), gradient.count());
}

std::span<float> Tape::gradientBuffer(int node)
{
    Node& target = m_nodes[std::size_t(node)];
    if (target.writable == nullptr) {
        const Tensor before = target.gradient; // shared with others: copied, not written
        target.gradient = Tensor::make(target.shape, [&](std::span<float> out) {
            if (before.empty())
                std::fill(out.begin(), out.end(), 0.0f);
            else
                std::copy(before.floats().begin(), before.floats().end(), out.begin());
            target.writable = out.data();
        });
    }
    return { target.writable, std::size_t(target.shape.count()) };
}

void Tape::backward(const Var& output, const Tensor& seed, const std::function<void()>& check)
{
    HEADLIGHT_CHECK(output.m_tape == this, "backward from a Var that is not on this tape");
    addGradient(output.m_node, seed);
    for (int i = output.m_node; i >= 0; --i) {
        Node& node = m_nodes[std::size_t(i)];
        if (node.gradient.empty() || !node.backward)
            continue;
        if (check)
            check();
        GradientSink sink(*this, node.inputs);
        node.backward(node.gradient, sink);
        node.backward = {}; // lets go of what the operation kept
    }
}

Tensor Tape::gradient(const Var& var) const
{
    HEADLIGHT_CHECK(var.m_tape == this, "the gradient of a Var that is not on this tape");
    const Node& node = m_nodes[std::size_t(var.m_node)];
    return node.gradient.empty() ? Tensor::zeros(node.shape) : node.gradient;
}

} // namespace headlight
