#pragma once
// What a training run needs to know of its subject: a loss over a part of a batch, and how good a model is.

#include "core/models/model.h"

#include <filesystem>

namespace headlight {

/// Examples [first,last) of the batch of step `step`.
struct BatchPart {
    std::int64_t step = 0;
    std::int64_t batch = 0; ///< examples in the whole batch
    std::int64_t first = 0, last = 0;
    std::uint64_t seed = 0; ///< of the whole run; draws belong to (seed, step, example)
};

struct Evaluation {
    double loss = 0.0, accuracy = 0.0;
    std::int64_t examples = 0;
};

/// A measured number for the model card.
struct Measure {
    std::string name; ///< "accuracy, UCI reviews"
    double value = 0.0;
    std::string note; ///< what it stands beside: "majority class 0.50"
};

enum class Split { Train, Validation, Test };

class TrainingTask {
public:
    virtual ~TrainingTask() = default;
    /// Mean loss over the part's examples, on the run's tape. Called from several threads at once; the same part gives
    /// the same loss. Errors: throws Stopped.
    virtual Var loss(const Model& model, const BatchPart& part, Run& run) const = 0;
    /// Errors: throws Stopped.
    virtual Evaluation evaluate(const Model& model, Split split, const JobControl& control) const = 0;
    /// What a card should say of the finished model, measured on held-out examples. Errors: throws Stopped.
    virtual std::vector<Measure> measure(const Model& model, const JobControl& control) const = 0;
    /// "18,200 training texts, 2,270 for validation, 2,301 for the test".
    virtual std::string dataSummary() const = 0;
    /// Names of the classes by index; empty for tasks without classes.
    virtual std::vector<std::string> labels() const { return {}; }
    /// Files that a user of the model needs beside its parameters, such as preprocessor_config.json. Errors: Unwritable.
    virtual Status writeInputFiles(const std::filesystem::path&) const { return {}; }
};

} // namespace headlight
