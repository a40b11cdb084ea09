// Keeping and swapping by key, from a view that is not Compare.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/session/comparison.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestCompareActions : public test::TestCase {
    Q_OBJECT
private slots:
    void keepsAndSwapsFromAnyView();
};

void TestCompareActions::keepsAndSwapsFromAnyView()
{
    QSettings().clear();
    const test::SampleResources sample;
    const Engine engine(sample.resources());
    Session session(engine);
    applyTheme(*qApp, ThemeKind::Light);
    Workbench workbench(session);
    workbench.window().show();
    const auto press = [&](Qt::Key key, Qt::KeyboardModifiers modifiers) {
        QTest::keyClick(&workbench.window(), key, modifiers);
    };
    press(Qt::Key_B, Qt::ControlModifier); // nothing is there to keep
    QVERIFY(!session.comparison().side());
    session.openModel("sentiment");
    QTRY_VERIFY(session.result() && !session.activity().running);
    workbench.window().stack().showView("heatmap");
    Selection selection = session.selection();
    selection.heads = { 2 };
    session.setSelection(selection);
    press(Qt::Key_B, Qt::ControlModifier);
    QVERIFY(session.comparison().side());
    QCOMPARE(session.comparison().side()->selection.heads, std::vector{ 2 });
    selection.heads = { 1 };
    session.setSelection(selection);
    press(Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(session.selection().heads, std::vector{ 2 });
    QCOMPARE(session.comparison().side()->selection.heads, std::vector{ 1 });
    QCOMPARE(workbench.window().stack().currentId(), QStringLiteral("heatmap"));
}

HEADLIGHT_TEST_MAIN(TestCompareActions)
#include "tst_compare_actions.moc"
