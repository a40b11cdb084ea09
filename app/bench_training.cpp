// Training steps of the two models that the peers were measured on, with random tokens and random targets.

#include "app/bench_topics.h"

#include "core/autodiff/operations.h"
#include "core/models/families.h"
#include "core/train/trainer.h"

namespace headlight {
namespace {

struct Setup {
    std::string name, config;
    std::int64_t batch, length, vocabulary, classes, steps;
};

/// Tokens drawn by place; a target per sequence, or per token for a model of words.
class RandomTokens final : public TrainingTask {
public:
    explicit RandomTokens(const Setup& setup)
        : m_setup(setup)
    {
    }
    Var loss(const Model& model, const BatchPart& part, Run& run) const override
    {
        std::vector<ModelInput> batch(std::size_t(part.last - part.first));
        std::vector<std::int64_t> targets;
        for (std::size_t i = 0; i < batch.size(); ++i)
            for (std::int64_t t = 0; t < m_setup.length; ++t) {
                const std::int64_t drawn =
                    (part.first + std::int64_t(i)) * 7919 + t * 104729 + part.step * 31;
                batch[i].ids.push_back(drawn % m_setup.vocabulary);
                if (t == 0 || m_setup.classes == m_setup.vocabulary)
                    targets.push_back(drawn / 13 % m_setup.classes);
            }
        return crossEntropy(model.forward(batch, run).at("logits").value, targets);
    }
    Evaluation evaluate(const Model&, Split, const JobControl&) const override { return {}; }
    std::vector<Measure> measure(const Model&, const JobControl&) const override { return {}; }
    std::string dataSummary() const override { return "random tokens"; }

private:
    const Setup& m_setup;
};

/// Milliseconds of every step but the first ones, from the trainer's own clock.
Expected<std::vector<double>> stepTimes(const Setup& setup, const JobControl& job)
{
    HEADLIGHT_TRY(Config config, Config::parse(setup.config, "bench"));
    HEADLIGHT_TRY(const LoadedModel loaded, freshModel(std::move(config), 1));
    constexpr std::int64_t warmUps = 3;
    const RandomTokens task(setup);
    TrainerSettings settings;
    settings.steps = setup.steps + warmUps;
    settings.batch = setup.batch;
    settings.evaluateEvery = 1;
    settings.checkpointEvery = settings.steps + 1;
    std::vector<double> times;
    double before = 0;
    Trainer trainer(*loaded.model, task, settings);
    HEADLIGHT_TRY_STATUS(trainer.run(job.withoutProgress(), [&](const TrainingReport& report) {
        const double now = report.secondsPerStep * double(report.step) * 1000.0;
        if (report.step > warmUps)
            times.push_back(now - before);
        before = now;
    }));
    return times;
}

} // namespace

Status benchTraining(const Report& report, const JobControl& job)
{
    const std::array<Setup, 2> setups{ {
        { "training step: 2 layers, width 64, batch 64×24",
            R"({"model_type": "bert", "architectures": ["BertForSequenceClassification"], "hidden_size": 64,
                "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 256, "vocab_size": 1000,
                "max_position_embeddings": 64, "num_labels": 2})",
            64, 24, 1000, 2, 200 },
        { "training step: 4 layers, width 256, batch 32×64, 4,096 words",
            R"({"model_type": "bert", "architectures": ["BertForMaskedLM"], "hidden_size": 256, "num_hidden_layers": 4,
                "num_attention_heads": 4, "intermediate_size": 1024, "vocab_size": 4096, "max_position_embeddings": 64})",
            32, 64, 4096, 4096, 10 },
    } };
    for (const Setup& setup : setups) {
        job.report(0, setup.name);
        HEADLIGHT_TRY(std::vector<double> times, stepTimes(setup, job));
        report(summarise(setup.name, std::move(times)));
    }
    return {};
}

} // namespace headlight
