// Writing with a pair: fed token by token with a cache, it says what it says when it is fed all at once. What is
// expected is the model's own output, which tst_golden_models holds against the reference.

#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

#include <QDirIterator>

using namespace headlight;

class TestPairModel : public test::TestCase {
    Q_OBJECT
private slots:
    void writesTokenByToken_data();
    void writesTokenByToken();
    void writesSeveralSideBySide_data() { writesTokenByToken_data(); }
    void writesSeveralSideBySide();
    void shiftsWhatItClassifies();
    void refusesWhatItCannotRead_data();
    void refusesWhatItCannotRead();
};

namespace {

constexpr float rounding = 2e-5f;

struct Case {
    LoadedModel loaded;
    std::vector<ModelInput> inputs;
    const Model& model() const { return *loaded.model; }
};

std::optional<Case> openCase(const QString& folder, const QString& file)
{
    auto loaded = loadModel(folder.toStdString());
    const auto reference = SafetensorsFile::open(file.toStdString());
    if (!loaded || !reference)
        return std::nullopt;
    auto inputs = inputsFromTensors(reference->tensors(), loaded->model->info());
    if (!inputs)
        return std::nullopt;
    for (ModelInput& input : *inputs)
        if (input.decoderIds.empty())
            input.decoderIds = loaded->model->impliedDecoderIds(input);
    return Case { std::move(*loaded), std::move(*inputs) };
}

Tensor logits(const Model& model, std::span<const ModelInput> batch, KeyValueCache* cache, std::vector<std::int64_t> rows = {})
{
    const JobControl control;
    Run run(control);
    run.cache = cache;
    run.outputRows = std::move(rows);
    const Tensor values = model.forward(batch, run).at("logits").value.value();
    if (cache != nullptr)
        cache->advance(std::int64_t(batch.front().decoderIds.size()));
    return values;
}

float largestDifference(std::span<const float> a, std::span<const float> b)
{
    float largest = a.size() == b.size() ? 0.0f : std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

ModelInput withDecoderIds(ModelInput input, std::vector<std::int64_t> ids)
{
    input.decoderIds = std::move(ids);
    return input;
}

} // namespace

void TestPairModel::writesTokenByToken_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("file");
    QDirIterator files(test::sourcePath("tests/golden"), { "expected.*.safetensors" }, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QFileInfo file(files.next());
        const auto loaded = loadModel(file.path().toStdString());
        if (!file.fileName().contains(".explain.") && loaded && loaded->model->info().pair && loaded->model->info().writes)
            QTest::newRow(qPrintable(file.dir().dirName() + '/' + file.completeBaseName().mid(9))) << file.path() << file.filePath();
    }
}

void TestPairModel::writesTokenByToken()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const auto opened = openCase(folder, file);
    QVERIFY(opened);
    const ModelInput& input = opened->inputs.back(); // the padded one, if there is one
    const Tensor atOnce = logits(opened->model(), { &input, 1 }, nullptr);
    KeyValueCache cache;
    for (std::size_t i = 0; i < input.decoderIds.size(); ++i) {
        const ModelInput step = withDecoderIds(input, { input.decoderIds[i] });
        const Tensor one = logits(opened->model(), { &step, 1 }, &cache);
        QCOMPARE(one.shape().rows(), std::int64_t(1));
        QVERIFY(largestDifference(one.row(0), atOnce.row(std::int64_t(i))) < rounding);
    }
    QCOMPARE(cache.length(), std::int64_t(input.decoderIds.size()));
}

/// Two texts that begin alike, written as beams are: the first pass reads the beginning once, then two go on.
void TestPairModel::writesSeveralSideBySide()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const auto opened = openCase(folder, file);
    QVERIFY(opened);
    const ModelInput& input = opened->inputs.back();
    const auto& ids = input.decoderIds;
    QVERIFY(ids.size() >= 4);
    const std::array<std::vector<std::int64_t>, 2> texts { std::vector { ids[0], ids[1], ids[2] }, std::vector { ids[0], ids[1], ids[3] } };
    KeyValueCache cache;
    const ModelInput beginning = withDecoderIds(input, { ids[0], ids[1] });
    QCOMPARE(logits(opened->model(), { &beginning, 1 }, &cache, { 1 }).shape().rows(), std::int64_t(1));
    cache.select(std::array<std::size_t, 2> { 0, 0 });
    const std::array steps { withDecoderIds(input, { ids[2] }), withDecoderIds(input, { ids[3] }) };
    const Tensor both = logits(opened->model(), steps, &cache, { 0, 1 });
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const ModelInput whole = withDecoderIds(input, texts[i]);
        const Tensor expected = logits(opened->model(), { &whole, 1 }, nullptr, { 2 });
        QVERIFY(largestDifference(both.row(std::int64_t(i)), expected.row(0)) < rounding);
    }
}

void TestPairModel::shiftsWhatItClassifies()
{
    const auto bart = loadModel(test::sourcePath("tests/golden/bart_seqcls").toStdString());
    QVERIFY(bart);
    ModelInput input;
    input.ids = { 0, 5, 6, 2, 1 };
    const std::vector<std::int64_t> fed { 2, 0, 5, 6, 2 }; // transformers' shift_tokens_right
    QCOMPARE(bart->model->impliedDecoderIds(input), fed);
    const auto mbart = loadModel(test::sourcePath("tests/golden/mbart_lm").toStdString());
    QVERIFY(mbart);
    input.ids = { 5, 6, 2, 30, 1 }; // ends with its language, then padding
    const std::vector<std::int64_t> behindLanguage { 30, 5, 6, 2, 30 };
    QCOMPARE(mbart->model->impliedDecoderIds(input), behindLanguage);
}

void TestPairModel::refusesWhatItCannotRead_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QList<qint64>>("ids");
    QTest::addColumn<QList<qint64>>("decoderIds");
    QTest::addColumn<QString>("said");
    using Ids = QList<qint64>;
    QTest::newRow("nothing to read") << "bart_lm" << Ids {} << Ids { 2 } << "the text is empty";
    QTest::newRow("nothing to write on") << "t5_relu" << Ids { 5, 1 } << Ids {} << "The decoder is fed with nothing";
    QTest::newRow("a strange word") << "t5_relu" << Ids { 5, 140 } << Ids { 0 } << "outside of the model's vocabulary of 140";
    QTest::newRow("a strange word for the decoder") << "bart_lm" << Ids { 5, 2 } << Ids { -1 } << "Token id -1 is outside";
    QTest::newRow("no end to classify at") << "bart_seqcls" << Ids { 0, 5 } << Ids {} << "the last end token (id 2)";
    QTest::newRow("another end") << "bart_seqcls" << Ids { 0, 5, 2 } << Ids { 2, 0 } << "needs 3 ids, not 2";
    QTest::newRow("too long") << "bart_lm" << Ids(65, 5) << Ids { 2 } << "65 tokens long";
    QTest::newRow("too long for the decoder") << "marian_lm" << Ids { 5, 0 } << Ids(65, 5) << "65 tokens long";
}

void TestPairModel::refusesWhatItCannotRead()
{
    QFETCH(QString, folder);
    QFETCH(QList<qint64>, ids);
    QFETCH(QList<qint64>, decoderIds);
    QFETCH(QString, said);
    const auto loaded = loadModel(test::sourcePath("tests/golden/" + folder).toStdString());
    QVERIFY(loaded);
    ModelInput input;
    input.ids.assign(ids.begin(), ids.end());
    input.decoderIds.assign(decoderIds.begin(), decoderIds.end());
    const Status status = loaded->model->check(input);
    QVERIFY(!status);
    QVERIFY2(QString::fromStdString(status.error().message).contains(said), status.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestPairModel)
#include "tst_pair_model.moc"
