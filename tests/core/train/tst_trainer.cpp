// The training loop on a task that can be learned in seconds: it learns, repeats for any number of threads, resumes to
// the same bit, and stops cleanly.

#include "core/base/parallel_for.h"
#include "core/models/families.h"
#include "core/train/classification.h"
#include "core/train/random.h"
#include "core/train/trainer.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace headlight;

namespace {

/// Does a row of random tokens contain token 3 or token 4? It contains exactly one of them.
class FindToken final : public TrainingTask {
public:
    Var loss(const Model& model, const BatchPart& part, Run& run) const override
    {
        std::vector<ClassifiedInput> examples;
        for (std::int64_t i = part.first; i < part.last; ++i)
            examples.push_back(example(mixSeeds(part.seed, std::uint64_t(part.step * part.batch + i))));
        return classificationLoss(model, examples, 0.0f, run);
    }
    Evaluation evaluate(const Model& model, Split, const JobControl& control) const override
    {
        return classify(model, 64, [](std::int64_t i) { return example(mixSeeds(99, std::uint64_t(i))); }, control).evaluation();
    }
    std::vector<Measure> measure(const Model&, const JobControl&) const override { return {}; }
    std::string dataSummary() const override { return {}; }

private:
    static ClassifiedInput example(std::uint64_t seed)
    {
        Random random(seed);
        ClassifiedInput made;
        made.target = random.below(2);
        made.input.ids = { 1 };
        const std::int64_t length = 4 + random.below(3);
        for (std::int64_t i = 0; i < length; ++i)
            made.input.ids.push_back(5 + random.below(5));
        made.input.ids[std::size_t(1 + random.below(length))] = 3 + made.target;
        return made;
    }
};

LoadedModel smallModel()
{
    return std::move(freshModel(*Config::parse(R"({"model_type": "bert", "architectures": ["BertForSequenceClassification"],
        "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 10,
        "max_position_embeddings": 8, "hidden_dropout_prob": 0.1, "initializer_range": 0.1})", "test"), 5)).value();
}

TrainerSettings shortRun(std::int64_t steps)
{
    TrainerSettings settings;
    settings.steps = steps;
    settings.batch = 16;
    settings.parts = 4;
    settings.evaluateEvery = 5;
    settings.checkpointEvery = 5;
    settings.schedule = { 0.005, 3, 0.1 };
    settings.seed = 12;
    return settings;
}

std::vector<float> trained(const TrainerSettings& settings, int threads)
{
    const int before = threadCount();
    setThreadCount(threads);
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, settings);
    const bool done = trainer.run({}).ok();
    setThreadCount(before);
    return done ? std::vector<float>(trainer.memory().values().begin(), trainer.memory().values().end()) : std::vector<float>();
}

/// Stops when `steps` steps were announced.
JobControl stopAfter(std::stop_source& source, int steps)
{
    return JobControl(source.get_token(), [&source, left = std::make_shared<int>(steps)](double, std::string_view) {
        if (--*left == 0)
            source.request_stop();
    });
}

} // namespace

class TestTrainer : public test::TestCase {
    Q_OBJECT
private slots:
    void aSeparableTaskIsLearned();
    void anyNumberOfThreadsGivesTheSameParameters();
    void anotherSeedGivesOtherParameters();
    void resumedIsTheSameAsStraight_data();
    void resumedIsTheSameAsStraight();
    void patienceEndsTheRun();
    void theBestParametersAreKept();
    void aCheckpointOfAnotherModelIsRefused();
    void aDamagedCheckpointIsRefused();
    void progressSaysWhereItIs();
    void durations_data();
    void durations();
};

void TestTrainer::aSeparableTaskIsLearned()
{
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, shortRun(500));
    QVERIFY(trainer.run({}).ok());
    const Evaluation after = task.evaluate(*loaded.model, Split::Validation, {});
    QVERIFY2(after.loss < 0.15, qPrintable(QString::number(after.loss)));
    QVERIFY(after.accuracy > 0.95);
}

void TestTrainer::anyNumberOfThreadsGivesTheSameParameters()
{
    const std::vector<float> one = trained(shortRun(12), 1);
    QVERIFY(!one.empty());
    QCOMPARE(trained(shortRun(12), 1), one);
    QCOMPARE(trained(shortRun(12), 2), one);
    QCOMPARE(trained(shortRun(12), 7), one);
}

void TestTrainer::anotherSeedGivesOtherParameters()
{
    TrainerSettings other = shortRun(3);
    other.seed = 13;
    QVERIFY(trained(shortRun(3), 2) != trained(other, 2));
}

void TestTrainer::resumedIsTheSameAsStraight_data()
{
    QTest::addColumn<int>("stopAt");
    QTest::newRow("between checkpoints") << 8;
    QTest::newRow("at an evaluation") << 10;
    QTest::newRow("first step") << 1;
}

void TestTrainer::resumedIsTheSameAsStraight()
{
    QFETCH(int, stopAt);
    const FindToken task;
    const std::vector<float> straight = trained(shortRun(20), 2);
    const QTemporaryDir folder;
    const std::filesystem::path checkpoint = folder.filePath("checkpoint.safetensors").toStdString();

    const LoadedModel first = smallModel();
    Trainer stopped(*first.model, task, shortRun(20), checkpoint);
    std::stop_source source;
    const Status status = stopped.run(stopAfter(source, stopAt));
    QVERIFY(!status.ok());
    QCOMPARE(int(status.error().kind), int(ErrorKind::Cancelled));

    const LoadedModel second = smallModel();
    Trainer resumed(*second.model, task, shortRun(20), checkpoint);
    QVERIFY(resumed.resume().ok());
    QVERIFY(resumed.step() >= stopAt && resumed.step() < 20);
    QVERIFY(resumed.run({}).ok());
    QCOMPARE(std::vector<float>(resumed.memory().values().begin(), resumed.memory().values().end()), straight);
}

void TestTrainer::patienceEndsTheRun()
{
    TrainerSettings settings = shortRun(500);
    settings.schedule.peak = 0.0; // nothing is learned, so no evaluation is better than the first
    settings.patience = 3;
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, settings);
    QVERIFY(trainer.run({}).ok());
    QCOMPARE(trainer.step(), std::int64_t(20)); // the first evaluation and three more
}

void TestTrainer::theBestParametersAreKept()
{
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, shortRun(60));
    double best = 0.0;
    QVERIFY(trainer.run({}, [&](const TrainingReport& report) { best = std::max(best, report.validation.accuracy); }).ok());
    QCOMPARE(task.evaluate(*loaded.model, Split::Validation, {}).accuracy, best);
    QCOMPARE(trainer.bestAccuracy(), best);
}

void TestTrainer::aCheckpointOfAnotherModelIsRefused()
{
    const QTemporaryDir folder;
    const std::filesystem::path checkpoint = folder.filePath("checkpoint.safetensors").toStdString();
    const FindToken task;
    const LoadedModel loaded = smallModel();
    Trainer trainer(*loaded.model, task, shortRun(2), checkpoint);
    QVERIFY(trainer.run({}).ok());
    const auto other = freshModel(*Config::parse(R"({"model_type": "bert", "architectures": ["BertForSequenceClassification"],
        "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": 10,
        "max_position_embeddings": 8})", "test"), 5);
    Trainer wrong(*other->model, task, shortRun(2), checkpoint);
    const Status status = wrong.resume();
    QVERIFY(!status.ok());
    QVERIFY(status.error().message.find("another recipe") != std::string::npos);
    TrainerSettings otherSeed = shortRun(2);
    otherSeed.seed = 4;
    Trainer wrongSeed(*loaded.model, task, otherSeed, checkpoint);
    QVERIFY(!wrongSeed.resume().ok());
}

void TestTrainer::aDamagedCheckpointIsRefused()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath("checkpoint.safetensors"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not a checkpoint at all");
    file.close();
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, shortRun(2), file.fileName().toStdString());
    const Status status = trainer.resume();
    QVERIFY(!status.ok());
    QCOMPARE(int(status.error().kind), int(ErrorKind::BadFile));
}

void TestTrainer::progressSaysWhereItIs()
{
    const LoadedModel loaded = smallModel();
    const FindToken task;
    Trainer trainer(*loaded.model, task, shortRun(7));
    QStringList phases;
    double last = 0.0;
    const JobControl control({}, [&](double fraction, std::string_view phase) {
        last = fraction;
        phases << QString::fromUtf8(phase.data(), qsizetype(phase.size()));
    });
    QVERIFY(trainer.run(control).ok());
    QCOMPARE(phases.size(), 7);
    QCOMPARE(last, 1.0);
    QVERIFY2(QRegularExpression("^step 6 of 7, loss \\d\\.\\d{3}, validation \\d\\.\\d{3}, \\d+ s left$").match(phases[5]).hasMatch(),
        qPrintable(phases[5]));
}

void TestTrainer::durations_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << 0.0 << "0 s";
    QTest::newRow("seconds") << 89.0 << "89 s";
    QTest::newRow("minutes") << 90.0 << "2 min";
    QTest::newRow("hours") << 7260.0 << "2 h 1 min";
}

void TestTrainer::durations()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(displayDuration(seconds)), text);
}

HEADLIGHT_TEST_MAIN(TestTrainer)
#include "tst_trainer.moc"
