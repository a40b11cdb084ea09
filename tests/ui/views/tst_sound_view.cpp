// The sound under the mouse, and the arithmetic between its pixels and moments. Expected weights are the
// map's own.

#include "tests/support/synthetic_models.h"
#include "tests/support/view_fixture.h"
#include "ui/session/sites.h"
#include "ui/views/sound_figure.h"

using namespace headlight;
using namespace headlight::ui;

class TestSoundView : public test::TestCase {
    Q_OBJECT
private slots:
    void momentsAndPixelsAgree();
    void ticksAreRoundAndApart_data();
    void ticksAreRoundAndApart();
    void wordsAndMomentsChooseEachOther();
    void momentsOfTheEncoderLookAtEachOther();
    void hoverReadsTimeAndWeight();
    void bandsChooseTheHead();
    void arrowsWalkThroughTime();
    void silenceBehindIsCounted();
    void tableHasTheWeights();
    void wavesAreDrawnToo();

private:
    static QWidget* canvas(const test::ViewFixture& fixture)
    {
        for (QWidget* widget : fixture.view->findChildren<QWidget*>())
            if (widget->accessibleName().startsWith("The sound"))
                return widget;
        return nullptr;
    }
    static SoundLayout layoutOf(const test::ViewFixture& fixture)
    {
        SoundPicture picture(fixture.view->scene());
        return picture.layout(QRectF(canvas(fixture)->rect()).adjusted(0, 2, 0, -2));
    }
    static QPoint momentPoint(const test::ViewFixture& fixture, int moment)
    {
        const SoundLayout layout = layoutOf(fixture);
        return layout.momentRect(moment, layout.sound).center().toPoint();
    }
};

void TestSoundView::momentsAndPixelsAgree()
{
    SoundLayout layout({ 10, 20, 700, 400 }, 4, 40);
    layout.times = { 40, 0.02, 0.025 };
    layout.seconds = 0.8;
    QCOMPARE(layout.heads.size(), std::size_t(4));
    QVERIFY(layout.words.bottom() <= 420 + 1 && layout.side.right() <= 710 + 1);
    for (int moment = 0; moment < 40; ++moment) {
        for (const QRectF& band : { layout.sound, layout.curve, layout.heads[2] })
            QCOMPARE(layout.momentAt(layout.momentRect(moment, band).center()), moment);
    }
    QVERIFY(!layout.momentAt(layout.sound.topLeft() - QPointF(2, 0)));
    QVERIFY(!layout.momentAt(layout.words.center()));
    QCOMPARE(layout.headAt(layout.heads[3].center()), 3);
}

void TestSoundView::ticksAreRoundAndApart_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<double>("step");
    QTest::newRow("a click") << 0.05 << 0.01;
    QTest::newRow("a word") << 0.8 << 0.1;
    QTest::newRow("a sentence") << 7.0 << 1.0;
    QTest::newRow("half a minute") << 30.0 << 5.0;
}

void TestSoundView::ticksAreRoundAndApart()
{
    QFETCH(double, seconds);
    QFETCH(double, step);
    SoundLayout layout({ 0, 0, 700, 300 }, 1, 0);
    layout.seconds = seconds;
    const auto ticks = layout.ticks(64);
    QVERIFY(ticks.size() >= 3);
    QVERIFY(std::abs(ticks[1] - ticks[0] - step) < 1e-9);
    QVERIFY(layout.x(ticks[1]) - layout.x(ticks[0]) >= 64);
    QVERIFY(ticks.back() <= seconds + 1e-9);
}

void TestSoundView::wordsAndMomentsChooseEachOther()
{
    const auto result = test::syntheticSound();
    test::ViewFixture fixture("sound", result);
    QCOMPARE(fixture.session.selection().kind, AttentionKind::Cross);
    SoundPicture picture(fixture.view->scene());
    const SoundLayout layout = layoutOf(fixture);
    picture.layout(QRectF(canvas(fixture)->rect()).adjusted(0, 2, 0, -2));
    const QPointF word = layout.words.topLeft() + picture.words().rect(2).center();
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, word.toPoint());
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
    const AttentionMap map = fixture.session.selectedMap();
    const SoundPicture of(fixture.view->scene());
    for (int moment = 0; moment < 40; ++moment)
        QCOMPARE(of.weight(moment), map.at(2, moment));
    const QImage before = fixture.picture();
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, momentPoint(fixture, 11));
    QCOMPARE(fixture.session.selection().key, 11);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
    QVERIFY(fixture.picture() != before);
}

void TestSoundView::momentsOfTheEncoderLookAtEachOther()
{
    const auto result = test::syntheticSound();
    test::ViewFixture fixture("sound", result);
    fixture.select([&](Selection& s) { s = atSite(s, { AttentionKind::Encoder }, *result); });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, momentPoint(fixture, 7));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 7 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, Qt::ControlModifier, momentPoint(fixture, 9));
    QCOMPARE(fixture.session.selection().queries, (std::vector{ 7, 9 }));
    QVERIFY(SoundPicture(fixture.view->scene()).words().empty());
}

void TestSoundView::hoverReadsTimeAndWeight()
{
    test::ViewFixture fixture("sound", test::syntheticSound());
    const QImage before = fixture.picture();
    QMouseEvent move(QEvent::MouseMove, momentPoint(fixture, 12), QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(canvas(fixture), &move);
    QCOMPARE(fixture.session.hover().key, 12);
    QVERIFY(fixture.picture() != before);
    const SoundPicture picture(fixture.view->scene());
    QVERIFY(picture.readOut(12).startsWith("0.24 s"));
    QVERIFY(picture.readOut(12).endsWith(exactText(picture.weight(12))));
}

void TestSoundView::bandsChooseTheHead()
{
    test::ViewFixture fixture("sound", test::syntheticSound());
    const SoundLayout layout = layoutOf(fixture);
    QCOMPARE(layout.heads.size(), std::size_t(3));
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, layout.heads[2].center().toPoint());
    QCOMPARE(fixture.session.selection().heads, std::vector{ 2 });
}

void TestSoundView::arrowsWalkThroughTime()
{
    test::ViewFixture fixture("sound", test::syntheticSound());
    fixture.select([](Selection& s) {
        s.queries = { 1 };
        s.key = 4;
    });
    QTest::keyClick(fixture.view.get(), Qt::Key_Right);
    QCOMPARE(fixture.session.selection().key, 5);
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Up);
    QTest::keyClick(fixture.view.get(), Qt::Key_Left);
    QCOMPARE(fixture.session.selection().key, 4);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 1 });
}

void TestSoundView::silenceBehindIsCounted()
{
    const auto result = test::syntheticSound();
    Scene scene;
    scene.result = result;
    scene.selection = firstSelection(*result);
    scene.selection.queries = { 3 };
    const SoundPicture picture(scene);
    const AttentionMap map = mapOf(*result, scene.selection);
    double behind = 0;
    for (int moment = 31; moment < 40; ++moment) // from 0.62 s on: the sound and a little is shown
        behind += double(map.at(3, moment));
    QVERIFY(std::abs(picture.massBehind() - behind) < 1e-6);
}

void TestSoundView::tableHasTheWeights()
{
    const auto result = test::syntheticSound();
    Scene scene;
    scene.result = result;
    scene.selection = firstSelection(*result);
    const auto table = viewById("sound")->figure().table(scene);
    QCOMPARE(table.size(), std::size_t(41));
    QCOMPARE(table[6][1], QStringLiteral("0.1"));
    QCOMPARE(table[6][3].toFloat(), mapOf(*result, scene.selection).at(scene.selection.queries.front(), 5));
}

void TestSoundView::wavesAreDrawnToo()
{
    const auto result = test::syntheticSound();
    result->heard->name = "input_values";
    test::ViewFixture fixture("sound", result);
    QVERIFY(test::colourCount(fixture.picture()) > 12);
}

HEADLIGHT_TEST_MAIN(TestSoundView)
#include "tst_sound_view.moc"
