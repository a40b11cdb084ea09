// Every golden model that writes: fed token by token with a cache, it says what it says to the whole text at once. The
// whole is held against the reference by tst_golden_models.

#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

#include <QDirIterator>

using namespace headlight;

class TestCachedWriting : public test::TestCase {
    Q_OBJECT
private slots:
    void tokenByTokenIsTheWhole_data();
    void tokenByTokenIsTheWhole();
    void pieceByPieceInABatch_data();
    void pieceByPieceInABatch();
    void readingOnIsTheWhole_data();
    void readingOnIsTheWhole();
    void whatDependsOnTheEndIsReadWhole();
    void textsAreReadAnewAtTheSwitch_data();
    void textsAreReadAnewAtTheSwitch();
};

namespace {

using Ids = std::vector<std::int64_t>;

void goldenCases()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("file");
    QDirIterator files(test::sourcePath("tests/golden"), { "expected.*.safetensors" }, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QFileInfo info(files.next());
        const auto config = Config::open(info.path().toStdString());
        if (!config || info.fileName().contains(".explain."))
            continue;
        // Past its switch LongRoPE turns a text otherwise from the first token on: see textsAreReadAnewAtTheSwitch.
        if (info.path().endsWith("phi4_mini_lm") && info.fileName().contains("long"))
            continue;
        const QString name = QString::fromStdString(config->architecture());
        if (name.endsWith("ForCausalLM") || name.endsWith("LMHeadModel") || name.contains("ConditionalGeneration") || name == "MarianMTModel")
            QTest::newRow(qPrintable(info.dir().dirName() + '/' + info.completeBaseName().mid(9))) << info.path() << info.filePath();
    }
}

/// The words the model goes on from.
Ids& written(const ModelInfo& info, ModelInput& input)
{
    return info.pair ? input.decoderIds : input.ids;
}

/// Tokens up to the last one that stands for a part of a picture: they come with it.
std::int64_t pictureEnd(const ModelInfo& info, const ModelInput& input)
{
    const auto last = std::find(input.ids.rbegin(), input.ids.rend(), info.pictureToken);
    return info.pictureToken < 0 || !input.hasPicture() ? 0 : std::int64_t(input.ids.rend() - last);
}

/// Logits [T,V] of every row of the batch, fed in pieces of these lengths with a cache. A picture is read with the first.
std::vector<float> logitsInPieces(const Model& model, const std::vector<ModelInput>& whole, std::int64_t piece)
{
    const JobControl control;
    KeyValueCache cache;
    std::vector<std::vector<float>> rows(whole.size());
    ModelInput copy = whole.front();
    const auto length = std::int64_t(written(model.info(), copy).size());
    const std::int64_t picture = pictureEnd(model.info(), whole.front());
    for (std::int64_t first = 0, last = 0; first < length; first = last) {
        last = std::min(std::max(first + piece, picture), length);
        std::vector<ModelInput> batch = whole;
        for (ModelInput& input : batch) {
            Ids& ids = written(model.info(), input);
            ids = Ids(ids.begin() + first, ids.begin() + last);
            if (first > 0 && picture > 0) {
                ModelInput words;
                words.ids = input.ids;
                input = std::move(words);
            }
        }
        Run run(control);
        run.cache = &cache;
        const Tensor logits = model.forward(batch, run).at("logits").value.value();
        const std::int64_t numbers = (last - first) * logits.shape()[-1];
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i].insert(rows[i].end(), logits.floats().begin() + std::int64_t(i) * numbers, logits.floats().begin() + std::int64_t(i + 1) * numbers);
        cache.advance(last - first);
    }
    std::vector<float> all;
    for (const auto& row : rows)
        all.insert(all.end(), row.begin(), row.end());
    return all;
}

std::vector<float> logitsAtOnce(const Model& model, const std::vector<ModelInput>& batch)
{
    const JobControl control;
    Run run(control);
    const Tensor logits = model.forward(batch, run).at("logits").value.value();
    return { logits.floats().begin(), logits.floats().end() };
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b)
{
    double largest = a.size() == b.size() ? 0.0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double difference = std::abs(double(a[i]) - double(b[i]));
        largest = difference <= largest ? largest : difference; // NaN wins
    }
    return largest;
}

struct Loaded {
    std::unique_ptr<Model> model;
    std::vector<ModelInput> inputs; ///< one example, without a mask
};

Loaded load(const QString& folder, const QString& file)
{
    Loaded loaded { std::move(loadModel(folder.toStdString())->model), {} };
    auto inputs = inputsFromTensors(SafetensorsFile::open(file.toStdString())->tensors(), loaded.model->info());
    inputs->resize(1);
    ModelInput& input = inputs->front();
    if (loaded.model->info().pair && input.decoderIds.empty()) // BLIP: the text beside the picture is what it goes on from
        std::swap(input.ids, input.decoderIds);
    if (input.ids.empty() || !loaded.model->info().pair)
        input.attentionMask.clear();
    loaded.inputs = std::move(*inputs);
    return loaded;
}

} // namespace

void TestCachedWriting::tokenByTokenIsTheWhole_data()
{
    goldenCases();
}

void TestCachedWriting::tokenByTokenIsTheWhole()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const Loaded loaded = load(folder, file);
    QVERIFY(loaded.model->info().writes);
    const double difference = largestDifference(logitsInPieces(*loaded.model, loaded.inputs, 1), logitsAtOnce(*loaded.model, loaded.inputs));
    QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
}

void TestCachedWriting::pieceByPieceInABatch_data()
{
    goldenCases();
}

void TestCachedWriting::pieceByPieceInABatch()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    Loaded loaded = load(folder, file);
    if (pictureEnd(loaded.model->info(), loaded.inputs.front()) > 0)
        QSKIP("texts with pictures are read one at a time");
    loaded.inputs.push_back(loaded.inputs.front());
    Ids& ids = written(loaded.model->info(), loaded.inputs.back());
    std::reverse(ids.begin(), ids.end());
    const double difference = largestDifference(logitsInPieces(*loaded.model, loaded.inputs, 3), logitsAtOnce(*loaded.model, loaded.inputs));
    QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
}

void TestCachedWriting::readingOnIsTheWhole_data()
{
    goldenCases();
}

/// A text is changed in the middle, then cut, then grows: each time only what follows the change is computed.
void TestCachedWriting::readingOnIsTheWhole()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const Loaded loaded = load(folder, file);
    const ModelInfo& info = loaded.model->info();
    if (info.pair)
        QSKIP("what a pair's decoder reads depends on its encoder");
    const ModelInput whole = loaded.inputs.front();
    if (whole.hasPicture()) {
        QVERIFY(!loaded.model->readsOn(whole)); // the picture may be another one
        return;
    }
    const auto length = std::int64_t(whole.ids.size());
    QVERIFY(length > 3);
    ModelInput changed = whole, cut = whole;
    std::ranges::reverse(changed.ids.begin() + length / 2, changed.ids.end());
    changed.ids[std::size_t(length / 2)] = (whole.ids[std::size_t(length / 2)] + 1) % info.vocabulary;
    cut.ids.resize(std::size_t(length / 2 + 1));
    PassRequest request;
    request.trace.rows = true;
    const JobControl control;
    for (const ModelInput& input : { whole, changed, cut, whole }) {
        const auto plain = runPass(*loaded.model, input, {}, control);
        const auto continued = runPass(*loaded.model, input, request, control);
        QVERIFY(plain && continued);
        const auto expected = namedTensors(*plain->trace, info), got = namedTensors(*continued->trace, info);
        QCOMPARE(got.size(), expected.size());
        for (const auto& [name, tensor] : expected) {
            QVERIFY2(got.at(name).shape() == tensor.shape(), name.c_str());
            const double difference = largestDifference({ got.at(name).floats().begin(), got.at(name).floats().end() },
                { tensor.floats().begin(), tensor.floats().end() });
            QVERIFY2(difference < (name.starts_with("attentions") ? 1e-5 : 1e-4), qPrintable(QString("%1 differs by %2").arg(name.c_str()).arg(difference)));
        }
        for (std::size_t i = 0; i < plain->trace->layers().size(); ++i)
            for (int head = 0; head < info.heads; ++head) {
                const HeadStatistics &a = plain->trace->layers()[i]->summaries[std::size_t(head)].statistics(),
                                     &b = continued->trace->layers()[i]->summaries[std::size_t(head)].statistics();
                QVERIFY(std::abs(a.entropy - b.entropy) < 1e-4f && std::abs(a.distance - b.distance) < 1e-3f && a.rowSumError < 1e-5f);
            }
        const bool first = request.earlier.trace == nullptr;
        QCOMPARE(continued->known, first ? 0 : input.ids == cut.ids ? length / 2 : length / 2 + (request.earlier.ids == cut.ids ? 1 : 0));
        request.earlier = { input.ids, continued->trace };
    }
}

void TestCachedWriting::whatDependsOnTheEndIsReadWhole()
{
    const JobControl control;
    PassRequest request;
    request.trace.rows = true;
    ModelInput input;
    input.ids = { 5, 6, 7, 8 };
    for (const char* name : { "bert_mlm", "gpt2_lm" }) {
        const auto loaded = loadModel(test::sourcePath(QString("tests/golden/%1").arg(name)).toStdString());
        const auto first = runPass(*loaded->model, input, request, control);
        request.earlier = { input.ids, first->trace };
        QCOMPARE(runPass(*loaded->model, input, request, control)->known, std::int64_t(QByteArray(name) == "gpt2_lm" ? 3 : 0));
        PassRequest hidden = request; // states of the beginning are not kept
        hidden.trace.hiddenStates = true;
        QCOMPARE(runPass(*loaded->model, input, hidden, control)->known, std::int64_t(0));
        ModelInput padded = input;
        padded.attentionMask = { 0, 1, 1, 1 };
        QCOMPARE(runPass(*loaded->model, padded, request, control)->known, std::int64_t(0));
        request.earlier = {};
    }
    // Past its switch (16) LongRoPE turns every token otherwise.
    const auto loaded = loadModel(test::sourcePath("tests/golden/phi4_mini_lm").toStdString());
    for (const std::size_t length : { 16u, 17u, 18u, 16u }) {
        input.ids.resize(length, 9);
        const auto pass = runPass(*loaded->model, input, request, control);
        QCOMPARE(pass->known, std::int64_t(0));
        request.earlier = { input.ids, pass->trace };
    }
    QCOMPARE(runPass(*loaded->model, input, request, control)->known, std::int64_t(15));
}

void TestCachedWriting::textsAreReadAnewAtTheSwitch_data()
{
    QTest::addColumn<int>("piece");
    QTest::newRow("token by token") << 1;
    QTest::newRow("five at a time, the switch among them") << 5;
}

void TestCachedWriting::textsAreReadAnewAtTheSwitch()
{
    QFETCH(int, piece);
    constexpr std::int64_t limit = 16; // original_max_position_embeddings of this Phi-4-mini
    const QString folder = test::sourcePath("tests/golden/phi4_mini_lm");
    Loaded loaded = load(folder, folder + "/expected.long.safetensors");
    loaded.inputs.push_back(loaded.inputs.front());
    std::reverse(loaded.inputs.back().ids.begin(), loaded.inputs.back().ids.end());
    const std::int64_t length = std::int64_t(loaded.inputs.front().ids.size()), vocabulary = loaded.model->info().vocabulary;
    QVERIFY(length > limit + 1);
    const std::vector<float> pieces = logitsInPieces(*loaded.model, loaded.inputs, piece), whole = logitsAtOnce(*loaded.model, loaded.inputs);
    QCOMPARE(pieces.size(), whole.size());
    const auto fromSwitch = [&](const std::vector<float>& logits, std::int64_t sequence) {
        const auto begin = logits.begin() + sequence * length * vocabulary;
        return std::vector<float>(begin + limit * vocabulary, begin + length * vocabulary);
    };
    for (std::int64_t sequence = 0; sequence < 2; ++sequence)
        QVERIFY(largestDifference(fromSwitch(pieces, sequence), fromSwitch(whole, sequence)) < 1e-4);
}

HEADLIGHT_TEST_MAIN(TestCachedWriting)
#include "tst_cached_writing.moc"
