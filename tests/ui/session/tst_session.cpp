// The one truth of the window, on real models (tests/golden) and real files: what opens, what stays when
// something fails, what is kept between models, what the newest request does to the others.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"
#include "ui/session/library.h"
#include "ui/session/normalisation.h"
#include "ui/session/session.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

TextInput text(const char* words)
{
    return { words, std::nullopt };
}

} // namespace

class TestSession : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void opensTheFirstExampleByItself();
    void typingRunsTheNewestOnly();
    void keepsTheLastGoodResult_data();
    void keepsTheLastGoodResult();
    void recoversAfterAFailure();
    void offersToCutWhatIsTooLong();
    void keepsTheTextWhilePicturesAreOpen();
    void opensWhatIsDropped_data();
    void opensWhatIsDropped();
    void pastedPictureOpensTheImageModel();
    void pathsDuringOpeningKeepTheWantedModel();
    void wrongPathDuringOpeningKeepsTheWantedModel();
    void importedAttentionStaysWhenAFileCannotBeRead();
    void keptSoundIsHeardByTheNextModel();
    void selectionSurvivesANewResult();
    void cancelIsSilent();
    void layersAreShownAsTheyCome();
    void theLookedAtLayerReplacesTheOldPicture();
    void aStoppedRunLeavesNoHalfResult();
    void displayIsRemembered();
    void libraryListsBundledAndRecent();

private:
    void openAndWait(const QString& reference);
    void runAndWait(AnalysisInput input);

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    QStringList m_failures;
    int m_recoveries = 0;
};

void TestSession::init()
{
    TestCase::init();
    QSettings().clear();
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_failures.clear();
    m_recoveries = 0;
    connect(
        m_session.get(), &Session::failed, this, [this](const QString& message) { m_failures << message; });
    connect(m_session.get(), &Session::recovered, this, [this] { ++m_recoveries; });
}

void TestSession::cleanup()
{
    m_session.reset();
    m_engine.reset();
}

void TestSession::openAndWait(const QString& reference)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->openModel(reference);
    QVERIFY(results.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

void TestSession::runAndWait(AnalysisInput input)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->setInput(std::move(input));
    QVERIFY(results.wait(20'000));
}

void TestSession::opensTheFirstExampleByItself()
{
    QVERIFY(!m_session->result());
    QVERIFY(m_session->selectedMap().empty());
    openAndWait("sentiment");
    QVERIFY(m_session->result());
    QCOMPARE(m_session->model()->name, std::string("sentiment"));
    QCOMPARE(m_session->examples().size(), std::size_t(3));
    QCOMPARE(m_session->example(), std::optional<std::size_t>(0));
    QCOMPARE(std::get<TextInput>(m_session->input()).text, m_session->examples()[0].text);
    // [CLS] of the last layer is chosen, so that something is to be seen.
    QCOMPARE(m_session->selection().layer, 2);
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 0 });
    QVERIFY(m_session->selection().key.has_value());
    QCOMPARE(m_session->selectedMap().queries(), std::int64_t(m_session->result()->tokens.size()));
    QVERIFY(m_failures.isEmpty());
}

void TestSession::typingRunsTheNewestOnly()
{
    openAndWait("sentiment");
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    std::string typed;
    for (int i = 0; i < 60; ++i) {
        typed += "good ";
        m_session->setInput(text(typed.c_str()));
    }
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(62));
    QTRY_VERIFY(!m_session->activity().running);
    QVERIFY2(results.size() < 60, "every key was run to its end");
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(62));
    QVERIFY(!m_session->example());
}

void TestSession::keepsTheLastGoodResult_data()
{
    QTest::addColumn<QString>("wrong"); // a model reference, or "text:" and a text
    QTest::addColumn<QString>("says");
    QTest::newRow("no such folder") << "/no/such/folder"
                                    << "/no/such/folder";
    QTest::newRow("folder without config") << m_sample.path("examples") << "config.json";
    QTest::newRow("empty text") << "text:"
                                << "";
    QTest::newRow("too long") << "text:" + QString("good ").repeated(200) << "80";
}

void TestSession::keepsTheLastGoodResult()
{
    QFETCH(QString, wrong);
    QFETCH(QString, says);
    openAndWait("sentiment");
    const auto before = m_session->result();
    const auto model = m_session->model();
    if (wrong.startsWith("text:"))
        m_session->setInput(text(qPrintable(wrong.mid(5))));
    else
        m_session->openModel(wrong);
    QTRY_COMPARE(m_failures.size(), 1);
    QVERIFY2(m_failures[0].contains(says), qPrintable(m_failures[0]));
    QVERIFY(m_failures[0].endsWith('.') || m_failures[0].endsWith('?'));
    QCOMPARE(m_session->result(), before);
    QCOMPARE(m_session->model(), model);
    QVERIFY(!m_session->activity().running);
}

void TestSession::recoversAfterAFailure()
{
    openAndWait("sentiment");
    m_session->openModel("/no/such/folder");
    QTRY_COMPARE(m_failures.size(), 1);
    QCOMPARE(m_recoveries, 0);
    runAndWait(text("a funny film"));
    QCOMPARE(m_recoveries, 1);
    runAndWait(text("a funny film."));
    QCOMPARE(m_recoveries, 1);
}

void TestSession::offersToCutWhatIsTooLong()
{
    openAndWait("sentiment");
    QSignalSpy failures(m_session.get(), &Session::failed);
    m_session->setInput(text(qPrintable(QString("good ").repeated(200))));
    QVERIFY(failures.wait(20'000));
    QCOMPARE(failures[0][1].toBool(), true);
    m_session->setCutToFit(true);
    QTRY_VERIFY(m_session->result()->tokensCut > 0);
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(80));
    QCOMPARE(m_session->result()->tokensCut, std::int64_t(122)); // 200 words and [CLS], [SEP] in 80 places
    // A text that fits ends it: the next long one is asked about again.
    runAndWait(text("good"));
    failures.clear();
    m_session->setInput(text(qPrintable(QString("good ").repeated(200))));
    QVERIFY(failures.wait(20'000));
}

void TestSession::keepsTheTextWhilePicturesAreOpen()
{
    openAndWait("sentiment");
    runAndWait(text("the animal was tired"));
    openAndWait("shapes");
    QVERIFY(std::holds_alternative<ImageInput>(m_session->input()));
    QCOMPARE(m_session->example(), std::optional<std::size_t>(0));
    QVERIFY(m_session->result()->patches.has_value());
    m_session->openExample(1);
    QTRY_COMPARE(std::get<ImageInput>(m_session->input()).image.width(), 300);
    openAndWait("sentiment");
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the animal was tired"));
    openAndWait("shapes");
    QCOMPARE(std::get<ImageInput>(m_session->input()).image.width(), 300);
}

void TestSession::opensWhatIsDropped_data()
{
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("failure");
    const QString text = m_sample.path("dropped.txt");
    QFile file(text);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("the story was sad\n");
    file.close();
    QFile noise(m_sample.path("noise.dat"));
    QVERIFY(noise.open(QIODevice::WriteOnly));
    noise.write(QByteArray(100, '\xff'));
    noise.close();
    QTest::newRow("folder") << QStringList{ m_sample.path("models/shapes") } << "shapes"
                            << "";
    QTest::newRow("checkpoint") << QStringList{ m_sample.path("models/shapes/model.safetensors") } << "shapes"
                                << "";
    QTest::newRow("picture") << QStringList{ m_sample.path("examples/rgb_300x200.png") } << "shapes"
                             << "";
    QTest::newRow("text") << QStringList{ text } << "sentiment"
                          << "";
    QTest::newRow("model and picture")
        << QStringList{ m_sample.path("models/shapes"), m_sample.path("examples/rgb_300x200.png") }
        << "shapes"
        << "";
    QTest::newRow("nothing") << QStringList{ m_sample.path("gone.png") } << ""
                             << "gone.png";
    const QString sound = m_sample.path("tone.wav");
    QVERIFY(test::writeSoundFile(sound.toStdString(), test::tone(440, 16000, 4000), {}));
    QTest::newRow("sound without a model that hears") << QStringList{ sound } << ""
                                                      << "kept for it";
    QTest::newRow("neither") << QStringList{ m_sample.path("noise.dat") } << ""
                             << "noise.dat";
}

void TestSession::opensWhatIsDropped()
{
    QFETCH(QStringList, paths);
    QFETCH(QString, model);
    QFETCH(QString, failure);
    m_session->openPaths(paths);
    if (!failure.isEmpty()) {
        QTRY_COMPARE(m_failures.size(), 1);
        QVERIFY2(m_failures[0].contains(failure), qPrintable(m_failures[0]));
        return;
    }
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result(), 20'000);
    QCOMPARE(QString::fromStdString(m_session->model()->name), model);
    if (paths.last().endsWith(".txt"))
        QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the story was sad"));
    if (paths.last().endsWith(".png"))
        QCOMPARE(std::get<ImageInput>(m_session->input()).image.width(), 300);
}

void TestSession::pastedPictureOpensTheImageModel()
{
    openAndWait("sentiment");
    m_session->openPicture(Image::make(
        50, 40, [](std::span<std::uint8_t> pixels) { std::ranges::fill(pixels, std::uint8_t(90)); }));
    QTRY_VERIFY(m_session->result()->patches.has_value());
    QCOMPARE(m_session->model()->name, std::string("shapes"));
    QCOMPARE(std::get<ImageInput>(m_session->input()).image.width(), 50);
    m_session->openText("one good film");
    QTRY_COMPARE(m_session->model()->name, std::string("sentiment"));
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(5));
}

void TestSession::pathsDuringOpeningKeepTheWantedModel()
{
    m_session->openModel("shapes");
    m_session->openPaths({ m_sample.path("examples/rgb_300x200.png") });
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result(), 20'000);
    QCOMPARE(m_session->model()->name, std::string("shapes"));
    QCOMPARE(std::get<ImageInput>(m_session->input()).image.width(), 300);
    runAndWait(*std::get_if<ImageInput>(&m_session->input())); // inputs are no longer held back
}

void TestSession::wrongPathDuringOpeningKeepsTheWantedModel()
{
    openAndWait("sentiment");
    m_session->openModel("shapes");
    m_session->openPaths({ "/no/such/picture.png" });
    QTRY_COMPARE(m_failures.size(), 1);
    QVERIFY(m_failures.back().contains("/no/such/picture.png"));
    QTRY_COMPARE_WITH_TIMEOUT(m_session->model()->name, std::string("shapes"), 20'000);
    QTRY_VERIFY(m_session->result() && m_session->result()->model == m_session->model());
    QCOMPARE(m_recoveries, 0); // the sentence stays until it is read
}

void TestSession::importedAttentionStaysWhenAFileCannotBeRead()
{
    openAndWait("sentiment");
    const test::ScratchFolder folder;
    test::writeBytes(folder / "weights.json",
        R"({"tensors": {"attentions.0": [[[1, 0], [0.25, 0.75]], [[0.5, 0.5], [0, 1]]]}})");
    m_session->openPaths({ QString::fromStdString((folder / "weights.json").string()) });
    QTRY_VERIFY(!m_session->result()->model);
    const auto imported = m_session->result();
    m_session->openPaths({ "/no/such/picture.png" });
    QTRY_COMPARE(m_failures.size(), 1);
    QCOMPARE(m_session->result(), imported);
}

void TestSession::keptSoundIsHeardByTheNextModel()
{
    const test::ScratchFolder model(test::sourcePath("tests/golden/whisper_tiny"));
    test::writeBytes(model / "preprocessor_config.json",
        R"({"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80, "sampling_rate": 16000,
            "hop_length": 200, "chunk_length": 1, "n_fft": 400, "padding_value": 0.0})");
    const auto sound = model / "tone.wav";
    QVERIFY(test::writeSoundFile(sound, test::tone(440, 16000, 4000), {}));
    m_session->openPaths({ QString::fromStdString(sound.string()) });
    QTRY_VERIFY(!m_failures.isEmpty());
    openAndWait(QString::fromStdString(model.path().string()));
    const auto result = m_session->result();
    QVERIFY(result && result->times && result->heard);
    QCOMPARE(result->sound.count(), std::int64_t(4000));
    QVERIFY(result->generated.has_value()); // Whisper writes by itself
    QCOMPARE(m_session->selection().kind, AttentionKind::Cross);
}

void TestSession::selectionSurvivesANewResult()
{
    openAndWait("sentiment");
    Selection selection;
    selection.layer = 1;
    selection.heads = { 3 };
    selection.queries = { 2, 7 };
    selection.key = 9;
    m_session->setSelection(selection);
    runAndWait(text("a great film and a very sad story."));
    QCOMPARE(m_session->selection(), selection);
    runAndWait(text("a film")); // [CLS] a film [SEP]: rows 7 and column 9 are gone
    QCOMPARE(m_session->selection().layer, 1);
    QCOMPARE(m_session->selection().heads, std::vector<int>{ 3 });
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 2 });
    QVERIFY(!m_session->selection().key);
}

void TestSession::cancelIsSilent()
{
    openAndWait("sentiment");
    const auto before = m_session->result();
    m_session->setInput(text("the ending was sad"));
    m_session->cancel();
    QTRY_VERIFY(!m_session->activity().running);
    QTest::qWait(50);
    QVERIFY(m_failures.isEmpty());
    runAndWait(text("the ending was good"));
    QVERIFY(m_session->result() != before);
}

void TestSession::layersAreShownAsTheyCome()
{
    m_session->setPatience(std::chrono::milliseconds(0));
    std::vector<std::shared_ptr<const AnalysisResult>> shown;
    std::vector<int> looked;
    connect(m_session.get(), &Session::resultChanged, this, [&] {
        shown.push_back(m_session->result());
        looked.push_back(m_session->selection().layer);
    });
    m_session->openModel(QStringLiteral("sentiment"));
    QTRY_VERIFY(m_session->result() && m_session->result()->complete);
    QCOMPARE(shown.size(), std::size_t(3)); // of three layers
    QCOMPARE(looked, (std::vector<int>{ 0, 1, 2 })); // nobody chose: the newest one
    for (std::size_t i = 0; i + 1 < shown.size(); ++i) {
        QVERIFY(!shown[i]->complete && shown[i]->trace->outputs().empty());
        QCOMPARE(shown[i]->trace->layers().size(), i + 1);
        QCOMPARE(shown[i]->trace->layers()[0], shown.back()->trace->layers()[0]);
        QCOMPARE(shown[i]->tokens.size(), shown.back()->tokens.size());
    }
    QVERIFY(!shown.back()->predictions.empty());
}

void TestSession::theLookedAtLayerReplacesTheOldPicture()
{
    openAndWait("sentiment");
    m_session->setPatience(std::chrono::milliseconds(0));
    for (const int layer : { 2, 1, 0 }) {
        Selection selection = m_session->selection();
        selection.layer = layer;
        selection.heads = { 1 };
        m_session->setSelection(selection);
        QSignalSpy results(m_session.get(), &Session::resultChanged);
        m_session->setInput(text(layer == 1 ? "it was tired" : "it was a good day"));
        QTRY_VERIFY(!m_session->activity().running);
        QCOMPARE(results.size(), 3 - layer); // as many states of the run as hold that layer
        QVERIFY(m_session->result()->complete);
        QVERIFY(m_session->selection().layer == layer && m_session->selection().heads == std::vector{ 1 });
    }
}

void TestSession::aStoppedRunLeavesNoHalfResult()
{
    openAndWait("sentiment");
    m_session->setPatience(std::chrono::milliseconds(0));
    Selection selection = m_session->selection();
    selection.layer = 0;
    m_session->setSelection(selection);
    connect(m_session.get(), &Session::resultChanged, this, [this] { m_session->cancel(); });
    for (int round = 0; round < 20; ++round) {
        m_session->setInput(text(round % 2 ? "it was tired" : "a film that never ends"));
        QTRY_VERIFY(!m_session->activity().running);
        QVERIFY(m_session->result() && m_session->result()->complete);
        QCOMPARE(m_session->selection().layer, 0);
    }
}

void TestSession::displayIsRemembered()
{
    DisplaySettings display = m_session->display();
    display.colourMap = "magma";
    display.normalise = Normalise::Row;
    QSignalSpy changes(m_session.get(), &Session::displayChanged);
    m_session->setDisplay(display);
    m_session->setDisplay(display);
    QCOMPARE(changes.size(), 1);
    QCOMPARE(Session(*m_engine).display(), display);
}

void TestSession::libraryListsBundledAndRecent()
{
    Library& library = m_session->library();
    QSignalSpy changes(&library, &Library::changed);
    library.refresh();
    QVERIFY(changes.wait());
    QCOMPARE(library.entries().size(), std::size_t(2));
    openAndWait("sentiment");
    QVERIFY(library.recent().isEmpty()); // bundled ones are listed anyway
    QTemporaryDir elsewhere;
    const QString folder = elsewhere.filePath("mine");
    QVERIFY(QDir().mkpath(folder));
    for (const char* name : { "config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json" })
        QVERIFY(
            QFile::copy(m_sample.path(QStringLiteral("models/sentiment/%1").arg(name)), folder + '/' + name));
    openAndWait(folder);
    QCOMPARE(library.recent(), QStringList{ folder });
    QCOMPARE(Session(*m_engine).library().recent(), QStringList{ folder });
}

HEADLIGHT_TEST_MAIN(TestSession)
#include "tst_session.moc"
