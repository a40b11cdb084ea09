#include "core/engine/compute_error.h"

#include "core/engine/pass.h"

namespace headlight {

std::string displayText(const ComputeError& error)
{
    return fmt::format("{} differ from f32 by at most {:.2g}, of numbers up to {:.3g}", error.output,
        error.largest, error.range);
}

Status checkCompute(Compute compute)
{
    if (isAvailable(compute))
        return {};
    return Error{ ErrorKind::Unsupported,
        fmt::format(
            "This processor has no instructions for {} (AVX512-BF16); compute in f32.", name(compute)) };
}

Expected<ComputeError> measureComputeError(const Model& model, const ModelInput& input,
    const std::map<std::string, Tensor>& outputs, const JobControl& control)
{
    HEADLIGHT_CHECK(!outputs.empty(), "a pass without outputs");
    const ComputeScope exact(Compute::Float32);
    PassRequest request;
    request.trace.layers = std::set<int>{};
    HEADLIGHT_TRY(const PassResult reference, runPass(model, input, request, control));
    const auto logits = outputs.find("logits");
    const auto& [name, values] = logits != outputs.end() ? *logits : *outputs.begin();
    const Tensor expected = reference.trace->outputs().at(name);
    ComputeError error{ name, 0, 0 };
    for (std::int64_t i = 0; i < values.count(); ++i) {
        error.largest = std::max(error.largest, std::abs(double(values.at(i)) - double(expected.at(i))));
        error.range = std::max(error.range, std::abs(double(expected.at(i))));
    }
    return error;
}

} // namespace headlight
