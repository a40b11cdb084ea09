// Undo and redo through the whole window, by the keys and clicks of a person, on the tiny models of
// SampleResources; what merges and what does not.

#include "core/engine/engine.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_model.h"
#include "ui/session/history.h"
#include "ui/session/session.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/token_strip.h"
#include "ui/window_menu.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestHistory : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void startIsNoStep();
    void typingIsOneStepPerPause();
    void undoInThePromptIsTheWindows();
    void cursorStaysWhereTheTextChanged();
    void modelsComeBackWithTheirInput();
    void pictureOfTheFirstExampleBelongsToItsModel();
    void selectionIsNamed();
    void walkingMergesClicksDoNot();
    void tabsAndTheirSelectionAreOneStep();
    void settingsAreNamed();
    void optionsOfViewsMerge();
    void hoverIsNoStep();
    void clampingBelongsToTheStep();
    void undoStopsTheRun();
    void stepThatLeadsNowhereGoes();
    void missingModelKeepsTheRest();
    void limits();
    void memoryIsBounded();
    void otherStepsCanBeAdded();
    void manyStepsThereAndBack();

private:
    void openAndWait(const QString& reference);
    void settle();
    void type(const QString& text);
    void undo() { QTest::keyClick(&m_bench->window(), Qt::Key_Z, Qt::ControlModifier); }
    void redo() { QTest::keyClick(&m_bench->window(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier); }
    QString undoText() const { return m_bench->history().stack().undoText(); }
    int steps() const { return m_bench->history().stack().index(); }
    PromptEdit* prompt() const;
    std::string text() const { return std::get<TextInput>(m_session->input()).text; }

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
};

void TestHistory::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    m_bench->window().resize(1280, 720);
    m_bench->window().show();
    QVERIFY(QTest::qWaitForWindowActive(&m_bench->window()));
    openAndWait("sentiment");
}

void TestHistory::cleanup()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

void TestHistory::openAndWait(const QString& reference)
{
    QSignalSpy settled(m_session.get(), &Session::settled);
    m_session->openModel(reference);
    QVERIFY(settled.wait(20'000));
    settle();
}

/// Nothing runs, and what was changed is a step.
void TestHistory::settle()
{
    QTest::qWait(40); // the prompt tells after a breath
    QTRY_VERIFY(!m_session->activity().running);
    QTest::qWait(1);
}

void TestHistory::type(const QString& text)
{
    prompt()->setFocus();
    QTest::keyClicks(prompt(), text);
    settle();
}

PromptEdit* TestHistory::prompt() const
{
    for (PromptEdit* edit : m_bench->window().findChildren<PromptEdit*>()) {
        if (edit->accessibleName() == "Text")
            return edit;
    }
    return nullptr;
}

void TestHistory::startIsNoStep()
{
    QCOMPARE(steps(), 0);
    QVERIFY(!m_bench->history().stack().canUndo());
    undo();
    QCOMPARE(m_session->model()->name, std::string("sentiment"));
}

void TestHistory::typingIsOneStepPerPause()
{
    const std::string first = text();
    prompt()->moveCursor(QTextCursor::End);
    m_bench->history().setPause(300);
    type(" so");
    type(" good");
    QCOMPARE(steps(), 1);
    QCOMPARE(undoText(), QStringLiteral("typing"));
    QTest::qWait(350);
    type(" it was");
    QCOMPARE(steps(), 2);
    undo();
    QCOMPARE(text(), first + " so good");
    QCOMPARE(prompt()->toPlainText(), QString::fromStdString(first + " so good"));
    undo();
    QCOMPARE(text(), first);
    QVERIFY(!m_bench->history().stack().canUndo());
    redo();
    QTest::keyClick(&m_bench->window(), Qt::Key_Y, Qt::ControlModifier);
    QCOMPARE(text(), first + " so good it was");
    settle();
    QCOMPARE(m_session->result()->tokens.size(), std::size_t(16)); // 9 and 5 pieces, [CLS], [SEP]
}

void TestHistory::undoInThePromptIsTheWindows()
{
    const std::string first = text();
    prompt()->moveCursor(QTextCursor::End);
    prompt()->setFocus();
    QTest::keyClicks(prompt(), " bad"); // and at once, before the prompt has told of it:
    QTest::keyClick(prompt(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(text(), first);
    QCOMPARE(prompt()->toPlainText(), QString::fromStdString(first));
    QTest::keyClick(prompt(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(text(), first + " bad");
    QVERIFY(!prompt()->document()->isUndoAvailable());
}

void TestHistory::cursorStaysWhereTheTextChanged()
{
    auto cursor = prompt()->textCursor();
    cursor.setPosition(1); // "a| great film"
    prompt()->setTextCursor(cursor);
    type("!?");
    undo();
    QCOMPARE(prompt()->textCursor().position(), 1);
    redo();
    QCOMPARE(prompt()->textCursor().position(), 3);
}

void TestHistory::modelsComeBackWithTheirInput()
{
    type("!");
    const std::string typed = text();
    const SessionState left = m_session->state();
    openAndWait("shapes");
    QCOMPARE(undoText(), QStringLiteral("opening shapes"));
    undo();
    settle();
    QTRY_COMPARE(m_session->model()->name, std::string("sentiment"));
    settle();
    QCOMPARE(text(), typed);
    QVERIFY(m_session->state() == left);
    redo();
    QTRY_VERIFY(m_session->result() && m_session->result()->model->name == "shapes");
    settle();
    QVERIFY(std::holds_alternative<ImageInput>(m_session->input()));
    QCOMPARE(steps(), 2);
}

void TestHistory::pictureOfTheFirstExampleBelongsToItsModel()
{
    openAndWait("shapes");
    QCOMPARE(steps(), 1);
    QCOMPARE(undoText(), QStringLiteral("opening shapes"));
    m_session->openExample(1);
    settle();
    QTRY_COMPARE(steps(), 2);
    QCOMPARE(undoText(), QStringLiteral("the example"));
    QCOMPARE(m_session->result()->picture.width(), 300);
    undo();
    settle();
    QTRY_COMPARE(m_session->result()->picture.width(), 137);
    redo();
    settle();
    QTRY_COMPARE(m_session->result()->picture.width(), 300);
}

void TestHistory::selectionIsNamed()
{
    auto* strip = m_bench->window().findChild<TokenStrip*>();
    strip->setFocus();
    Selection selection = m_session->selection();
    const Selection before = selection;
    selection.queries = { 3 };
    m_session->setSelection(selection);
    settle();
    QCOMPARE(undoText(), QStringLiteral("choosing “film”"));
    selection.heads = { 2 };
    m_session->setSelection(selection);
    settle();
    QCOMPARE(undoText(), QStringLiteral("going to layer 2, head 2"));
    undo();
    undo();
    QVERIFY(m_session->selection() == before);
    QCOMPARE(steps(), 0);
}

void TestHistory::walkingMergesClicksDoNot()
{
    m_bench->window().stack().showView("heatmap");
    settle();
    const int start = steps();
    QWidget* view = m_bench->window().stack().currentWidget();
    view->setFocus();
    for (int i = 0; i < 4; ++i) {
        QTest::keyClick(view, Qt::Key_Down);
        settle();
    }
    QCOMPARE(steps(), start + 1);
    auto* strip = m_bench->window().findChild<TokenStrip*>();
    const auto clickAt = [&](int x) { QTest::mouseClick(strip, Qt::LeftButton, {}, QPoint(x, 12)); };
    clickAt(20);
    settle();
    const Selection first = m_session->selection();
    clickAt(120);
    settle();
    QVERIFY(m_session->selection() != first);
    QCOMPARE(steps(), start + 3);
    undo();
    QVERIFY(m_session->selection() == first);
}

void TestHistory::tabsAndTheirSelectionAreOneStep()
{
    const QString before = m_session->view();
    QTest::keyClick(&m_bench->window(), Qt::Key_2, Qt::ControlModifier);
    settle();
    const QString shown = m_session->view();
    QVERIFY(shown != before);
    QCOMPARE(steps(), 1);
    QVERIFY(undoText().startsWith("showing "));
    QTest::keyClick(&m_bench->window(), Qt::Key_3, Qt::ControlModifier);
    settle();
    undo();
    QCOMPARE(m_bench->window().stack().currentId(), shown);
    undo();
    QCOMPARE(m_bench->window().stack().currentId(), before);
}

void TestHistory::settingsAreNamed()
{
    DisplaySettings display = m_session->display();
    const DisplaySettings before = display;
    display.colourMap = "magma";
    m_session->setDisplay(display);
    settle();
    QCOMPARE(undoText(), QStringLiteral("colours"));
    display.hideSpecialTokens = true;
    m_session->setDisplay(display);
    settle();
    QCOMPARE(undoText(), QStringLiteral("hiding special tokens"));
    QCOMPARE(m_bench->window().menu().menu()->actions().front()->menu()->title(), QStringLiteral("File"));
    const QMenu* edit = m_bench->window().menu().menu()->actions().at(1)->menu();
    QCOMPARE(edit->actions().at(0)->text(), QStringLiteral("Undo hiding special tokens"));
    undo();
    QCOMPARE(edit->actions().at(0)->text(), QStringLiteral("Undo colours"));
    QCOMPARE(edit->actions().at(1)->text(), QStringLiteral("Redo hiding special tokens"));
    undo();
    QVERIFY(m_session->display() == before);
    QVERIFY(!edit->actions().at(0)->isEnabled());
}

void TestHistory::optionsOfViewsMerge()
{
    QWidget* window = &m_bench->window();
    QTest::mousePress(window, Qt::LeftButton, {}, QPoint(5, 5));
    for (int i = 1; i <= 5; ++i) { // a slider that is dragged
        QTest::mouseMove(window, QPoint(5 + i, 5));
        m_session->setViewOption("heatmap", "threshold", 0.1 * i);
        settle();
    }
    QTest::mouseRelease(window, Qt::LeftButton, {}, QPoint(10, 5));
    QCOMPARE(steps(), 1);
    QCOMPARE(undoText(), QStringLiteral("settings of Heatmap"));
    QTest::mousePress(window, Qt::LeftButton, {}, QPoint(5, 5)); // dragged again
    m_session->setViewOption("heatmap", "threshold", 0.9);
    settle();
    QTest::mouseRelease(window, Qt::LeftButton, {}, QPoint(5, 5));
    QCOMPARE(steps(), 2);
    undo();
    QCOMPARE(m_session->viewOptions("heatmap").value("threshold").toDouble(), 0.5);
    undo();
    QVERIFY(m_session->viewOptions("heatmap").isEmpty());
}

void TestHistory::hoverIsNoStep()
{
    m_session->setHover({ 1, 1, 2, 3 });
    settle();
    QCOMPARE(steps(), 0);
}

void TestHistory::clampingBelongsToTheStep()
{
    Selection selection = m_session->selection();
    selection.queries = { 9 };
    m_session->setSelection(selection);
    settle();
    const int before = steps();
    m_session->setInput(TextInput{ "bad", std::nullopt }); // three tokens: the ninth is gone
    settle();
    QVERIFY(m_session->selection().queries.empty());
    QCOMPARE(steps(), before + 1);
    undo();
    settle();
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 9 });
    redo();
    settle();
    QVERIFY(m_session->selection().queries.empty());
    QCOMPARE(steps(), before + 1);
}

void TestHistory::undoStopsTheRun()
{
    const std::string first = text();
    const auto tokens = m_session->result()->tokens.size();
    std::string all;
    for (int i = 0; i < 70; ++i)
        all += "good ";
    m_session->setInput(TextInput{ all, std::nullopt });
    QVERIFY(m_session->activity().running);
    undo();
    QCOMPARE(text(), first);
    settle();
    QCOMPARE(m_session->result()->tokens.size(), tokens);
    QCOMPARE(steps(), 0);
}

void TestHistory::stepThatLeadsNowhereGoes()
{
    prompt()->moveCursor(QTextCursor::End);
    type("x");
    QTest::keyClick(prompt(), Qt::Key_Backspace);
    settle();
    QCOMPARE(steps(), 0);
}

void TestHistory::missingModelKeepsTheRest()
{
    {
        const test::TinyModel model;
        openAndWait(QString::fromStdString(model.path().string()));
    }
    type(" cat");
    const std::string typed = text();
    openAndWait("shapes");
    undo();
    auto& bar = m_bench->window().errors();
    QTRY_VERIFY(bar.message().contains("is not there: choose where it is"));
    QCOMPARE(text(), typed); // the rest is here
    QVERIFY(m_bench->window().findChild<QPushButton*>("locate")->isVisible());
    undo(); // and one can go on to where there is a model
    undo();
    settle();
    QTRY_COMPARE(m_session->model()->name, std::string("sentiment"));
    QTRY_VERIFY(bar.message().isEmpty());
    QVERIFY(m_session->result());
}

void TestHistory::limits()
{
    for (int i = 0; i < History::mostSteps + 20; ++i) {
        Selection selection = m_session->selection();
        selection.heads = { i % 2 };
        selection.layer = i / 2 % 3;
        m_session->setSelection(selection);
        QTest::qWait(1);
    }
    QCOMPARE(m_bench->history().stack().count(), History::mostSteps);
}

void TestHistory::memoryIsBounded()
{
    m_bench->history().setMostBytes(1000);
    for (int i = 0; i < 8; ++i) {
        m_session->setInput(TextInput{ std::string(300, char('a' + i)), std::nullopt });
        QTest::qWait(5);
    }
    // Three texts of 300 bytes fit into 1,000: two steps lead from one to the next.
    QCOMPARE(m_bench->history().stack().count(), 2);
    undo();
    undo();
    QCOMPARE(text(), std::string(300, 'f'));
    m_session->setInput(TextInput{ std::string(5000, 'z'), std::nullopt });
    QTest::qWait(5);
    QCOMPARE(m_bench->history().stack().count(), 1); // the last step can always be undone
    undo();
    QCOMPARE(text(), std::string(300, 'f'));
}

void TestHistory::otherStepsCanBeAdded()
{
    QStringList list;
    m_bench->history().perform(
        "adding", [&] { list << "pin"; }, [&] { list.removeLast(); });
    QCOMPARE(list.size(), 1);
    QCOMPARE(undoText(), QStringLiteral("adding"));
    undo();
    QCOMPARE(list.size(), 0);
    redo();
    QCOMPARE(list.size(), 1);
}

void TestHistory::manyStepsThereAndBack()
{
    std::vector<SessionState> states{ m_session->state() };
    const auto keep = [&] {
        settle();
        states.push_back(m_session->state());
    };
    m_session->setInput(TextInput{ "the plot was bad", std::nullopt });
    keep();
    m_session->setView("text");
    keep();
    openAndWait("shapes");
    keep();
    m_session->setView("image");
    keep();
    m_session->openExample(1);
    settle();
    keep();
    openAndWait("sentiment");
    keep();
    m_session->setInput(TextInput{ "it is not good", "it is" });
    keep();
    for (int round = 0; round < 2; ++round) {
        for (int i = int(states.size()) - 2; i >= 0; --i) {
            undo();
            settle();
            QVERIFY2(m_session->state() == states[std::size_t(i)], qPrintable(QString("back to %1").arg(i)));
        }
        for (std::size_t i = 1; i < states.size(); ++i) {
            redo();
            settle();
            QVERIFY2(m_session->state() == states[i], qPrintable(QString("on to %1").arg(i)));
        }
    }
}

HEADLIGHT_TEST_MAIN(TestHistory)
#include "tst_history.moc"
