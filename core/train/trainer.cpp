#include "core/train/trainer.h"

#include "core/base/parallel_for.h"
#include "core/io/safetensors.h"
#include "core/train/random.h"

namespace headlight {
namespace {

constexpr const char* parametersPrefix = "parameters/";
constexpr const char* firstPrefix = "first_moment/";
constexpr const char* secondPrefix = "second_moment/";
constexpr const char* bestPrefix = "best/";

/// Exact text of a double, and back.
std::string exact(double value)
{
    return fmt::format("{:a}", value);
}

} // namespace

Trainer::Trainer(const Model& model, const TrainingTask& task, const TrainerSettings& settings,
    std::filesystem::path checkpoint)
    : m_model(model)
    , m_task(task)
    , m_settings(settings)
    , m_checkpoint(std::move(checkpoint))
    , m_memory(model)
    , m_optimizer(settings.optimizer, m_memory.count(), m_memory.decayed())
    , m_gradients(std::size_t(settings.parts), std::vector<float>(m_memory.count()))
    , m_best(m_memory.values().begin(), m_memory.values().end())
{
    HEADLIGHT_CHECK(settings.parts >= 1 && settings.batch >= settings.parts, "fewer examples in a batch than parts of it");
}

double Trainer::partLoss(std::int64_t index, const JobControl& control)
{
    std::vector<float>& gradient = m_gradients[std::size_t(index)];
    std::fill(gradient.begin(), gradient.end(), 0.0f);
    const std::int64_t batch = m_settings.batch, parts = m_settings.parts;
    const BatchPart part { m_step, batch, index * batch / parts, (index + 1) * batch / parts, m_settings.seed };

    Tape tape;
    Run run(control);
    const std::vector<std::span<float>> spans = m_memory.parts(gradient);
    std::mt19937_64 random(mixSeeds(m_settings.seed, std::uint64_t(m_step), std::uint64_t(index)));
    run.tape = &tape;
    run.parameterGradients = spans;
    run.random = &random;
    const Var loss = m_task.loss(m_model, part, run);
    const double share = double(part.last - part.first) / double(batch);
    tape.backward(loss, Tensor::filled({ 1 }, float(share)), [&] {
        if (control.stopRequested())
            throw Stopped();
    });
    return share * double(loss.value().at(0));
}

void Trainer::oneStep(const JobControl& control)
{
    const JobControl quiet = control.withoutProgress();
    std::vector<double> losses(std::size_t(m_settings.parts));
    parallelFor(0, m_settings.parts, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i)
            losses[std::size_t(i)] = partLoss(i, quiet);
    });
    sumInto(m_gradients);
    std::vector<float>& gradient = m_gradients.front();
    clipGlobalNorm(gradient, m_settings.clip);
    m_optimizer.step(m_memory.values(), gradient, m_settings.schedule.rate(m_step, m_settings.steps));
    m_lastLoss = 0.0;
    for (const double loss : losses)
        m_lastLoss += loss;
    m_lossSum += m_lastLoss;
    ++m_lossCount;
    ++m_step;
}

double Trainer::secondsPerStep() const
{
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - m_begin;
    return elapsed.count() / double(std::max<std::int64_t>(1, m_step - m_firstStep));
}

void Trainer::announce(const JobControl& control) const
{
    const std::string validation = m_bestAccuracy < 0.0 ? "" : fmt::format(", validation {:.3f}", m_lastAccuracy);
    control.report(double(m_step) / double(m_settings.steps),
        fmt::format("step {} of {}, loss {:.3f}{}, {} left", m_step, m_settings.steps, m_lastLoss, validation,
            displayDuration(secondsPerStep() * double(m_settings.steps - m_step))));
}

bool Trainer::evaluationDue() const
{
    const bool interesting = m_step > 0 && (m_step % m_settings.evaluateEvery == 0 || m_step == m_settings.steps);
    return interesting && m_evaluatedStep != m_step;
}

bool Trainer::finished() const
{
    return m_step >= m_settings.steps || (m_settings.patience > 0 && m_sinceBest >= m_settings.patience);
}

void Trainer::evaluate(const JobControl& control, const Observer& observer)
{
    const Evaluation validation = m_task.evaluate(m_model, Split::Validation, control.withoutProgress());
    m_evaluatedStep = m_step;
    m_lastAccuracy = validation.accuracy;
    ++m_sinceBest;
    if (std::pair(validation.accuracy, -validation.loss) > std::pair(m_bestAccuracy, -m_bestLoss)) {
        m_bestAccuracy = validation.accuracy;
        m_bestLoss = validation.loss;
        m_best.assign(m_memory.values().begin(), m_memory.values().end());
        m_sinceBest = 0;
    }
    if (observer)
        observer({ m_step, m_settings.steps, m_lossSum / double(std::max<std::int64_t>(1, m_lossCount)),
            validation, m_bestAccuracy, secondsPerStep(),
            secondsPerStep() * double(m_settings.steps - m_step) });
    m_lossSum = 0.0;
    m_lossCount = 0;
}

Status Trainer::loop(const JobControl& control, const Observer& observer)
{
    m_begin = std::chrono::steady_clock::now();
    m_firstStep = m_step;
    for (;;) {
        if (evaluationDue())
            evaluate(control, observer);
        if (finished())
            break;
        oneStep(control);
        announce(control);
        if (m_step % m_settings.checkpointEvery == 0)
            HEADLIGHT_TRY_STATUS(saveCheckpoint());
    }
    HEADLIGHT_TRY_STATUS(saveCheckpoint());
    std::copy(m_best.begin(), m_best.end(), m_memory.values().begin());
    return {};
}

Status Trainer::run(const JobControl& control, const Observer& observer)
{
    try {
        return loop(control, observer);
    } catch (const Stopped&) {
        // Parameters change only at the end of a step, so what is there is the state after the last whole one.
        HEADLIGHT_TRY_STATUS(saveCheckpoint());
        return Error { ErrorKind::Cancelled, "Training was stopped." };
    }
}

Status Trainer::saveCheckpoint() const
{
    if (m_checkpoint.empty())
        return {};
    std::map<std::string, Tensor> tensors = m_memory.named(m_memory.values(), parametersPrefix);
    tensors.merge(m_memory.named(m_optimizer.firstMoment(), firstPrefix));
    tensors.merge(m_memory.named(m_optimizer.secondMoment(), secondPrefix));
    tensors.merge(m_memory.named(m_best, bestPrefix));
    return writeSafetensors(m_checkpoint, tensors,
        { { "step", std::to_string(m_step) }, { "best_accuracy", exact(m_bestAccuracy) },
            { "best_loss", exact(m_bestLoss) },
            { "evaluated_step", std::to_string(m_evaluatedStep) }, { "last_accuracy", exact(m_lastAccuracy) }, { "since_best", std::to_string(m_sinceBest) },
            { "loss_sum", exact(m_lossSum) }, { "loss_count", std::to_string(m_lossCount) },
            { "seed", std::to_string(m_settings.seed) } });
}

Status Trainer::resume()
{
    if (m_checkpoint.empty() || !std::filesystem::exists(m_checkpoint))
        return {};
    HEADLIGHT_TRY(const SafetensorsFile file, SafetensorsFile::open(m_checkpoint));
    std::vector<float> first(m_memory.count()), second(m_memory.count());
    HEADLIGHT_TRY_STATUS(m_memory.read(file.tensors(), parametersPrefix, m_memory.values()));
    HEADLIGHT_TRY_STATUS(m_memory.read(file.tensors(), firstPrefix, first));
    HEADLIGHT_TRY_STATUS(m_memory.read(file.tensors(), secondPrefix, second));
    HEADLIGHT_TRY_STATUS(m_memory.read(file.tensors(), bestPrefix, m_best));
    const auto number = [&](const char* key) {
        const auto found = file.metadata().find(key);
        return found == file.metadata().end() ? 0.0 : std::strtod(found->second.c_str(), nullptr);
    };
    if (std::uint64_t(number("seed")) != m_settings.seed)
        return Error { ErrorKind::BadFile, fmt::format("{} was made with another seed.", m_checkpoint.string()) };
    m_step = std::int64_t(number("step"));
    m_bestAccuracy = number("best_accuracy");
    m_bestLoss = number("best_loss");
    m_lastAccuracy = number("last_accuracy");
    m_sinceBest = std::int64_t(number("since_best"));
    m_evaluatedStep = std::int64_t(number("evaluated_step"));
    m_lossSum = number("loss_sum");
    m_lossCount = std::int64_t(number("loss_count"));
    m_optimizer.restore(m_step, first, second);
    return {};
}

std::string displayDuration(double seconds)
{
    const auto whole = std::int64_t(seconds + 0.5);
    if (whole < 90)
        return fmt::format("{} s", whole);
    if (whole < 90 * 60)
        return fmt::format("{} min", (whole + 30) / 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

} // namespace headlight
