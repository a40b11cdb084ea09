// What is said of layers that differ, against lists written by hand.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/session/layer_marks.h"

using namespace headlight;
using namespace headlight::ui;

class TestLayerMarks : public test::TestCase {
    Q_OBJECT
private slots:
    void nothingIsSaidWhereLayersAreAlike();
    void eachLayerSaysItsOwn();
    void oneMarkOfAllLayersIsNotCounted();
    void notesThatDifferStayWithTheirRows();

private:
    static QStringList marksOf(const AnalysisResult& result)
    {
        QStringList marks;
        for (const auto& layer : result.trace->layers())
            marks << layerMark(result, *layer);
        return marks;
    }
};

void TestLayerMarks::nothingIsSaidWhereLayersAreAlike()
{
    for (const std::string span : { "full", "" }) {
        const auto result = test::withMarks({ 2, 2, 5 }, 1, { span, span }, { "", "" });
        QCOMPARE(marksOf(*result), QStringList({ "", "" }));
        QVERIFY(siteMarks(*result, {}).isEmpty());
        QCOMPARE(sharedBy(*result, {}), 1);
    }
}

void TestLayerMarks::eachLayerSaysItsOwn()
{
    const auto result =
        test::withMarks({ 3, 4, 5 }, 2, { "sliding 8", "full", "sliding 8" }, { "", "no positions", "" });
    QCOMPARE(marksOf(*result), QStringList({ "sliding 8", "full · no positions", "sliding 8" }));
    QCOMPARE(siteMarks(*result, {}),
        QStringList(
            { "sliding 8 in 2 of 3 layers", "no positions in 1 of 3 layers", "keys shared by 2 heads" }));
    QCOMPARE(sharedBy(*result, {}), 2);
    QVERIFY(siteMarks(*result, { AttentionKind::Cross, Tower::Only }).isEmpty());
}

void TestLayerMarks::oneMarkOfAllLayersIsNotCounted()
{
    const auto result = test::withMarks({ 2, 2, 5 }, 1, { "sliding 4096", "sliding 4096" }, { "", "" });
    QCOMPARE(siteMarks(*result, {}), QStringList({ "sliding 4096" }));
    QCOMPARE(marksOf(*result), QStringList({ "sliding 4096", "sliding 4096" }));
}

void TestLayerMarks::notesThatDifferStayWithTheirRows()
{
    const auto result = test::withMarks(
        { 3, 2, 5 }, 1, { "full", "full", "full" }, { "", "keys of layer 0", "keys of layer 1" });
    QCOMPARE(marksOf(*result), QStringList({ "", "keys of layer 0", "keys of layer 1" }));
    QVERIFY(siteMarks(*result, {}).isEmpty());
}

HEADLIGHT_TEST_MAIN(TestLayerMarks)
#include "tst_layer_marks.moc"
