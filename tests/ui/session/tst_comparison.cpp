// The other side of a comparison, on real models (tests/golden): what it is after every step, what survives a
// new input, model or session, and that its own text runs apart from A's.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_model.h"
#include "ui/session/comparison.h"
#include "ui/session/session.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

TextInput text(const char* words)
{
    return { words, std::nullopt };
}

/// All weights of a result's first head.
std::vector<float> weightsOf(const AnalysisResult& result)
{
    const Tensor full = AttentionMap(result.trace->layers().front(), 0).full();
    return { full.floats().begin(), full.floats().end() };
}

} // namespace

class TestComparison : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void thereIsNothingAtFirst();
    void keptRunOutlivesInputAndModel();
    void anotherHeadFollowsTheNewestRun();
    void ownTextRunsBesideA();
    void newestTextWins();
    void bothSidesAnswerWhileBothAreTyped();
    void wrongTextKeepsTheLastGoodOne();
    void emptyTextIsNoSide();
    void ownTextFollowsTheModel();
    void ownTextIsGivenWhatAIsGivenBesideIt();
    void layerAndHeadCanBeChosenOrFollow();
    void swapOfHeads();
    void swapOfTexts();
    void swapOfKeptRuns();
    void clearLeavesOtherOptions();
    void optionsBringItBack();
    void keptPictureIsMissedInAnotherSession();
    void earlierKeptRunsCanBeReturnedTo();
    void aRunCanBeCancelled();
    void destructionDuringARunIsQuiet();

private:
    void openAndWait(const QString& reference);
    void runAndWait(AnalysisInput input);
    Comparison& comparison() const { return m_session->comparison(); }
    const ComparedSide& side() const { return *comparison().side(); }
    Selection chosen(int layer, int head) const
    {
        Selection selection;
        selection.layer = layer;
        selection.heads = { head };
        return selection;
    }

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
};

void TestComparison::init()
{
    TestCase::init();
    QSettings().clear();
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    openAndWait("sentiment");
}

void TestComparison::cleanup()
{
    m_session.reset();
    m_engine.reset();
}

void TestComparison::openAndWait(const QString& reference)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->openModel(reference);
    QVERIFY(results.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

void TestComparison::runAndWait(AnalysisInput input)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->setInput(std::move(input));
    QVERIFY(results.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

void TestComparison::thereIsNothingAtFirst()
{
    QVERIFY(comparison().against() == Against::Nothing);
    QVERIFY(!comparison().side() && !comparison().running() && comparison().failure().isEmpty());
    QVERIFY(comparison().takesText());
}

void TestComparison::keptRunOutlivesInputAndModel()
{
    const auto before = m_session->result();
    m_session->setSelection(chosen(1, 2));
    QSignalSpy changes(&comparison(), &Comparison::changed);
    comparison().keep();
    QCOMPARE(changes.size(), 1);
    runAndWait(text("a bad film"));
    m_session->setSelection(chosen(0, 0));
    QCOMPARE(side().result, before);
    QCOMPARE(side().selection.layer, 1);
    QCOMPARE(side().selection.heads, std::vector{ 2 });
    QVERIFY(side().selection.queries.empty() && !side().selection.key);
    openAndWait("shapes");
    QCOMPARE(side().result, before);
    QCOMPARE(changes.size(), 1); // the other side did not change
}

void TestComparison::anotherHeadFollowsTheNewestRun()
{
    m_session->setSelection(chosen(2, 3));
    comparison().compareWithAnotherHead();
    QCOMPARE(side().result, m_session->result());
    QCOMPARE(side().selection.layer, 2);
    QCOMPARE(side().selection.heads, std::vector{ 0 }); // after the last comes the first
    runAndWait(text("a funny film"));
    QCOMPARE(side().result, m_session->result());
    comparison().choose(chosen(1, 1));
    QCOMPARE(side().selection.layer, 1);
    m_session->setSelection(chosen(0, 2));
    QCOMPARE(side().selection.layer, 1);
}

void TestComparison::ownTextRunsBesideA()
{
    const auto before = m_session->result();
    comparison().setText("a bad film");
    QVERIFY(comparison().running());
    QTRY_VERIFY(comparison().side());
    QVERIFY(!comparison().running());
    QCOMPARE(m_session->result(), before);
    // The same as when A runs it.
    const auto other = side().result;
    QVERIFY(comparison().follows());
    QCOMPARE(side().selection.layer, m_session->selection().layer);
    runAndWait(text("a bad film"));
    QCOMPARE(weightsOf(*other), weightsOf(*m_session->result()));
    QCOMPARE(side().result, other); // A's typing does not run B again
}

void TestComparison::newestTextWins()
{
    QString typed;
    QSignalSpy changes(&comparison(), &Comparison::changed);
    for (int i = 0; i < 40; ++i) {
        typed += "good ";
        comparison().setText(typed);
    }
    QTRY_VERIFY(!comparison().running());
    QCOMPARE(side().result->tokens.size(), std::size_t(42));
    QTest::qWait(30);
    QCOMPARE(side().result->tokens.size(), std::size_t(42));
}

void TestComparison::bothSidesAnswerWhileBothAreTyped()
{
    std::string typed;
    for (int i = 0; i < 30; ++i) {
        typed += "good ";
        comparison().setText(QString::fromStdString(typed));
        m_session->setInput(text((typed + "film").c_str()));
        QTest::qWait(1);
    }
    QTRY_VERIFY(!m_session->activity().running && !comparison().running());
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(33)); // 30 words, "film", [CLS] and [SEP]
    QCOMPARE(side().result->tokens.size(), std::size_t(32));
}

void TestComparison::wrongTextKeepsTheLastGoodOne()
{
    comparison().setText("good");
    QTRY_VERIFY(comparison().side());
    const auto before = side().result;
    comparison().setText(QString("good ").repeated(200)); // cut, and said so
    QTRY_VERIFY(side().result != before);
    QVERIFY(side().result->tokensCut > 0);
    // Ids of a model that is gone cannot run.
    QVariantMap options = m_session->viewOptions(Comparison::view);
    options["against"] = "kept";
    options["kept"] = "not here";
    options["model"] = "/no/such/model";
    m_session->setViewOptions(Comparison::view, options);
    QTRY_VERIFY(!comparison().failure().isEmpty());
    QVERIFY2(comparison().failure().contains("/no/such/model"), qPrintable(comparison().failure()));
    QVERIFY(!comparison().side() && !comparison().running());
}

void TestComparison::emptyTextIsNoSide()
{
    comparison().setText("good");
    QTRY_VERIFY(comparison().side());
    comparison().setText("  ");
    QVERIFY(!comparison().side() && !comparison().running());
    QVERIFY(comparison().against() == Against::Text);
}

void TestComparison::ownTextFollowsTheModel()
{
    comparison().setText("a bad film");
    QTRY_VERIFY(comparison().side());
    openAndWait("shapes");
    QVERIFY(!comparison().takesText());
    QVERIFY(!comparison().side());
    openAndWait("sentiment");
    QTRY_VERIFY(comparison().side());
    QCOMPARE(side().result->model, m_session->model());
}

/// A new text for the decoder is one for both sides: else their difference would be that of the decoders.
void TestComparison::ownTextIsGivenWhatAIsGivenBesideIt()
{
    const test::TinyModel model("bart_lm");
    m_session->setInput(text("the cat sat on the mat."));
    openAndWait(QString::fromStdString(model.path().string()));
    comparison().setText("the dog sat");
    QTRY_VERIFY(comparison().side() && !comparison().running());
    QVERIFY(side().result->generated.has_value());
    m_session->setTarget("the dog");
    QTRY_VERIFY(!m_session->result()->generated && !m_session->activity().running);
    QTRY_VERIFY(!comparison().running() && !side().result->generated);
    QCOMPARE(side().result->decoderTokens.size(), m_session->result()->decoderTokens.size());
}

void TestComparison::layerAndHeadCanBeChosenOrFollow()
{
    comparison().setText("a bad film");
    QTRY_VERIFY(comparison().side());
    m_session->setSelection(chosen(0, 3));
    QCOMPARE(side().selection.heads, std::vector{ 3 });
    comparison().choose(chosen(1, 1));
    QVERIFY(!comparison().follows());
    m_session->setSelection(chosen(2, 0));
    QCOMPARE(side().selection.layer, 1);
    QCOMPARE(side().selection.heads, std::vector{ 1 });
    comparison().setFollows(true);
    QCOMPARE(side().selection.layer, 2);
    comparison().setFollows(false); // stays where it is
    m_session->setSelection(chosen(0, 0));
    QCOMPARE(side().selection.layer, 2);
    comparison().choose(chosen(99, 99)); // as far as there is
    QCOMPARE(side().selection.layer, 2);
    QCOMPARE(side().selection.heads, std::vector{ 0 });
}

void TestComparison::swapOfHeads()
{
    m_session->setSelection(chosen(0, 1));
    comparison().compareWithAnotherHead();
    comparison().choose(chosen(2, 3));
    comparison().swap();
    QCOMPARE(m_session->selection().layer, 2);
    QCOMPARE(m_session->selection().heads, std::vector{ 3 });
    QCOMPARE(side().selection.layer, 0);
    QCOMPARE(side().selection.heads, std::vector{ 1 });
    QVERIFY(comparison().against() == Against::SameRun);
}

void TestComparison::swapOfTexts()
{
    runAndWait(text("a good film"));
    comparison().setText("a bad film");
    QTRY_VERIFY(comparison().side());
    const auto a = m_session->result(), b = side().result;
    comparison().swap();
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("a bad film"));
    QCOMPARE(comparison().text(), "a good film");
    QCOMPARE(side().result, a);
    QTRY_VERIFY(!m_session->activity().running);
    QCOMPARE(weightsOf(*m_session->result()), weightsOf(*b));
    QCOMPARE(side().result, a);
}

void TestComparison::swapOfKeptRuns()
{
    runAndWait(text("a good film"));
    m_session->setSelection(chosen(1, 1));
    comparison().keep();
    const auto kept = m_session->result();
    runAndWait(text("a bad film"));
    m_session->setSelection(chosen(2, 2));
    const auto before = m_session->result();
    comparison().swap();
    QCOMPARE(side().result, before);
    QCOMPARE(side().selection.layer, 2);
    QCOMPARE(m_session->selection().layer, 1);
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("a good film"));
    QTRY_VERIFY(!m_session->activity().running);
    QCOMPARE(weightsOf(*m_session->result()), weightsOf(*kept));
}

void TestComparison::clearLeavesOtherOptions()
{
    m_session->setViewOption(Comparison::view, "show", "difference");
    comparison().keep();
    QVERIFY(comparison().side());
    comparison().clear();
    QVERIFY(!comparison().side() && comparison().against() == Against::Nothing);
    QCOMPARE(m_session->viewOptions(Comparison::view), (QVariantMap{ { "show", "difference" } }));
}

void TestComparison::optionsBringItBack()
{
    runAndWait(text("a good film"));
    m_session->setSelection(chosen(1, 3));
    comparison().keep();
    const std::vector<float> weights = weightsOf(*side().result);
    const QVariantMap options = m_session->viewOptions(Comparison::view);
    m_session = std::make_unique<Session>(*m_engine);
    openAndWait("shapes"); // whichever model is open
    m_session->setViewOptions(Comparison::view, options);
    QTRY_VERIFY(comparison().side());
    QCOMPARE(weightsOf(*side().result), weights);
    QCOMPARE(side().selection.layer, 1);
    QCOMPARE(side().selection.heads, std::vector{ 3 });
}

void TestComparison::keptPictureIsMissedInAnotherSession()
{
    openAndWait("shapes");
    comparison().keep();
    QVERIFY(comparison().side());
    const QVariantMap options = m_session->viewOptions(Comparison::view);
    m_session = std::make_unique<Session>(*m_engine);
    openAndWait("shapes");
    m_session->setViewOptions(Comparison::view, options);
    QVERIFY(!comparison().side());
    QVERIFY(comparison().failure().endsWith('.'));
}

void TestComparison::earlierKeptRunsCanBeReturnedTo()
{
    comparison().keep();
    const auto first = side().result;
    const QVariantMap options = m_session->viewOptions(Comparison::view);
    runAndWait(text("another"));
    comparison().keep();
    QVERIFY(side().result != first);
    m_session->setViewOptions(Comparison::view, options); // as undo does
    QCOMPARE(side().result, first);
}

void TestComparison::aRunCanBeCancelled()
{
    comparison().setText("good");
    QTRY_VERIFY(comparison().side());
    const auto before = side().result;
    comparison().setText("another text");
    QVERIFY(comparison().running());
    comparison().cancel();
    QVERIFY(!comparison().running());
    QTest::qWait(60);
    QCOMPARE(side().result, before);
    QVERIFY(comparison().failure().isEmpty());
    comparison().setText("another text."); // goes on
    QTRY_VERIFY(side().result != before);
}

void TestComparison::destructionDuringARunIsQuiet()
{
    comparison().setText(QString("good ").repeated(70));
    QVERIFY(comparison().running());
    m_session.reset();
    QTest::qWait(50);
}

HEADLIGHT_TEST_MAIN(TestComparison)
#include "tst_comparison.moc"
