// Sizes after resizing. Expected: what get_resize_output_image_size and get_size_with_aspect_ratio of Hugging
// Face transformers 4.48 (and YOLOS' own variant) return.

#include "core/vision/resize_rule.h"

#include "tests/support/test_main.h"

using namespace headlight;

class TestResizeRule : public test::TestCase {
    Q_OBJECT
private slots:
    void givesTheSizesOfTheReference_data();
    void givesTheSizesOfTheReference();
    void exactIgnoresTheProportions();
    void refusesWhatCannotBe_data();
    void refusesWhatCannotBe();
};

namespace {

constexpr int none = 0;

ResizeRule edges(ResizeRule::Fit fit, int shortest, int longest, int multipleOf)
{
    ResizeRule rule;
    rule.fit = fit;
    rule.shortestEdge = shortest;
    if (longest != none)
        rule.longestEdge = longest;
    rule.multipleOf = multipleOf;
    return rule;
}

} // namespace

void TestResizeRule::givesTheSizesOfTheReference_data()
{
    using Fit = ResizeRule::Fit;
    QTest::addColumn<ResizeRule>("rule");
    QTest::addColumn<QSize>("original");
    QTest::addColumn<QSize>("expected");
    const ResizeRule shortest = edges(Fit::ShortestEdge, 224, none, 1);
    QTest::newRow("shortest, wide") << shortest << QSize(500, 333) << QSize(336, 224);
    QTest::newRow("shortest, tall, enlarged") << shortest << QSize(91, 137) << QSize(224, 337);
    QTest::newRow("shortest, square") << shortest << QSize(50, 50) << QSize(224, 224);
    const ResizeRule detr = edges(Fit::BetweenEdges, 800, 1333, 1);
    QTest::newRow("DETR, usual photo") << detr << QSize(640, 480) << QSize(1066, 800);
    QTest::newRow("DETR, limited by the longer side") << detr << QSize(1500, 100) << QSize(1333, 89);
    QTest::newRow("DETR, limited, tall") << detr << QSize(300, 1200) << QSize(333, 1333);
    QTest::newRow("DETR, stays") << detr << QSize(1000, 800) << QSize(1000, 800);
    QTest::newRow("no limit") << edges(Fit::BetweenEdges, 800, none, 1) << QSize(4000, 400)
                              << QSize(8000, 800);
    ResizeRule pixels;
    pixels.fit = Fit::PixelBudget;
    pixels.multipleOf = 28, pixels.minPixels = 3136, pixels.maxPixels = 28 * 28 * 1280;
    QTest::newRow("Qwen-VL, usual photo") << pixels << QSize(1024, 768) << QSize(1036, 756);
    QTest::newRow("Qwen-VL, enlarged") << pixels << QSize(30, 20) << QSize(84, 56);
    QTest::newRow("Qwen-VL, shrunk") << pixels << QSize(4000, 3000) << QSize(1148, 840);
    QTest::newRow("Qwen-VL, halves round to even") << pixels << QSize(98, 70) << QSize(112, 56);
    ResizeRule patches;
    patches.fit = Fit::PatchBudget;
    patches.multipleOf = 16, patches.maxPatches = 256;
    QTest::newRow("SigLIP 2, square") << patches << QSize(1000, 1000) << QSize(256, 256);
    QTest::newRow("SigLIP 2, usual photo") << patches << QSize(640, 480) << QSize(288, 224);
    QTest::newRow("SigLIP 2, a strip") << patches << QSize(900, 100) << QSize(720, 80);
    QTest::newRow("SigLIP 2, enlarged") << patches << QSize(20, 33) << QSize(192, 320);
    ResizeRule longest = edges(Fit::LongestEdge, 0, 1456, 1);
    QTest::newRow("Idefics3, usual photo") << longest << QSize(1024, 768) << QSize(1456, 1092);
    QTest::newRow("Idefics3, rounded down") << longest << QSize(500, 333) << QSize(1456, 970);
    QTest::newRow("Idefics3, tall") << longest << QSize(100, 900) << QSize(162, 1456);
    const ResizeRule yolos = edges(Fit::BetweenEdges, 800, 1333, 16);
    QTest::newRow("YOLOS, usual photo") << yolos << QSize(640, 480) << QSize(1056, 800);
    QTest::newRow("YOLOS, limited") << edges(Fit::BetweenEdges, 250, 500, 16) << QSize(1001, 333)
                                    << QSize(496, 160);
    QTest::newRow("YOLOS, tall and fitting")
        << edges(Fit::BetweenEdges, 46, 687, 16) << QSize(46, 693) << QSize(32, 672);
    QTest::newRow("DETR, tall and fitting")
        << edges(Fit::BetweenEdges, 46, 687, 1) << QSize(46, 693) << QSize(46, 693);
}

void TestResizeRule::givesTheSizesOfTheReference()
{
    QFETCH(ResizeRule, rule);
    QFETCH(QSize, original);
    QFETCH(QSize, expected);
    const auto size = sizeAfter(rule, { original.width(), original.height() });
    QVERIFY(size);
    QCOMPARE(QSize(size->width, size->height), expected);
}

void TestResizeRule::exactIgnoresTheProportions()
{
    ResizeRule rule;
    rule.size = { 44, 32 };
    QCOMPARE(*sizeAfter(rule, { 1, 999 }), (PixelSize{ 44, 32 }));
}

void TestResizeRule::refusesWhatCannotBe_data()
{
    using Fit = ResizeRule::Fit;
    QTest::addColumn<ResizeRule>("rule");
    QTest::addColumn<QSize>("original");
    QTest::newRow("a thread") << edges(Fit::ShortestEdge, 224, none, 1) << QSize(1, 100'000'000);
    QTest::newRow("a lying thread") << edges(Fit::BetweenEdges, 800, none, 1) << QSize(100'000'000, 1);
    ResizeRule exact;
    exact.size = { 2000, 10 };
    QTest::newRow("too large between the passes") << exact << QSize(10, 90'000);
    QTest::newRow("a thread with a limit") << edges(Fit::BetweenEdges, 800, 1333, 1) << QSize(90'000, 10);
    QTest::newRow("floored away") << edges(Fit::BetweenEdges, 15, none, 16) << QSize(99, 99);
}

void TestResizeRule::refusesWhatCannotBe()
{
    QFETCH(ResizeRule, rule);
    QFETCH(QSize, original);
    const auto size = sizeAfter(rule, { original.width(), original.height() });
    QVERIFY(!size);
    QCOMPARE(size.error().kind, ErrorKind::BadInput);
    QVERIFY(size.error().message.find(std::to_string(original.width())) != std::string::npos);
}

HEADLIGHT_TEST_MAIN(TestResizeRule)
#include "tst_resize_rule.moc"
