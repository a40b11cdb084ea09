// Going back to what was: a state taken from the session, everything changed, and the state restored, on real
// models and files.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_model.h"
#include "ui/session/session.h"
#include "ui/session/session_state.h"

using namespace headlight;
using namespace headlight::ui;

class TestSessionState : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void comesBackWhole();
    void returnsAtOnce();
    void onlyWhatDiffersIsDone();
    void picturesAreShared();
    void soundsAndIdsComeBack();
    void targetOfAPairComesBack();
    void writtenTextIsWrittenAgain();
    void selectionIsClamped();
    void missingModelIsAskedForAndLosesNothing();
    void whatIsTypedMeanwhileWins();
    void referenceLastsWhenTheFolderChanges();
    void importedAttentionIsReadAgain();
    void stateWithoutAModelOpensTheFirst();

private:
    void openAndWait(const QString& reference);
    void runAndWait(AnalysisInput input);
    void restoreAndWait(const SessionState& state);

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    QStringList m_missing;
};

void TestSessionState::init()
{
    TestCase::init();
    QSettings().clear();
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_missing.clear();
    connect(m_session.get(), &Session::modelMissing, this,
        [this](const QString& reference) { m_missing << reference; });
}

void TestSessionState::cleanup()
{
    m_session.reset();
    m_engine.reset();
}

void TestSessionState::openAndWait(const QString& reference)
{
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openModel(reference);
    QVERIFY(settled.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

void TestSessionState::runAndWait(AnalysisInput input)
{
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->setInput(std::move(input));
    QVERIFY(settled.wait(20'000));
}

void TestSessionState::restoreAndWait(const SessionState& state)
{
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->restore(state);
    QVERIFY(settled.count() > 0 || settled.wait(20'000));
}

void TestSessionState::comesBackWhole()
{
    openAndWait("sentiment");
    runAndWait(TextInput{ "the cat sat", "on the mat" });
    m_session->setView("heatmap");
    m_session->setSelection({ AttentionKind::Encoder, Tower::Only, 1, { 0, 2 }, HeadJoin::Max, { 2, 3 }, 1 });
    DisplaySettings display;
    display.colourMap = "magma";
    display.scale = Scale::Logarithmic;
    m_session->setDisplay(display);
    m_session->setViewOption("grid", "order", "entropy");
    const SessionState left = m_session->state();
    QCOMPARE(left.model, QStringLiteral("sentiment"));
    QCOMPARE(left.selection.layer, 1);

    openAndWait("shapes");
    m_session->setDisplay({});
    m_session->setView("image");
    m_session->setViewOption("grid", "order", "distance");
    m_session->setViewOption("image", "zoom", 2.0);
    QVERIFY(!(m_session->state() == left));
    restoreAndWait(left);
    QVERIFY(m_session->state() == left);
    QCOMPARE(m_session->model()->name, std::string("sentiment"));
    QCOMPARE(std::get<TextInput>(m_session->input()).pair, std::optional<std::string>("on the mat"));
    QCOMPARE(m_session->selection().heads, (std::vector<int>{ 0, 2 }));
    QCOMPARE(m_session->selection().queries, (std::vector<int>{ 2, 3 }));
    QCOMPARE(m_session->selection().key, std::optional<int>(1));
    QCOMPARE(m_session->view(), QStringLiteral("heatmap"));
    QCOMPARE(m_session->display().colourMap, QStringLiteral("magma"));
    QCOMPARE(m_session->viewOptions("grid").value("order").toString(), QStringLiteral("entropy"));
    QVERIFY(m_session->viewOptions("image").isEmpty());
    QVERIFY(m_missing.isEmpty());
}

void TestSessionState::returnsAtOnce()
{
    openAndWait("sentiment");
    const SessionState text = m_session->state();
    openAndWait("shapes");
    const auto before = m_session->result();
    m_session->restore(text);
    QCOMPARE(m_session->result(), before); // nothing was opened or run on this thread
    QVERIFY(m_session->activity().running);
    QVERIFY(m_session->state() == text); // but this is where it goes
    QTRY_VERIFY(m_session->result() != before && !m_session->activity().running);
    QVERIFY(m_session->state() == text);
}

void TestSessionState::onlyWhatDiffersIsDone()
{
    openAndWait("sentiment");
    SessionState state = m_session->state();
    state.selection.layer = 0;
    state.selection.heads = { 3 };
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    QSignalSpy models(m_session.get(), &Session::modelChanged);
    m_session->restore(state);
    QCOMPARE(m_session->selection().heads, std::vector<int>{ 3 }); // at once: there is nothing to run
    QTest::qWait(50);
    QCOMPARE(results.count(), 0);
    state.input = std::make_shared<AnalysisInput>(TextInput{ "a dog", std::nullopt });
    restoreAndWait(state);
    QCOMPARE(results.count(), 1);
    QCOMPARE(models.count(), 0);
}

void TestSessionState::picturesAreShared()
{
    openAndWait("shapes");
    const SessionState a = m_session->state();
    m_session->setSelection(firstSelection(*m_session->result()));
    const SessionState b = m_session->state();
    QCOMPARE(a.input.get(), b.input.get());
    const auto& picture = std::get<ImageInput>(*a.input).image;
    QCOMPARE((void*)picture.pixels().data(),
        (void*)std::get<ImageInput>(m_session->input()).image.pixels().data());
    QVERIFY(a.source.endsWith("rgb_137x91.png"));
    QVERIFY(QFileInfo(a.source).isAbsolute());
    openAndWait("sentiment");
    QVERIFY(m_session->state().source.isEmpty());
    restoreAndWait(a);
    QCOMPARE((void*)picture.pixels().data(),
        (void*)std::get<ImageInput>(m_session->input()).image.pixels().data());
    QVERIFY(m_session->state() == a);
}

void TestSessionState::soundsAndIdsComeBack()
{
    openAndWait(test::sourcePath("tests/golden/gpt2_lm")); // without a tokenizer
    runAndWait(TextInput{ "3, 1, 4, 1, 5", std::nullopt });
    const SessionState left = m_session->state();
    QCOMPARE(std::get<IdsInput>(*left.input).ids, (std::vector<std::int64_t>{ 3, 1, 4, 1, 5 }));
    openAndWait("sentiment");
    restoreAndWait(left);
    QVERIFY(m_session->state() == left);
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(5));

    SessionState sound = left; // a sound keeps its samples, whatever the model does with it
    sound.input = std::make_shared<AnalysisInput>(SoundInput{ Sound(16'000, test::tone(440, 16'000, 800)) });
    QVERIFY(!sameInput(sound.input, left.input));
    QVERIFY(sameInput(sound.input,
        std::make_shared<AnalysisInput>(SoundInput{ Sound(16'000, test::tone(440, 16'000, 800)) })));
    QCOMPARE(bytesOf(*sound.input), std::size_t(3200));
}

void TestSessionState::targetOfAPairComesBack()
{
    SessionState a;
    a.target = "ein Hund";
    SessionState b = a;
    QVERIFY(a == b);
    b.target.reset();
    QVERIFY(!(a == b));
    QVERIFY(!sameRun(a, b));
    b = a;
    b.generation.temperature = 0.5f; // matters only where something was written
    QVERIFY(sameRun(a, b));
    QVERIFY(!(a == b));
}

void TestSessionState::writtenTextIsWrittenAgain()
{
    openAndWait(test::sourcePath("tests/golden/gpt2_lm"));
    runAndWait(TextInput{ "3, 1, 4", std::nullopt });
    GenerationOptions options;
    options.newTokens = 6;
    m_session->setGeneration(options);
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->generate();
    QVERIFY(settled.wait(20'000));
    const auto written = m_session->result()->generated.value().ids;
    const SessionState left = m_session->state();
    QCOMPARE(left.written, std::int64_t(written.size()));
    runAndWait(TextInput{ "7", std::nullopt });
    QCOMPARE(m_session->state().written, std::int64_t(0));
    restoreAndWait(left);
    QCOMPARE(m_session->result()->generated.value().ids, written);
    QVERIFY(m_session->state() == left);
}

void TestSessionState::selectionIsClamped()
{
    openAndWait("sentiment");
    SessionState state = m_session->state();
    state.input = std::make_shared<AnalysisInput>(TextInput{ "good", std::nullopt }); // three tokens
    state.selection = { AttentionKind::Encoder, Tower::Only, 77, { 1, 99 }, HeadJoin::Mean, { 2, 1000 },
        1000 };
    restoreAndWait(state);
    QCOMPARE(m_session->selection().layer, 2);
    QCOMPARE(m_session->selection().heads, std::vector<int>{ 1 });
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 2 });
    QVERIFY(!m_session->selection().key);
}

void TestSessionState::missingModelIsAskedForAndLosesNothing()
{
    SessionState left;
    test::TinyModel elsewhere;
    QString gone;
    {
        const test::TinyModel model;
        gone = QString::fromStdString(model.path().string());
        openAndWait(gone);
        runAndWait(TextInput{ "the cat", std::nullopt });
        m_session->setSelection({ AttentionKind::Encoder, Tower::Only, 1, { 1 }, HeadJoin::Mean, { 1 }, 2 });
        m_session->setView("text");
        left = m_session->state();
    }
    openAndWait("sentiment");
    m_session->setView("grid");
    m_session->restore(left);
    QTRY_COMPARE(m_missing, QStringList{ gone });
    QVERIFY(m_session->state() == left); // saving now would lose nothing
    QVERIFY(!m_session->result()); // and no picture of the other model pretends to be it
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the cat"));
    QCOMPARE(m_session->view(), QStringLiteral("text"));
    openAndWait(QString::fromStdString(elsewhere.path().string()));
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("the cat"));
    QVERIFY(m_session->selection() == left.selection);
    QCOMPARE(m_session->state().model, QString::fromStdString(elsewhere.path().string()));
}

void TestSessionState::whatIsTypedMeanwhileWins()
{
    openAndWait("sentiment");
    const SessionState left = m_session->state();
    openAndWait("shapes");
    m_session->restore(left);
    m_session->setInput(TextInput{ "bad film", std::nullopt });
    QTRY_VERIFY(m_session->result() && m_session->result()->model->name == "sentiment");
    QTRY_VERIFY(!m_session->activity().running);
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("bad film"));
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(4));
}

void TestSessionState::referenceLastsWhenTheFolderChanges()
{
    const test::TinyModel model;
    const QString before = QDir::currentPath();
    QDir::setCurrent(QString::fromStdString(model.path().parent_path().string()));
    openAndWait(QString::fromStdString("./" + model.path().filename().string()));
    QDir::setCurrent(before);
    QCOMPARE(m_session->state().model, QString::fromStdString(model.path().string()));
}

void TestSessionState::importedAttentionIsReadAgain()
{
    const test::ScratchFolder folder;
    test::writeBytes(folder / "x.json",
        R"({"tensors": {"attentions.0": [[[1, 0], [0.25, 0.75]], [[0.5, 0.5], [0, 1]]]}})");
    openAndWait("sentiment");
    const SessionState model = m_session->state();
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openPaths({ QString::fromStdString((folder / "x.json").string()) });
    QVERIFY(settled.wait(20'000));
    m_session->setSelection({ AttentionKind::Encoder, Tower::Only, 0, { 1 }, HeadJoin::Mean, { 0 }, 1 });
    const SessionState imported = m_session->state();
    QCOMPARE(imported.attention, QString::fromStdString((folder / "x.json").string()));
    restoreAndWait(model);
    QVERIFY(m_session->state() == model);
    QVERIFY(m_session->result()->model);
    restoreAndWait(imported);
    QVERIFY(m_session->state() == imported);
    QCOMPARE(m_session->selectedMap().row(0)[1], 0.5f);
    restoreAndWait(model);
    std::filesystem::remove(folder / "x.json");
    QSignalSpy failures(m_session.get(), &Session::failed);
    m_session->restore(imported); // gone: said, and what there is stays
    QTRY_COMPARE(failures.count(), 1);
    QVERIFY(m_session->result()->model);
}

void TestSessionState::stateWithoutAModelOpensTheFirst()
{
    SessionState state;
    state.input = std::make_shared<AnalysisInput>(TextInput{ "a dog", std::nullopt });
    restoreAndWait(state);
    QCOMPARE(m_session->state().model, QString(Session::firstModel));
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("a dog"));
}

HEADLIGHT_TEST_MAIN(TestSessionState)
#include "tst_session_state.moc"
