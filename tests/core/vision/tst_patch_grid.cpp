// Tokens, patches and places in the picture; the expected numbers follow from the definition by hand.

#include "core/vision/patch_grid.h"

#include "core/base/check.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPatchGrid : public test::TestCase {
    Q_OBJECT
private slots:
    void tokensFollowTheLeadingOnes();
    void patchesLieInThePicture();
    void pointsFindTheirPatch_data();
    void pointsFindTheirPatch();
    void patchesMayStandApart();
    void emptyGridHoldsNothing();
};

namespace {

/// 3 rows and 4 columns of 8×8 patches, [CLS] first; the model saw the part of the picture that begins at
/// (100, 10), enlarged twofold, and a rest of 2 pixels on the right.
PatchGrid grid()
{
    return { { 34, 24 }, { 8, 8 }, 1, { 100.0, 10.0, 17.0, 12.0 } };
}

} // namespace

void TestPatchGrid::tokensFollowTheLeadingOnes()
{
    QCOMPARE(grid().rows(), 3);
    QCOMPARE(grid().columns(), 4);
    QCOMPARE(grid().patches(), 12);
    QCOMPARE(grid().token({ 0, 0 }), 1);
    QCOMPARE(grid().token({ 1, 2 }), 7);
    QCOMPARE(grid().cellOfToken(7), std::optional(PatchGrid::Cell{ 1, 2 }));
    QVERIFY(!grid().cellOfToken(0));
    QVERIFY(!grid().cellOfToken(13)); // detection tokens follow the patches
    for (int token = 1; token <= 12; ++token)
        QCOMPARE(grid().token(*grid().cellOfToken(token)), token);
    QVERIFY_THROWS_EXCEPTION(CheckFailed, grid().token({ 3, 0 }));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, grid().token({ 0, -1 }));
}

void TestPatchGrid::patchesLieInThePicture()
{
    QCOMPARE(grid().modelArea({ 1, 2 }), (PictureArea{ 16.0, 8.0, 8.0, 8.0 }));
    QCOMPARE(grid().pictureArea({ 1, 2 }), (PictureArea{ 108.0, 14.0, 4.0, 4.0 }));
}

void TestPatchGrid::pointsFindTheirPatch_data()
{
    QTest::addColumn<QPointF>("point");
    QTest::addColumn<int>("token"); // 0: none
    QTest::newRow("corner") << QPointF(100, 10) << 1;
    QTest::newRow("inside") << QPointF(109.9, 17.9) << 7;
    QTest::newRow("just beyond a border") << QPointF(112, 14) << 8;
    QTest::newRow("last") << QPointF(115.9, 21.9) << 12;
    QTest::newRow("rest without a patch") << QPointF(116.5, 15) << 0;
    QTest::newRow("left of it") << QPointF(99.9, 15) << 0;
    QTest::newRow("below") << QPointF(101, 22) << 0;
    QTest::newRow("nowhere") << QPointF(NAN, 15) << 0;
    QTest::newRow("far away") << QPointF(1e300, 15) << 0;
}

void TestPatchGrid::pointsFindTheirPatch()
{
    QFETCH(QPointF, point);
    QFETCH(int, token);
    const auto cell = grid().cellAt(point.x(), point.y());
    QCOMPARE(cell ? grid().token(*cell) : 0, token);
}

/// Two squares of 2 × 2 cells side by side, each counted by itself, behind five words and with one between them.
void TestPatchGrid::patchesMayStandApart()
{
    PatchGrid grid;
    grid.model = { 8, 4 };
    grid.patch = { 2, 2 };
    grid.area = { 0, 0, 8, 4 };
    grid.placeAt({ 5, 6, 10, 11, 7, 8, 12, 13 });
    QCOMPARE(grid.token({ 0, 2 }), 10);
    QCOMPARE(grid.token({ 1, 0 }), 7);
    QVERIFY(grid.cellOfToken(12) == (PatchGrid::Cell { 1, 2 }));
    for (const int word : { -1, 0, 4, 9, 14, 1000 })
        QVERIFY(!grid.cellOfToken(word));
    for (int token = 0; token < 14; ++token)
        if (const auto cell = grid.cellOfToken(token))
            QCOMPARE(grid.token(*cell), token);
    QVERIFY_EXCEPTION_THROWN(grid.placeAt({ 1, 2 }), CheckFailed);
}

void TestPatchGrid::emptyGridHoldsNothing()
{
    QCOMPARE(PatchGrid().patches(), 0);
    QVERIFY(!PatchGrid().cellOfToken(0));
    QVERIFY(!PatchGrid().cellAt(0, 0));
}

HEADLIGHT_TEST_MAIN(TestPatchGrid)
#include "tst_patch_grid.moc"
