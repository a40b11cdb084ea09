// The picture under the mouse, and the arithmetic between its pixels and patches.

#include "tests/support/view_fixture.h"
#include "tests/support/synthetic_models.h"
#include "ui/session/sites.h"
#include "ui/views/image_figure.h"

using namespace headlight;
using namespace headlight::ui;

class TestImageView : public test::TestCase {
    Q_OBJECT
private slots:
    void patchesAndPixelsAgree_data();
    void patchesAndPixelsAgree();
    void clickChoosesThePatch();
    void hoverTellsThePatch();
    void stripChoosesTheHead();
    void brushReadsTheMass();
    void pixelIsTheColourOfTheWeight();
    void noTintAtNoOpacity();
    void croppedPictureShowsWhatWasNotSeen();
    void rawTensorsHaveNoPicture();
    void wordsAndPatchesChooseEachOther();
    void mergedPatchesAreDrawnOnTheirGrid();
    void boxesAreClicked();

private:
    static QWidget* canvas(const test::ViewFixture& fixture)
    {
        for (QWidget* widget : fixture.view->findChildren<QWidget*>())
            if (widget->accessibleName().startsWith("The picture"))
                return widget;
        return nullptr;
    }
    static PatchGeometry geometryOf(const test::ViewFixture& fixture)
    {
        ImagePicture picture(fixture.view->scene());
        return picture.geometry(picture.layout(canvas(fixture)->rect()).picture);
    }
    static QPoint patchPoint(const test::ViewFixture& fixture, int row, int column)
    {
        return geometryOf(fixture).cellRect({ row, column }).center().toPoint();
    }
};

void TestImageView::patchesAndPixelsAgree_data()
{
    QTest::addColumn<bool>("original");
    QTest::addColumn<QRectF>("area"); // of the original that the model saw
    QTest::newRow("fed") << false << QRectF(0, 0, 96, 72);
    QTest::newRow("whole") << true << QRectF(0, 0, 400, 300);
    QTest::newRow("middle") << true << QRectF(50, 0, 300, 300);
    QTest::newRow("padded") << true << QRectF(0, -50, 400, 400);
}

void TestImageView::patchesAndPixelsAgree()
{
    QFETCH(bool, original);
    QFETCH(QRectF, area);
    const PatchGrid grid{ { 96, 72 }, { 8, 8 }, 1, { area.left(), area.top(), area.width(), area.height() } };
    const QSizeF size = original ? QSizeF(400, 300) : QSizeF(96, 72);
    const PatchGeometry g{ grid, original ? PatchGeometry::Frame::Original : PatchGeometry::Frame::Fed, size,
        PatchGeometry::fitted(size, { 5, 7, 640, 480 }) };
    QCOMPARE(g.target, QRectF(5, 7, 640, 480));
    for (int row = 0; row < 9; ++row)
        for (int column = 0; column < 12; ++column) {
            const QPointF centre = g.cellRect({ row, column }).center();
            const auto found = g.cellAt(centre);
            QCOMPARE(found.has_value(), g.target.contains(centre));
            if (found)
                QCOMPARE(*found, (PatchGrid::Cell{ row, column }));
        }
    QVERIFY(!g.cellAt({ 4, 100 }));
    QVERIFY(!g.cellAt({ 646, 100 }));
}

void TestImageView::clickChoosesThePatch()
{
    test::ViewFixture fixture("image", test::syntheticImage(2, 4, 9, 12));
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patchPoint(fixture, 3, 5));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 1 + 3 * 12 + 5 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, Qt::ControlModifier, patchPoint(fixture, 0, 0));
    QCOMPARE(fixture.session.selection().queries, (std::vector{ 1 + 3 * 12 + 5, 1 }));
    const ImagePicture picture(fixture.view->scene());
    const ImageLayout layout(canvas(fixture)->rect(), picture.size(), picture.heads());
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {},
        picture.chipRect(layout.side, 0, currentTheme()).center().toPoint());
    QCOMPARE(fixture.session.selection().queries, std::vector{ 0 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 1 + 12 });
}

void TestImageView::hoverTellsThePatch()
{
    test::ViewFixture fixture("image", test::syntheticImage(2, 4, 9, 12));
    const QImage before = fixture.picture();
    QMouseEvent move(QEvent::MouseMove, patchPoint(fixture, 2, 2), QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(canvas(fixture), &move);
    QCOMPARE(fixture.session.hover().key, 1 + 2 * 12 + 2);
    QVERIFY(fixture.picture() != before);
}

void TestImageView::stripChoosesTheHead()
{
    test::ViewFixture fixture("image", test::syntheticImage(2, 4, 9, 12));
    const ImagePicture picture(fixture.view->scene());
    const ImageLayout layout(canvas(fixture)->rect(), picture.size(), picture.heads());
    QCOMPARE(layout.strip.size(), std::size_t(4));
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, layout.strip[2].center().toPoint());
    QCOMPARE(fixture.session.selection().heads, std::vector{ 2 });
}

void TestImageView::brushReadsTheMass()
{
    test::ViewFixture fixture("image", test::syntheticImage(2, 2, 4, 5));
    fixture.select([](Selection& s) { s.queries = { 0 }; });
    QTest::mousePress(canvas(fixture), Qt::LeftButton, Qt::ShiftModifier, patchPoint(fixture, 1, 1));
    QMouseEvent move(QEvent::MouseMove, patchPoint(fixture, 2, 3), QPointF(), Qt::NoButton, Qt::LeftButton,
        Qt::ShiftModifier);
    QApplication::sendEvent(canvas(fixture), &move);
    QTest::mouseRelease(canvas(fixture), Qt::LeftButton, Qt::ShiftModifier, patchPoint(fixture, 2, 3));
    const auto brush = PatchRegion::of(fixture.view->scene().options.value("brush"));
    QVERIFY(brush);
    QCOMPARE(brush->toRect(), QRectF(1, 1, 3, 2));
    double expected = 0;
    for (int row = 1; row < 3; ++row)
        for (int column = 1; column < 4; ++column)
            expected += double(fixture.session.selectedMap().at(0, 1 + row * 5 + column));
    QCOMPARE(ImagePicture(fixture.view->scene()).mass(*brush), expected);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 0 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Escape);
    QVERIFY(!fixture.view->scene().options.contains("brush"));
}

void TestImageView::pixelIsTheColourOfTheWeight()
{
    test::ViewFixture fixture("image", test::syntheticImage(2, 2, 4, 5));
    fixture.select([](Selection& s) { s.queries = { 6 }; });
    fixture.display([](DisplaySettings& d) {
        d.imageOverlay = 1;
        d.normalise = Normalise::None;
        d.scale = Scale::SquareRoot;
    });
    const QImage image = canvas(fixture)->grab().toImage();
    const ValueScale scale(Scale::SquareRoot, 1);
    for (int row = 0; row < 4; ++row)
        for (int column = 0; column < 5; ++column) {
            const float weight = fixture.session.selectedMap().at(6, 1 + row * 5 + column);
            QCOMPARE(image.pixelColor(patchPoint(fixture, row, column)),
                QColor(colourMap("viridis").at(scale(weight))));
        }
}

void TestImageView::noTintAtNoOpacity()
{
    test::ViewFixture fixture("image", test::syntheticImage(1, 1, 4, 5));
    fixture.select([](Selection& s) { s.queries = { 0 }; });
    fixture.display([](DisplaySettings& d) { d.imageOverlay = 0; });
    const QImage image = canvas(fixture)->grab().toImage();
    QCOMPARE(image.pixelColor(patchPoint(fixture, 1, 2)), QColor(217, 72, 60));
}

void TestImageView::croppedPictureShowsWhatWasNotSeen()
{
    auto result = test::syntheticImage(1, 1, 4, 4);
    result->patches->area = { 8, 0, 16, 32 };
    Scene scene;
    scene.result = result;
    scene.selection.queries = { 0 };
    const ImagePicture picture(scene);
    const PatchGeometry g = picture.geometry({ 0, 0, 320, 320 });
    QCOMPARE(g.seen(), QRectF(80, 0, 160, 320));
    QVERIFY(!g.cellAt({ 40, 100 }));
    QCOMPARE(*g.cellAt({ 81, 1 }), (PatchGrid::Cell{ 0, 0 }));
}

void TestImageView::rawTensorsHaveNoPicture()
{
    auto result = test::syntheticImage(2, 2, 4, 4);
    result->picture = {};
    result->image.reset();
    const test::ViewFixture fixture("image", result);
    QVERIFY(test::colourCount(fixture.picture()) > 12);
}

void TestImageView::wordsAndPatchesChooseEachOther()
{
    const auto result = test::syntheticCaption();
    test::ViewFixture fixture("image", result);
    fixture.select([&](Selection& s) {
        s = atSite(s, { AttentionKind::Cross }, *result);
        s.queries = { 1 };
        s.key.reset();
    });
    ImagePicture picture(fixture.view->scene());
    const ImageLayout layout = picture.layout(canvas(fixture)->rect());
    const QPointF word = layout.words.topLeft() + picture.words().rect(3).center();
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, word.toPoint());
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
    const AttentionMap map = fixture.session.selectedMap();
    QCOMPARE(ImagePicture(fixture.view->scene()).weight({ 2, 1 }), map.at(3, 1 + 2 * 5 + 1));
    const QImage before = fixture.picture();
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patchPoint(fixture, 2, 1));
    QCOMPARE(fixture.session.selection().key, 1 + 2 * 5 + 1);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
    QVERIFY(fixture.picture() != before); // the words are tinted now
    QMouseEvent move(QEvent::MouseMove, word, QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(canvas(fixture), &move);
    QCOMPARE(fixture.session.hover().query, 3);
}

void TestImageView::mergedPatchesAreDrawnOnTheirGrid()
{
    test::ViewFixture fixture("image", test::syntheticMergedPatches());
    fixture.select([](Selection& s) { s.layer = 0; });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patchPoint(fixture, 7, 5));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 47 });
    fixture.select([](Selection& s) { s.layer = 1; });
    QCOMPARE(ImagePicture(fixture.view->scene()).heads(), 4);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patchPoint(fixture, 3, 2));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 11 });
}

void TestImageView::boxesAreClicked()
{
    const auto result = test::syntheticBoxes();
    test::ViewFixture fixture("image", result);
    const PatchGeometry geometry = geometryOf(fixture);
    const auto point = [&](double x, double y) {
        return QPointF(geometry.target.left() + x * geometry.target.width(),
            geometry.target.top() + y * geometry.target.height())
            .toPoint();
    };
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, point(0.75, 0.6));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, Qt::ControlModifier, point(0.3, 0.6));
    QCOMPARE(fixture.session.selection().queries, (std::vector{ 2, 4 }));
    // At the encoder a patch is chosen inside a box, the box by its frame.
    fixture.select([&](Selection& s) { s = atSite(s, { AttentionKind::Encoder }, *result); });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, point(0.3, 0.6));
    QCOMPARE(fixture.session.selection().kind, AttentionKind::Encoder);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, point(0.55, 0.6));
    QCOMPARE(fixture.session.selection().kind, AttentionKind::Cross);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
}

HEADLIGHT_TEST_MAIN(TestImageView)
#include "tst_image_view.moc"
