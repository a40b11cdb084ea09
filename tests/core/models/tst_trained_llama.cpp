// A model that was trained: stories260K (Karpathy 2023, MIT), a Llama with grouped heads. Expected numbers are an
// independent NumPy f64 implementation's; its greedy text was checked against llama2.c's run.

#include "core/engine/pass.h"
#include "core/io/json.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestTrainedLlama : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void attentionAgrees();
    void logitsAgree();
    void writesTheStory();

private:
    std::unique_ptr<Model> m_model;
    Json m_expected;
};

void TestTrainedLlama::initTestCase()
{
    const std::filesystem::path folder = test::sourcePath("tests/golden/stories260K").toStdString();
    auto loaded = loadModel(folder);
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    QVERIFY(loaded->unusedParameters.empty());
    m_model = std::move(loaded->model);
    m_expected = *readJson(folder / "expected.json");
}

void TestTrainedLlama::attentionAgrees()
{
    ModelInput input;
    input.ids = m_expected["ids"].get<std::vector<std::int64_t>>();
    const auto pass = runPass(*m_model, input, {}, JobControl());
    QVERIFY(pass);
    const auto got = namedTensors(*pass->trace, m_model->info());
    const auto tokens = std::int64_t(input.ids.size());
    double largest = 0.0;
    for (int layer = 0; layer < 5; ++layer) {
        const Tensor& maps = got.at("attentions." + std::to_string(layer));
        QVERIFY((maps.shape() == Shape { 1, 8, tokens, tokens }));
        for (std::int64_t i = 0; i < maps.count(); ++i) {
            const auto head = std::size_t(i / tokens / tokens), row = std::size_t(i / tokens % tokens), column = std::size_t(i % tokens);
            const double expected = m_expected["attention"][std::size_t(layer)][head][row][column].get<double>();
            largest = std::max(largest, std::abs(double(maps.at(i)) - expected));
        }
    }
    QVERIFY2(largest < 1e-5, qPrintable(QString::number(largest)));
}

void TestTrainedLlama::logitsAgree()
{
    ModelInput input;
    input.ids = m_expected["ids"].get<std::vector<std::int64_t>>();
    const JobControl control;
    Run run(control);
    run.outputRows = { std::int64_t(input.ids.size()) - 1 };
    const Tensor logits = m_model->forward({ &input, 1 }, run).at("logits").value.value();
    QCOMPARE(logits.count(), std::int64_t(512));
    for (std::int64_t i = 0; i < logits.count(); ++i)
        QVERIFY(std::abs(double(logits.at(i)) - m_expected["logits_last"][std::size_t(i)].get<double>()) < 1e-4);
}

void TestTrainedLlama::writesTheStory()
{
    const auto story = m_expected["greedy_ids_60"].get<std::vector<std::int64_t>>();
    ModelInput input;
    input.ids = m_expected["ids"].get<std::vector<std::int64_t>>();
    std::vector<std::int64_t> written = input.ids;
    KeyValueCache cache;
    const JobControl control;
    while (written.size() < story.size()) {
        Run run(control);
        run.cache = &cache;
        run.outputRows = { std::int64_t(input.ids.size()) - 1 };
        const Tensor logits = m_model->forward({ &input, 1 }, run).at("logits").value.value();
        cache.advance(std::int64_t(input.ids.size()));
        input.ids = { std::max_element(logits.floats().begin(), logits.floats().end()) - logits.floats().begin() };
        written.push_back(input.ids.front());
    }
    QCOMPARE(written, story);
}

HEADLIGHT_TEST_MAIN(TestTrainedLlama)
#include "tst_trained_llama.moc"
