#pragma once
// How far a pass in a smaller type is from the same pass in f32, on the input at hand.

#include "core/base/expected.h"
#include "core/base/job_control.h"
#include "core/models/model.h"
#include "core/tensor/compute.h"

namespace headlight {

struct ComputeError {
    std::string output; ///< which one was compared: logits, or the last hidden state ...
    double largest = 0; ///< largest difference of a number of it
    double range = 0; ///< largest magnitude of the f32 numbers
};

/// "logits differ from f32 by at most 0.018, of numbers up to 4.55"
std::string displayText(const ComputeError& error);

/// Errors: Unsupported where the processor has no instructions for `compute`.
Status checkCompute(Compute compute);

/// Compares `outputs`, which a pass over `input` gave, with those of a pass in f32. Errors: of the pass.
/// Throws Stopped.
Expected<ComputeError> measureComputeError(const Model& model, const ModelInput& input,
    const std::map<std::string, Tensor>& outputs, const JobControl& control);

} // namespace headlight
