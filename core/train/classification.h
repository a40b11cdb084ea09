#pragma once
// What every task with classes shares: a loss over some examples, and how many of them a model gets right.

#include "core/train/training_task.h"

namespace headlight {

struct ClassifiedInput {
    ModelInput input;
    std::int64_t target = 0;
};

/// Mean cross entropy of the model's "logits". `smoothing`: see crossEntropy.
Var classificationLoss(const Model& model, std::span<const ClassifiedInput> examples, float smoothing, Run& run);

/// What a model says about a set of examples.
struct Classified {
    std::vector<std::int64_t> predicted, targets;
    double loss = 0.0; ///< mean cross entropy, nats

    double accuracy() const;
    Evaluation evaluation() const { return { loss, accuracy(), std::int64_t(targets.size()) }; }
};

/// Runs examples 0..count-1, made on demand and from several threads. Errors: throws Stopped.
Classified classify(const Model& model, std::int64_t count, const std::function<ClassifiedInput(std::int64_t)>& example,
    const JobControl& control);

/// Share of the most frequent value.
double majorityShare(std::span<const std::int64_t> targets);

} // namespace headlight
