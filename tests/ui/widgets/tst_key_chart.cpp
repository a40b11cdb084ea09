// The numbers beside the bars are painted by the chart's own foreground: they must follow the bars, also
// where the scene sees no reason to repaint. A chart that showed other weights before must look like one that
// never did.

#include "tests/support/test_main.h"
#include "ui/widgets/key_chart.h"

using namespace headlight;

class TestKeyChart : public test::TestCase {
    Q_OBJECT
private slots:
    void numbersFollowTheBars();
    void tokensThatLookLikeMarkupAreShown();
};

namespace {

const QList<ui::KeyChart::Bar> before{ { QStringLiteral("one"), 0.5f }, { QStringLiteral("two"), 0.25f } };
const QList<ui::KeyChart::Bar> after{ { QStringLiteral("one"), 0.9f }, { QStringLiteral("two"), 0.1f } };

/// What the screen shows: paint events only, no full repaint as a grab makes.
QImage onScreen(ui::KeyChart& chart)
{
    QCoreApplication::processEvents();
    QTest::qWait(50);
    return chart.screen()->grabWindow(chart.winId()).toImage();
}

} // namespace

void TestKeyChart::numbersFollowTheBars()
{
    ui::KeyChart changed, fresh;
    for (ui::KeyChart* chart : { &changed, &fresh })
        chart->resize(240, 60);
    changed.setBars(before);
    changed.show();
    QVERIFY(QTest::qWaitForWindowExposed(&changed));
    const QImage first = onScreen(changed);
    changed.setBars(after);
    const QImage second = onScreen(changed);
    changed.hide();
    fresh.setBars(after);
    fresh.show();
    QVERIFY(QTest::qWaitForWindowExposed(&fresh));
    const QImage expected = onScreen(fresh);
    QVERIFY(!expected.isNull());
    QVERIFY(first != expected);
    QCOMPARE(second, expected);
}

void TestKeyChart::tokensThatLookLikeMarkupAreShown()
{
    QList<QImage> pictures;
    for (const char* label : { "<s>", "" }) {
        ui::KeyChart chart;
        chart.resize(240, 60);
        chart.setBars({ { QString::fromUtf8(label), 0.5f }, { QStringLiteral("two"), 0.25f } });
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        pictures << onScreen(chart);
    }
    QVERIFY(!pictures[0].isNull());
    QVERIFY(pictures[0] != pictures[1]);
}

HEADLIGHT_TEST_MAIN(TestKeyChart)
#include "tst_key_chart.moc"
