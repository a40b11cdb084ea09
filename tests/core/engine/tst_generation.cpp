// Writing token by token: with the cache it must write what whole passes over the growing text choose, and what it
// wrote must have its maps.

#include "core/engine/engine.h"
#include "core/engine/generation.h"
#include "core/engine/pass.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace headlight;

namespace {

const JobControl control;

std::string numbers(std::span<const std::int64_t> ids)
{
    std::string list;
    for (const std::int64_t id : ids)
        list += (list.empty() ? "" : ",") + std::to_string(id);
    return list;
}

ModelInput textInput(std::vector<std::int64_t> ids)
{
    ModelInput input;
    input.ids = std::move(ids);
    return input;
}

/// Log probabilities of the token after `ids`, by a pass over all of them.
std::vector<double> nextLogProbabilities(const Model& model, const std::vector<std::int64_t>& ids)
{
    const auto pass = runPass(model, textInput(ids), {}, control);
    const Tensor& logits = pass->trace->outputs().at("logits");
    const auto row = logits.row(std::int64_t(ids.size()) - 1);
    double sum = 0.0;
    for (const float value : row)
        sum += std::exp(double(value));
    std::vector<double> logs;
    for (const float value : row)
        logs.push_back(double(value) - std::log(sum));
    return logs;
}

double logProbability(const Model& model, std::vector<std::int64_t> ids, const std::vector<std::int64_t>& written)
{
    double total = 0.0;
    for (const std::int64_t id : written) {
        total += nextLogProbabilities(model, ids)[std::size_t(id)];
        ids.push_back(id);
    }
    return total;
}

} // namespace

class TestGeneration : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void greedyIsTheLikeliestOfWholePasses();
    void endsAtAnEndToken();
    void endsAtTheLastPosition();
    void suppressedTokensAreNeverWritten();
    void drawsFollowTheirDistribution();
    void cutDrawsStayInside();
    void beamsFindWhatIsAtLeastAsLikely();
    void stopsWhenTold();
    void readsItsIds_data();
    void readsItsIds();
    void theEngineTracesWhatWasWritten();
    void modelsThatDoNotWriteSaySo();

private:
    std::vector<std::int64_t> write(const GenerationOptions& options, const GenerationIds& ids = {});
    std::unique_ptr<Model> m_model;
    const std::vector<std::int64_t> m_prompt { 5, 17, 40 };
};

void TestGeneration::initTestCase()
{
    auto loaded = loadModel(test::sourcePath("tests/golden/gpt2_lm").toStdString());
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    m_model = std::move(loaded->model);
}

std::vector<std::int64_t> TestGeneration::write(const GenerationOptions& options, const GenerationIds& ids)
{
    const auto written = Writer(*m_model, ids, options, control).write(textInput(m_prompt), numbers);
    return written ? *written : std::vector<std::int64_t>();
}

void TestGeneration::greedyIsTheLikeliestOfWholePasses()
{
    GenerationOptions options;
    options.newTokens = 12;
    const auto written = write(options);
    QCOMPARE(written.size(), std::size_t(12));
    std::vector<std::int64_t> text = m_prompt;
    for (const std::int64_t id : written) {
        const auto logs = nextLogProbabilities(*m_model, text);
        QCOMPARE(id, std::max_element(logs.begin(), logs.end()) - logs.begin());
        text.push_back(id);
    }
}

void TestGeneration::endsAtAnEndToken()
{
    GenerationOptions options;
    options.newTokens = 12;
    const auto all = write(options);
    GenerationIds ids;
    ids.ends = { 149, all[4] };
    const auto cut = write(options, ids);
    const auto first = std::find(all.begin(), all.end(), all[4]) - all.begin();
    QCOMPARE(cut, std::vector<std::int64_t>(all.begin(), all.begin() + first + 1)); // the end token is kept
}

void TestGeneration::endsAtTheLastPosition()
{
    GenerationOptions options;
    options.newTokens = 100000;
    QCOMPARE(std::int64_t(write(options).size()), m_model->info().maximumPositions - std::int64_t(m_prompt.size()));
}

void TestGeneration::suppressedTokensAreNeverWritten()
{
    GenerationOptions options;
    options.newTokens = 6;
    const auto free = write(options);
    GenerationIds ids;
    ids.suppressed = { free[0] };
    const auto without = write(options, ids);
    QVERIFY(std::find(without.begin(), without.end(), free[0]) == without.end());
    ids = {};
    ids.suppressedFirst = { free[0] };
    QVERIFY(write(options, ids)[0] != free[0]);
}

void TestGeneration::drawsFollowTheirDistribution()
{
    const auto logs = nextLogProbabilities(*m_model, m_prompt);
    const auto top = std::size_t(std::max_element(logs.begin(), logs.end()) - logs.begin());
    int hits = 0;
    constexpr int draws = 600;
    for (int seed = 0; seed < draws; ++seed) {
        GenerationOptions options;
        options.newTokens = 1;
        options.temperature = 1.0f;
        options.seed = std::uint64_t(seed);
        hits += write(options).front() == std::int64_t(top) ? 1 : 0;
        if (seed < 5)
            QCOMPARE(write(options), write(options)); // the seed decides
    }
    const double p = std::exp(logs[top]), deviation = std::sqrt(p * (1.0 - p) * draws);
    QVERIFY2(std::abs(hits - p * draws) < 4.0 * deviation + 1.0, qPrintable(QString("%1 of %2, expected share %3").arg(hits).arg(draws).arg(p)));
}

void TestGeneration::cutDrawsStayInside()
{
    const auto logs = nextLogProbabilities(*m_model, m_prompt);
    std::vector<std::size_t> order(logs.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logs[a] > logs[b]; });
    std::set<std::int64_t> byCount, byShare;
    const double share = std::exp(logs[order[0]]) + 0.5 * std::exp(logs[order[1]]); // the two likeliest make it up
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        GenerationOptions options;
        options.newTokens = 1;
        options.temperature = 1.0f;
        options.seed = seed;
        options.topK = 3;
        byCount.insert(write(options).front());
        options.topK = 0;
        options.topP = float(share);
        byShare.insert(write(options).front());
    }
    QCOMPARE(byCount, (std::set<std::int64_t> { std::int64_t(order[0]), std::int64_t(order[1]), std::int64_t(order[2]) }));
    QCOMPARE(byShare, (std::set<std::int64_t> { std::int64_t(order[0]), std::int64_t(order[1]) }));
}

void TestGeneration::beamsFindWhatIsAtLeastAsLikely()
{
    GenerationOptions options;
    options.newTokens = 5;
    const double greedy = logProbability(*m_model, m_prompt, write(options));
    double before = greedy;
    for (const int beams : { 2, 4, 8 }) {
        options.beams = beams;
        const auto written = write(options);
        QCOMPARE(written.size(), std::size_t(5));
        const double found = logProbability(*m_model, m_prompt, written);
        QVERIFY2(found >= before - 1e-4, qPrintable(QString("%1 beams: %2 after %3").arg(beams).arg(found).arg(before)));
        before = found;
    }
    options.newTokens = 1; // one step is searched whole
    const auto logs = nextLogProbabilities(*m_model, m_prompt);
    QCOMPARE(write(options).front(), std::max_element(logs.begin(), logs.end()) - logs.begin());
}

void TestGeneration::stopsWhenTold()
{
    const auto stop = std::make_shared<std::atomic<bool>>(false);
    GenerationOptions options;
    options.newTokens = 40;
    options.stop = stop;
    std::vector<std::string> told;
    options.written = [&](const std::string& text) {
        told.push_back(text);
        stop->store(told.size() == 3);
    };
    QCOMPARE(write(options).size(), std::size_t(3));
    QCOMPARE(std::count(told.back().begin(), told.back().end(), ','), 2);
}

void TestGeneration::readsItsIds_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("generation");
    QTest::addColumn<QString>("ends");
    QTest::addColumn<QString>("start");
    QTest::newRow("config alone") << QByteArray(R"({"eos_token_id": 2, "decoder_start_token_id": 0})") << QByteArray() << "2" << "0";
    QTest::newRow("list") << QByteArray(R"({"eos_token_id": [2, 7]})") << QByteArray() << "2,7" << "";
    QTest::newRow("generation wins") << QByteArray(R"({"eos_token_id": 2})") << QByteArray(R"({"eos_token_id": 3, "bos_token_id": 1})") << "3" << "1";
    QTest::newRow("forced language") << QByteArray(R"({"decoder_start_token_id": 2, "forced_bos_token_id": 250004})") << QByteArray() << "" << "2,250004";
    QTest::newRow("two models") << QByteArray(R"({"decoder": {"eos_token_id": 9, "bos_token_id": 8}})") << QByteArray() << "9" << "8";
    QTest::newRow("null") << QByteArray(R"({"eos_token_id": null})") << QByteArray() << "" << "";
    QTest::newRow("wrong type") << QByteArray(R"({"eos_token_id": "x"})") << QByteArray() << "error" << "";
}

void TestGeneration::readsItsIds()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, generation);
    QFETCH(QString, ends);
    QFETCH(QString, start);
    QTemporaryDir folder;
    const auto put = [&](const char* name, const QByteArray& text) {
        QFile file(folder.filePath(name));
        QVERIFY(text.isEmpty() || (file.open(QIODevice::WriteOnly) && file.write(text) == text.size()));
    };
    put("config.json", config);
    put("generation_config.json", generation);
    const auto ids = GenerationIds::read(*Checkpoint::open(folder.path().toStdString()));
    QCOMPARE(ids ? QString::fromStdString(numbers(ids->ends)) : QString("error"), ends);
    if (ids)
        QCOMPARE(QString::fromStdString(numbers(ids->decoderStart)), start);
}

void TestGeneration::theEngineTracesWhatWasWritten()
{
    const Engine engine { Resources(test::sourcePath("resources").toStdString()) };
    const auto model = engine.open(test::sourcePath("tests/golden/gpt2_lm").toStdString(), control);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    AnalysisRequest request;
    request.input = IdsInput { m_prompt };
    request.generation = GenerationOptions {};
    request.generation->newTokens = 6;
    const auto result = engine.run(*model, request, control);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const AnalysisResult& r = **result;
    QVERIFY(r.generated.has_value());
    QCOMPARE(r.generated->ids, write(*request.generation, (*model)->generation));
    QCOMPARE(r.generated->firstToken, std::int64_t(m_prompt.size()));
    const std::size_t whole = m_prompt.size() + r.generated->ids.size();
    QCOMPARE(r.tokens.size(), whole);
    for (const auto& layer : r.trace->layers())
        QCOMPARE(layer->queries, std::int64_t(whole));
}

void TestGeneration::modelsThatDoNotWriteSaySo()
{
    auto loaded = loadModel(test::sourcePath("tests/golden/bert_mlm").toStdString());
    QVERIFY(loaded);
    const auto written = Writer(*loaded->model, {}, GenerationOptions {}, control).write(textInput({ 5 }), numbers);
    QVERIFY(!written);
    QVERIFY(written.error().message.find("does not write") != std::string::npos);
}

HEADLIGHT_TEST_MAIN(TestGeneration)
#include "tst_generation.moc"
