#pragma once
// The training loop. A batch is cut into a fixed number of parts, each with a tape and gradients of its own, so the
// numbers depend on the seed and never on the threads; a run that was stopped goes on as if it had not been.

#include "core/train/parameter_memory.h"
#include "core/train/schedule.h"
#include "core/train/training_task.h"

#include <chrono>
#include <filesystem>

namespace headlight {

struct TrainerSettings {
    std::int64_t steps = 1000, batch = 32;
    std::int64_t parts = 4; ///< that a batch is cut into; more than threads helps little
    std::int64_t evaluateEvery = 200, checkpointEvery = 200;
    std::int64_t patience = 0; ///< evaluations without a new best before it ends; 0: never
    AdamWSettings optimizer;
    Schedule schedule;
    double clip = 1.0; ///< largest global norm of a gradient; 0: no limit
    std::uint64_t seed = 1;
};

/// What an observer is told after every evaluation.
struct TrainingReport {
    std::int64_t step = 0, steps = 0;
    double loss = 0.0; ///< mean over the steps since the last report
    Evaluation validation;
    double bestAccuracy = 0.0;
    double secondsPerStep = 0.0, secondsLeft = 0.0;
};

class Trainer {
public:
    using Observer = std::function<void(const TrainingReport&)>;

    /// Trains `model` in place. `checkpoint` may be empty: then nothing is saved.
    Trainer(const Model& model, const TrainingTask& task, const TrainerSettings& settings,
        std::filesystem::path checkpoint = {});

    /// Goes on from the checkpoint if there is one. Errors: BadFile when it is of another model or recipe.
    Status resume();
    /// Trains to the last step, or until patience ends, and leaves the best parameters in the model: those of the
    /// largest validation accuracy, of equal ones those of the smallest loss. Saves a checkpoint when stopped.
    /// Errors: Cancelled, Unwritable.
    Status run(const JobControl& control, const Observer& observer = {});

    std::int64_t step() const { return m_step; }
    double bestAccuracy() const { return m_bestAccuracy; }
    /// Mean loss of the last step.
    double lastLoss() const { return m_lastLoss; }
    ParameterMemory& memory() { return m_memory; }

private:
    void oneStep(const JobControl& control);
    double partLoss(std::int64_t index, const JobControl& control);
    bool evaluationDue() const;
    bool finished() const;
    void evaluate(const JobControl& control, const Observer& observer);
    void announce(const JobControl& control) const;
    double secondsPerStep() const;
    Status saveCheckpoint() const;
    Status loop(const JobControl& control, const Observer& observer);

    const Model& m_model;
    const TrainingTask& m_task;
    TrainerSettings m_settings;
    std::filesystem::path m_checkpoint;
    ParameterMemory m_memory;
    AdamW m_optimizer;
    std::vector<std::vector<float>> m_gradients; ///< one per part
    std::vector<float> m_best;
    std::int64_t m_step = 0, m_firstStep = 0, m_evaluatedStep = 0, m_sinceBest = 0;
    double m_bestAccuracy = -1.0, m_bestLoss = 0.0, m_lastLoss = 0.0, m_lossSum = 0.0, m_lastAccuracy = 0.0;
    std::int64_t m_lossCount = 0;
    std::chrono::steady_clock::time_point m_begin;
};

/// "3 min", "1 h 20 min", "40 s".
std::string displayDuration(double seconds);

} // namespace headlight
