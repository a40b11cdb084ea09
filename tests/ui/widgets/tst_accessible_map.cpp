// What a screen reader hears, asked through QAccessible as one would; the numbers are those of the synthetic
// weights.

#include "tests/support/view_fixture.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/heatmap_canvas.h"
#include "ui/widgets/key_chart.h"
#include "ui/widgets/token_strip.h"

#include <QAccessible>

using namespace headlight;
using namespace headlight::ui;

class TestAccessibleMap : public test::TestCase {
    Q_OBJECT
private slots:
    void theHeatMapIsATable();
    void aChoiceIsSaid();
    void pressingACellChoosesIt();
    void largeMapsMakeCellsLazily();
    void everyCanvasHasCells_data();
    void everyCanvasHasCells();
    void tokensAndBarsAreSaid();
    void namesWithoutParts();
};

void TestAccessibleMap::theHeatMapIsATable()
{
    const auto result = test::syntheticText({ 1, 1, 8 }); // [CLS] the animal didn ' t cross [SEP]
    test::ViewFixture f("heatmap", result);
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(f.child<HeatmapCanvas>());
    QCOMPARE(table->role(), QAccessible::Table);
    QCOMPARE(table->text(QAccessible::Name), QString("Heat map of attention weights"));
    QVERIFY(table->tableInterface());
    QCOMPARE(table->tableInterface()->rowCount(), 8);
    QCOMPARE(table->childCount(), 64);
    QAccessibleInterface* cell = table->tableInterface()->cellAt(3, 2);
    QCOMPARE(cell->role(), QAccessible::Cell);
    const float weight = AttentionMap(result->trace->layers()[0], 0).at(3, 2);
    QCOMPARE(cell->text(QAccessible::Name), QString("row didn, column animal, %1").arg(spokenWeight(weight)));
    QCOMPARE(cell->text(QAccessible::Value), spokenWeight(weight));
    QCOMPARE(cell->parent(), table);
    QCOMPARE(table->indexOfChild(cell), 3 * 8 + 2);
    QCOMPARE(table->child(3 * 8 + 2), cell);
    QCOMPARE(table->tableInterface()->rowDescription(3), QString("didn"));
    QVERIFY(!table->tableInterface()->cellAt(8, 0) && !table->tableInterface()->cellAt(0, -1));
    const QPoint centre = cell->rect().center() - f.child<HeatmapCanvas>()->mapToGlobal(QPoint(0, 0));
    QCOMPARE(f.child<HeatmapCanvas>()->cells().cellAt(centre), (Cell{ 3, 2 }));
    f.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    QCOMPARE(table->tableInterface()->rowCount(), 6);
    QVERIFY(
        table->tableInterface()->cellAt(0, 0)->text(QAccessible::Name).startsWith("row the, column the, "));
}

void TestAccessibleMap::aChoiceIsSaid()
{
    const auto result = test::syntheticText({ 1, 1, 8 });
    test::ViewFixture f("heatmap", result);
    const AttentionMap map(result->trace->layers()[0], 0);
    f.select([](Selection& s) {
        s.queries = { 3 };
        s.key = 2;
    });
    QCOMPARE(toldLast(f.child<HeatmapCanvas>()), "row didn, column animal, " + spokenWeight(map.at(3, 2)));
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    const QString expected = "row didn, column didn, " + spokenWeight(map.at(3, 3));
    QCOMPARE(toldLast(f.child<HeatmapCanvas>()), expected);
    f.session.setHover({ {}, {}, 1, 1 }); // the pointer is silent
    QCOMPARE(toldLast(f.child<HeatmapCanvas>()), expected);
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(f.child<HeatmapCanvas>());
    QVERIFY(table->focusChild() && table->focusChild()->state().selected);
    QCOMPARE(table->text(QAccessible::Value), expected);
}

void TestAccessibleMap::pressingACellChoosesIt()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 1, 1, 8 }));
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(f.child<HeatmapCanvas>());
    QAccessibleInterface* cell = table->tableInterface()->cellAt(5, 1);
    cell->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(f.session.selection().queries, std::vector{ 5 });
    QCOMPARE(f.session.selection().key, 1);
}

void TestAccessibleMap::largeMapsMakeCellsLazily()
{
    QWidget widget;
    int asked = 0;
    AccessibleMap map;
    map.rows = map.columns = [] { return 8000; };
    map.value = [&](AccessibleCell) {
        ++asked;
        return QStringLiteral("0.5");
    };
    makeAccessible(&widget, map);
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(&widget);
    QCOMPARE(table->childCount(), 64'000'000);
    QCOMPARE(asked, 0);
    for (int i = 0; i < 2000; ++i)
        QCOMPARE(table->tableInterface()->cellAt(i, 7999 - i)->text(QAccessible::Name), QString("0.5"));
    QCOMPARE(asked, 2000);
}

void TestAccessibleMap::everyCanvasHasCells_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("said"); ///< of the current cell
    QTest::newRow("grid") << "grid"
                          << "Thumbnails of all heads"
                          << "layer 1, head 1, ";
    QTest::newRow("text") << "text"
                          << "The text, tinted by attention"
                          << "animal, ";
    QTest::newRow("heatmap") << "heatmap"
                             << "Heat map of attention weights"
                             << "row animal, column the, ";
    QTest::newRow("overview") << "heatmap"
                              << "Map of all heads; a click chooses one"
                              << "Layer 1 · Head 1, entropy ";
    QTest::newRow("links") << "links"
                           << "Tokens joined by lines"
                           << "row animal, column the, ";
    QTest::newRow("flow") << "flow"
                          << "Graph of the layers, from the input at the left to the output at the right"
                          << "“animal”, layer 1: ";
    QTest::newRow("image") << "image"
                           << "The picture, tinted by attention"
                           << "row 0, column 1, ";
}

void TestAccessibleMap::everyCanvasHasCells()
{
    QFETCH(QString, view);
    QFETCH(QString, name);
    QFETCH(QString, said);
    test::ViewFixture f(
        view, view == "image" ? test::syntheticImage(2, 2, 4, 4) : test::syntheticText({ 2, 2, 9 }));
    f.select([](Selection& s) {
        s.layer = 1;
        s.heads = { 1 };
        s.queries = { 2 };
        s.key = 1;
    });
    QAccessibleInterface* found = nullptr;
    for (QWidget* widget : f.view->findChildren<QWidget*>())
        if (widget->accessibleName() == name)
            found = QAccessible::queryAccessibleInterface(widget);
    QVERIFY(found && found->tableInterface() && found->childCount() > 0);
    QVERIFY(found->focusChild());
    const QString text = found->focusChild()->text(QAccessible::Name);
    QVERIFY2(text.startsWith(said), qPrintable(text));
}

void TestAccessibleMap::tokensAndBarsAreSaid()
{
    TokenStrip strip;
    strip.setTokens(
        { { "[CLS]", false, true }, { "un", false, false }, { "able", true, false } }, { "", "", "" });
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(&strip);
    QCOMPARE(table->tableInterface()->columnCount(), 3);
    QCOMPARE(table->child(2)->text(QAccessible::Name), QString("able, continues a word"));
    KeyChart chart;
    chart.setBars({ { "animal", 0.553f }, { "street", 0.0123f } });
    QAccessibleInterface* bars = QAccessible::queryAccessibleInterface(&chart);
    QCOMPARE(bars->child(0)->text(QAccessible::Name), QString("animal, 0.55"));
    QCOMPARE(bars->child(1)->text(QAccessible::Name), QString("street, 0.012"));
}

void TestAccessibleMap::namesWithoutParts()
{
    AccessibleMap map;
    QCOMPARE(spoken(map, {}), QString());
    map.columnName = [](int) { return QStringLiteral("it"); };
    QCOMPARE(spoken(map, {}), QString("it"));
    QCOMPARE(spokenWeight(0.6183f), QString("0.62"));
    QCOMPARE(spokenWeight(0.00123f), QString("0.0012"));
}

HEADLIGHT_TEST_MAIN(TestAccessibleMap)
#include "tst_accessible_map.moc"
