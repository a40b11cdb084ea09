#include "core/autodiff/gradient_check.h"

#include <cmath>

namespace headlight {
namespace {

/// Uneven, so that no two outputs can hide behind each other.
double outputWeight(std::int64_t index)
{
    return std::sin(1.3 * double(index) + 0.4) + 0.3;
}

Tensor nudged(const Tensor& tensor, std::int64_t index, double by)
{
    std::vector<float> values(tensor.floats().begin(), tensor.floats().end());
    values[std::size_t(index)] += float(by);
    return Tensor::fromVector(tensor.shape(), std::move(values));
}

class Checker {
public:
    Checker(std::span<const Tensor> inputs, const std::function<Var(std::span<const Var>)>& function)
        : m_inputs(inputs)
        , m_function(function)
    {
    }

    std::vector<Tensor> analytic() const
    {
        Tape tape;
        std::vector<Var> leaves;
        for (const Tensor& input : m_inputs)
            leaves.push_back(tape.leaf(input));
        const Var output = m_function(leaves);
        tape.backward(output, Tensor::make(output.shape(), [](std::span<float> out) {
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = float(outputWeight(std::int64_t(i)));
        }));
        std::vector<Tensor> gradients;
        for (const Var& leaf : leaves)
            gradients.push_back(tape.gradient(leaf));
        return gradients;
    }

    double numeric(std::size_t input, std::int64_t index, double step) const
    {
        const auto at = [&](double by) { return weighted(input, index, by); };
        return (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
    }

private:
    double weighted(std::size_t input, std::int64_t index, double by) const
    {
        Tape tape; // some functions need one even where no gradient is asked for
        std::vector<Var> vars;
        for (std::size_t i = 0; i < m_inputs.size(); ++i)
            vars.push_back(tape.leaf(i == input ? nudged(m_inputs[i], index, by) : m_inputs[i]));
        const Tensor output = m_function(vars).value();
        double sum = 0.0;
        for (std::int64_t i = 0; i < output.count(); ++i)
            sum += outputWeight(i) * double(output.at(i));
        return sum;
    }

    std::span<const Tensor> m_inputs;
    const std::function<Var(std::span<const Var>)>& m_function;
};

} // namespace

GradientCheck checkGradients(
    std::span<const Tensor> inputs, const std::function<Var(std::span<const Var>)>& function, double step)
{
    const Checker checker(inputs, function);
    const std::vector<Tensor> analytic = checker.analytic();
    GradientCheck worst;
    for (std::size_t input = 0; input < inputs.size(); ++input) {
        double largest = 1.0;
        for (const float value : analytic[input].floats())
            largest = std::max(largest, double(std::fabs(value)));
        for (std::int64_t i = 0; i < inputs[input].count(); ++i) {
            const double a = double(analytic[input].at(i)), n = checker.numeric(input, i, step);
            const double error = std::fabs(a - n) / largest;
            if (!(error <= worst.error))
                worst = { error, input, i, a, n };
        }
    }
    return worst;
}

} // namespace headlight
