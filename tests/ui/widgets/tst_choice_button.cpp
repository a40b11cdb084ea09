// The small controls: choices, steps, tabs, the strip of tokens. They tell only what a person did, never what
// the program set.

#include "tests/support/test_main.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/stepper.h"
#include "ui/widgets/token_strip.h"

using namespace headlight;
using namespace headlight::ui;

class TestChoiceButton : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase() { applyTheme(*qApp, ThemeKind::Light); }
    void choiceIsShownAndTold();
    void shortChoiceLeavesOutItsName();
    void stepperStopsAtTheEnds();
    void stepperOffersMoreThanSteps();
    void tabsTellOnlyClicks();
    void unavailableTabsSayWhy();
    void promptTellsOnceAfterABurst();
    void promptKeepsItsCursor();
    void tokensWrapAndAnswerToKeys();
};

void TestChoiceButton::choiceIsShownAndTold()
{
    ChoiceButton button("Scale", "Scale", "How");
    button.addChoice("linear", "linear");
    button.addChoice("log", "logarithmic");
    QSignalSpy chosen(&button, &ChoiceButton::chosen);
    button.setCurrent("log");
    QCOMPARE(button.text(), QStringLiteral("Scale: logarithmic"));
    button.setCurrent("no such");
    QCOMPARE(button.current(), QStringLiteral("log"));
    QVERIFY(chosen.isEmpty());
    button.menu()->actions().first()->trigger();
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toString(), QStringLiteral("linear"));
    QCOMPARE(button.text(), QStringLiteral("Scale: linear"));
    QCOMPARE(button.accessibleName(), QStringLiteral("Scale"));
    QCOMPARE(button.accessibleDescription(), QStringLiteral("linear"));
}

void TestChoiceButton::shortChoiceLeavesOutItsName()
{
    ChoiceButton button("Scale", "Scale", "How");
    button.addChoice("linear", "linear");
    button.setCurrent("linear");
    const int wide = button.sizeHint().width();
    button.setShort(true);
    QCOMPARE(button.text(), QStringLiteral("linear"));
    QVERIFY(button.sizeHint().width() < wide);
}

void TestChoiceButton::stepperStopsAtTheEnds()
{
    Stepper stepper({ "Head", "Previous", "Next", "Which" });
    stepper.setTitles({ "Head 0", "Head 1", "Head 2" }, 3);
    QSignalSpy chosen(&stepper, &Stepper::chosen);
    const auto buttons = stepper.findChildren<QToolButton*>();
    QCOMPARE(buttons.size(), 2);
    stepper.setCurrent(1);
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QCOMPARE(stepper.current(), 2);
    QVERIFY(!buttons[1]->isEnabled());
    QTest::mouseClick(buttons[0], Qt::LeftButton);
    QTest::mouseClick(buttons[0], Qt::LeftButton);
    QCOMPARE(stepper.current(), 0);
    QVERIFY(!buttons[0]->isEnabled());
    QCOMPARE(chosen.size(), 3);
}

void TestChoiceButton::stepperOffersMoreThanSteps()
{
    Stepper stepper({ "Head", "Previous", "Next", "Which" });
    stepper.setTitles({ "Head 0", "Head 1", "Mean" }, 2);
    QSignalSpy chosen(&stepper, &Stepper::chosen);
    stepper.findChild<ChoiceButton*>()->menu()->actions().last()->trigger();
    QCOMPARE(chosen[0][0].toInt(), 2);
    QVERIFY(!stepper.findChildren<QToolButton*>()[1]->isEnabled());
}

void TestChoiceButton::tabsTellOnlyClicks()
{
    SegmentedBar bar;
    bar.setSegments({ { "grid", "Grid", "All" }, { "text", "Text", "Words" } });
    bar.show();
    QSignalSpy chosen(&bar, &SegmentedBar::chosen);
    bar.setCurrent("text");
    QCOMPARE(bar.current(), QStringLiteral("text"));
    QVERIFY(chosen.isEmpty());
    QTest::mouseClick(bar.findChildren<QToolButton*>().first(), Qt::LeftButton);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(bar.current(), QStringLiteral("grid"));
}

void TestChoiceButton::unavailableTabsSayWhy()
{
    SegmentedBar bar;
    bar.setSegments({ { "grid", "Grid", "All" }, { "text", "Text", "Words" } });
    bar.setAvailable("text", false, "Needs a text");
    const auto* tab = bar.findChildren<QToolButton*>().last();
    QVERIFY(!tab->isEnabled());
    QCOMPARE(tab->toolTip(), QStringLiteral("Needs a text"));
    bar.setAvailable("text", true, {});
    QVERIFY(tab->isEnabled());
    QCOMPARE(tab->toolTip(), QStringLiteral("Words"));
}

void TestChoiceButton::promptTellsOnceAfterABurst()
{
    PromptEdit edit;
    edit.show();
    QSignalSpy edited(&edit, &PromptEdit::edited);
    QTest::keyClicks(&edit, "seven");
    QTRY_COMPARE(edited.size(), 1);
    QCOMPARE(edited[0][0].toString(), QStringLiteral("seven"));
    edit.showText("eight");
    QTest::qWait(60);
    QCOMPARE(edited.size(), 1); // what the program shows was not typed
}

void TestChoiceButton::promptKeepsItsCursor()
{
    PromptEdit edit;
    edit.showText("the animal");
    edit.moveCursor(QTextCursor::NextWord);
    const int place = edit.textCursor().position();
    edit.showText("the animal");
    QCOMPARE(edit.textCursor().position(), place);
}

void TestChoiceButton::tokensWrapAndAnswerToKeys()
{
    TokenStrip strip;
    strip.resize(200, 200);
    std::vector<FlowToken> tokens(40);
    for (std::size_t i = 0; i < tokens.size(); ++i)
        tokens[i].text = QStringLiteral("word%1").arg(i);
    strip.setTokens(tokens, {});
    QVERIFY(strip.heightForWidth(200) > strip.heightForWidth(400));
    for (int i = 0; i < strip.count(); ++i)
        QVERIFY(strip.tokenRect(i).right() <= 201);
    QSignalSpy clicked(&strip, &TokenStrip::clicked);
    QTest::keyClick(&strip, Qt::Key_Right);
    QTest::keyClick(&strip, Qt::Key_Return);
    QCOMPARE(clicked[0][0].toInt(), 1);
    QTest::keyClick(&strip, Qt::Key_Down);
    QTest::keyClick(&strip, Qt::Key_Space, Qt::ControlModifier);
    QVERIFY(strip.tokenRect(clicked[1][0].toInt()).top() > strip.tokenRect(1).bottom());
    strip.setTokens({}, {});
    QTest::keyClick(&strip, Qt::Key_Right);
    QVERIFY(!strip.grab().isNull());
}

HEADLIGHT_TEST_MAIN(TestChoiceButton)
#include "tst_choice_button.moc"
