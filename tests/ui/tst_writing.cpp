// Letting models write in the window, and models of several places of attention, by the events of a person,
// on reference checkpoints (tests/golden). What is written is greedy, so that it is the same every time.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_model.h"
#include "ui/main_window.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/generation_timeline.h"
#include "ui/widgets/heatmap_canvas.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/token_strip.h"

using namespace headlight;
using namespace headlight::ui;

class TestWriting : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void modelWithoutATokenizerTakesIds();
    void generatePutsItsTextBehindThePrompt();
    void stopKeepsWhatIsWritten();
    void pairWritesByItself();
    void typedTargetIsWhatTheDecoderGets();
    void siteChooserLeadsEveryView();
    void formSaysHowItWrites();
    void timelineScrubsThroughTheText();

private:
    void open(const QString& folder);
    template <typename Widget> Widget* find(const QString& accessibleName) const;
    const AnalysisResult& result() const { return *m_session->result(); }

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
};

void TestWriting::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->resize(1280, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestWriting::cleanup()
{
    m_window.reset();
    m_session.reset();
    m_engine.reset();
}

void TestWriting::open(const QString& folder)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->openModel(folder);
    QVERIFY(results.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

template <typename Widget> Widget* TestWriting::find(const QString& accessibleName) const
{
    for (Widget* widget : m_window->findChildren<Widget*>()) {
        if (widget->accessibleName() == accessibleName)
            return widget;
    }
    return nullptr;
}

void TestWriting::modelWithoutATokenizerTakesIds()
{
    open(test::sourcePath("tests/golden/gpt2_lm"));
    auto* prompt = find<PromptEdit>("Text");
    QCOMPARE(prompt->toPlainText(), QStringLiteral("1, 2, 3, 4, 5, 6, 7, 8"));
    QCOMPARE(result().tokens.size(), std::size_t(8));
    QVERIFY(prompt->placeholderText().contains("ids"));
    prompt->setFocus();
    prompt->moveCursor(QTextCursor::End);
    QTest::keyClicks(prompt, ",  9 10");
    QTRY_COMPARE(result().tokens.size(), std::size_t(10));
    QCOMPARE(prompt->toPlainText(), QStringLiteral("1, 2, 3, 4, 5, 6, 7, 8,  9 10")); // as it was typed
    QTest::keyClicks(prompt, " cat");
    auto* bar = m_window->findChild<ErrorBar*>();
    QTRY_VERIFY(bar->isVisible());
    QVERIFY2(
        bar->message().contains("tokenizer") && bar->message().contains("cat"), qPrintable(bar->message()));
    QCOMPARE(result().tokens.size(), std::size_t(10)); // nothing is lost
    for (int i = 0; i < 4; ++i)
        QTest::keyClick(prompt, Qt::Key_Backspace);
    QTRY_VERIFY(bar->isHidden());
}

void TestWriting::generatePutsItsTextBehindThePrompt()
{
    open(test::sourcePath("tests/golden/gpt2_lm"));
    QSignalSpy told(m_session.get(), &Session::written);
    auto* button = find<QPushButton>("Generate");
    QVERIFY(button && button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY(result().generated.has_value());
    const auto& generated = *result().generated;
    QVERIFY(!generated.ids.empty());
    QCOMPARE(generated.firstToken, std::int64_t(8));
    QCOMPARE(result().tokens.size(), 8 + generated.ids.size());
    QCOMPARE(result().trace->layers().front()->queries, std::int64_t(result().tokens.size()));
    QVERIFY(told.count() >= 1);
    QTRY_VERIFY(!m_session->writing());
    QCOMPARE(m_window->findChild<TokenStrip*>()->count(), int(result().tokens.size()));
    // Typing goes back to the prompt alone.
    QTest::keyClicks(find<PromptEdit>("Text"), "9, ");
    QTRY_VERIFY(!result().generated.has_value());
}

void TestWriting::stopKeepsWhatIsWritten()
{
    open(test::sourcePath("tests/golden/gpt2_lm"));
    GenerationOptions options;
    options.newTokens = 30;
    m_session->setGeneration(options);
    // Told after the first token: stopping there is what a quick hand does.
    connect(m_session.get(), &Session::written, m_session.get(), [this] { m_session->endWriting(); });
    m_session->generate();
    QVERIFY(m_session->writing());
    QTRY_VERIFY(result().generated.has_value());
    QVERIFY(!result().generated->ids.empty());
    QCOMPARE(result().tokens.size(), 8 + result().generated->ids.size());
    QVERIFY(!m_session->writing());
}

void TestWriting::pairWritesByItself()
{
    open(test::sourcePath("tests/golden/bart_lm"));
    QVERIFY(result().generated.has_value());
    QVERIFY(result().decoderTokens.size() >= 2);
    QVERIFY(!m_session->target());
    // The tokens of the decoder have a strip of their own, which leads to their cross attention.
    auto* strip = find<TokenStrip>("Tokens of the decoder");
    QVERIFY(strip && strip->isVisible());
    QCOMPARE(strip->count(), int(result().decoderTokens.size()));
    QTest::mouseClick(strip, Qt::LeftButton, {}, strip->tokenRect(1).center());
    QCOMPARE(m_session->selection().kind, AttentionKind::Cross);
    QCOMPARE(m_session->selection().queries, std::vector{ 1 });
    // A token of the input is a column there.
    auto* input = find<TokenStrip>("Tokens of the input");
    QTest::mouseClick(input, Qt::LeftButton, {}, input->tokenRect(3).center());
    QCOMPARE(m_session->selection().key, 3);
    QCOMPARE(m_session->selection().queries, std::vector{ 1 });
}

void TestWriting::typedTargetIsWhatTheDecoderGets()
{
    const test::TinyModel model("bart_lm");
    m_session->setInput(TextInput{ "the cat sat on the mat.", std::nullopt });
    open(QString::fromStdString(model.path().string()));
    auto* target = find<PromptEdit>("Decoder's text");
    QVERIFY(target && target->isVisible());
    target->setFocus();
    QTest::keySequence(target, QKeySequence::SelectAll);
    QTest::keyClicks(target, "the dog sat");
    QTRY_COMPARE(m_session->target(), std::string("the dog sat"));
    QTRY_VERIFY(!result().generated.has_value() && !m_session->activity().running);
    const auto& tokens = result().decoderTokens;
    QVERIFY(std::ranges::any_of(tokens, [](const TokenInfo& token) { return token.label == "dog"; }));
    QTest::mouseClick(find<QPushButton>("Generate"), Qt::LeftButton);
    QTRY_VERIFY(result().generated.has_value());
    QVERIFY(!m_session->target());
}

void TestWriting::siteChooserLeadsEveryView()
{
    auto* chooser = find<SegmentedBar>("Site of attention");
    open("sentiment");
    QVERIFY(!chooser->isVisible());
    open(test::sourcePath("tests/golden/bart_lm"));
    QVERIFY(chooser->isVisible());
    QCOMPARE(chooser->current(), QStringLiteral("cross"));
    for (const char* site : { "Encoder", "Decoder", "Cross" }) {
        const auto buttons = chooser->findChildren<QToolButton*>();
        const auto button = std::ranges::find(buttons, QString(site), &QToolButton::text);
        QTest::mouseClick(*button, Qt::LeftButton);
        QCOMPARE(chooser->current(), QString(site).toLower());
        for (const char* view : { "grid", "heatmap", "text" }) {
            m_window->stack().showView(view);
            QTest::qWait(5);
            QVERIFY(!m_window->grab().isNull());
        }
        const auto layer = layerOf(result(), m_session->selection());
        QVERIFY(layer);
        QCOMPARE(layer->queries,
            std::int64_t(
                site == QString("Encoder") ? result().tokens.size() : result().decoderTokens.size()));
        QCOMPARE(layer->keys,
            std::int64_t(
                site == QString("Decoder") ? result().decoderTokens.size() : result().tokens.size()));
    }
}

void TestWriting::formSaysHowItWrites()
{
    open(test::sourcePath("tests/golden/gpt2_lm"));
    auto* how = find<QPushButton>("How it writes");
    QVERIFY(how->text().contains(QString::fromUtf8("greedy · 20")));
    auto* tokens = find<QSpinBox>("New tokens");
    tokens->setValue(5);
    auto* choice = find<SegmentedBar>("How a token is chosen");
    const auto buttons = choice->findChildren<QToolButton*>();
    (*std::ranges::find(buttons, QString("Sample"), &QToolButton::text))->click();
    find<QSpinBox>("Seed")->setValue(7);
    QVERIFY(find<QDoubleSpinBox>("Temperature")->isEnabled() && !find<QSpinBox>("Beams")->isEnabled());
    QVERIFY(m_session->generation().temperature > 0);
    QCOMPARE(m_session->generation().newTokens, std::int64_t(5));
    QCOMPARE(m_session->generation().seed, std::uint64_t(7));
    QVERIFY(how->text().contains("temp. 0.8"));
    m_session->generate();
    QTRY_VERIFY(result().generated.has_value());
    QVERIFY(result().generated->ids.size() <= 5);
}

/// The map grows with the text, and the row that wrote the newest token is chosen; typing ends it.
void TestWriting::timelineScrubsThroughTheText()
{
    open(test::sourcePath("tests/golden/gpt2_lm"));
    auto* timeline = m_window->findChild<GenerationTimeline*>();
    QVERIFY(timeline && timeline->isHidden());
    m_window->stack().showView("heatmap");
    QTest::mouseClick(find<QPushButton>("Generate"), Qt::LeftButton);
    QTRY_VERIFY(result().generated.has_value());
    QTRY_VERIFY(!m_session->writing());
    QVERIFY(timeline->isVisible());
    const int all = int(result().generated->ids.size());
    QVERIFY(all > 3);
    QCOMPARE(timeline->shown(), all);
    auto* canvas = m_window->findChild<HeatmapCanvas*>();
    QCOMPARE(canvas->cells().rows, 8 + all);
    QTest::mouseClick(find<QToolButton>("One written token back"), Qt::LeftButton);
    QCOMPARE(timeline->shown(), all - 1);
    QCOMPARE(canvas->cells().rows, 8 + all - 1);
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 8 + all - 3 });
    auto* slider = find<QSlider>("Written tokens shown");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Home);
    QCOMPARE(timeline->shown(), 0);
    QCOMPARE(canvas->cells().rows, 8);
    QTest::mouseClick(find<QToolButton>("Replay the writing"), Qt::LeftButton);
    QVERIFY(timeline->playing());
    QTRY_VERIFY(timeline->shown() >= 2);
    QTest::mouseClick(find<QToolButton>("Pause"), Qt::LeftButton);
    QVERIFY(!timeline->playing());
    QTest::keyClicks(find<PromptEdit>("Text"), "9, ");
    QTRY_VERIFY(timeline->isHidden());
    QVERIFY(!m_session->display().written);
}

HEADLIGHT_TEST_MAIN(TestWriting)
#include "tst_writing.moc"
