#include "core/train/classification.h"

#include "core/base/parallel_for.h"

namespace headlight {
namespace {

/// Examples run together.
constexpr std::int64_t group = 16;

} // namespace

Var classificationLoss(const Model& model, std::span<const ClassifiedInput> examples, float smoothing, Run& run)
{
    std::vector<ModelInput> inputs;
    std::vector<std::int64_t> targets;
    for (const ClassifiedInput& example : examples) {
        inputs.push_back(example.input);
        targets.push_back(example.target);
    }
    const ModelOutputs outputs = model.forward(inputs, run);
    return crossEntropy(outputs.at("logits").value, targets, smoothing);
}

double Classified::accuracy() const
{
    std::int64_t right = 0;
    for (std::size_t i = 0; i < targets.size(); ++i)
        right += predicted[i] == targets[i] ? 1 : 0;
    return targets.empty() ? 0.0 : double(right) / double(targets.size());
}

Classified classify(const Model& model, std::int64_t count, const std::function<ClassifiedInput(std::int64_t)>& example,
    const JobControl& control)
{
    Classified result;
    result.predicted.resize(std::size_t(count));
    result.targets.resize(std::size_t(count));
    std::vector<double> losses(std::size_t((count + group - 1) / group));
    parallelFor(0, count, group, [&](std::int64_t first, std::int64_t last) {
        std::vector<ModelInput> inputs;
        for (std::int64_t i = first; i < last; ++i) {
            ClassifiedInput made = example(i);
            result.targets[std::size_t(i)] = made.target;
            inputs.push_back(std::move(made.input));
        }
        Run run(control);
        const Var logits = model.forward(inputs, run).at("logits").value;
        const std::span<const std::int64_t> targets(result.targets.data() + first, inputs.size());
        losses[std::size_t(first / group)] = double(crossEntropy(logits, targets).value().at(0)) * double(inputs.size());
        for (std::int64_t i = first; i < last; ++i) {
            const std::span<const float> row = logits.value().row(i - first);
            result.predicted[std::size_t(i)] = std::max_element(row.begin(), row.end()) - row.begin();
        }
    });
    for (const double loss : losses)
        result.loss += loss / double(std::max<std::int64_t>(1, count));
    return result;
}

double majorityShare(std::span<const std::int64_t> targets)
{
    std::map<std::int64_t, std::int64_t> counts;
    for (const std::int64_t target : targets)
        ++counts[target];
    std::int64_t most = 0;
    for (const auto& [target, count] : counts)
        most = std::max(most, count);
    return targets.empty() ? 0.0 : double(most) / double(targets.size());
}

} // namespace headlight
