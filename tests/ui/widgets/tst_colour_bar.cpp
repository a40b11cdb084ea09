// Ticks of the colour bar: round weights, the top itself, never on top of each other; and weights as text.

#include "tests/support/test_main.h"
#include "ui/widgets/cell_image.h"
#include "ui/widgets/colour_bar.h"

using namespace headlight;
using namespace headlight::ui;

class TestColourBar : public test::TestCase {
    Q_OBJECT
private slots:
    void ticksStandWhereTheirWeightIs_data();
    void ticksStandWhereTheirWeightIs();
    void sharesArePercent();
    void weightsAsText_data();
    void weightsAsText();
    void divergingMapsUseTheirUpperHalf();
    void signedBarsAreSymmetric();
    void differencesHaveASign();
};

void TestColourBar::ticksStandWhereTheirWeightIs_data()
{
    QTest::addColumn<int>("scale");
    QTest::addColumn<float>("top");
    for (const Scale scale : { Scale::Linear, Scale::SquareRoot, Scale::Logarithmic })
        for (const float top : { 1.0f, 0.618f, 0.0332f, 3e-5f, 2.7f })
            QTest::addRow("%s %g", qPrintable(id(scale)), double(top)) << int(scale) << top;
}

void TestColourBar::ticksStandWhereTheirWeightIs()
{
    QFETCH(int, scale);
    QFETCH(float, top);
    const ColourBar bar{ &colourMap("viridis"), Scale(scale), top, false, {} };
    for (const double height : { 60.0, 220.0 }) {
        const auto ticks = bar.ticks(height, 15);
        QVERIFY(ticks.size() >= 2);
        QCOMPARE(ticks.front().text, "0");
        QCOMPARE(ticks.back().position, 1.0);
        const ValueScale position(Scale(scale), top);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            QVERIFY(std::abs(double(position(ticks[i].text.toFloat())) - ticks[i].position) < 0.02);
            QVERIFY(i < 2 || (ticks[i].position - ticks[i - 1].position) * height >= 15);
        }
        // The end's is drawn lower than where it is, to stand beside the bar.
        if (const std::size_t count = ticks.size(); count > 2) {
            QVERIFY((ticks[count - 1].position - ticks[count - 2].position) * height >= 1.3 * 15);
        }
    }
}

void TestColourBar::sharesArePercent()
{
    const auto ticks = ColourBar{ &colourMap("viridis"), Scale::Linear, 0.3f, true, {} }.ticks(220, 15);
    QCOMPARE(ticks.front().text, "0 %");
    QCOMPARE(ticks.back().text, "100 %");
}

void TestColourBar::weightsAsText_data()
{
    QTest::addColumn<float>("weight");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << 0.61832f << "0.6183";
    QTest::newRow("one") << 1.0f << "1.0000";
    QTest::newRow("zero") << 0.0f << "0.0000";
    QTest::newRow("tiny") << 3.24e-7f << "3.2e-07";
}

void TestColourBar::weightsAsText()
{
    QFETCH(float, weight);
    QFETCH(QString, text);
    QCOMPARE(weightText(weight), text);
}

void TestColourBar::divergingMapsUseTheirUpperHalf()
{
    for (const ColourMap& map : colourMaps()) {
        QCOMPARE(colourOf(map, 0.0f), map.diverging ? map.at(0.5f) : map.at(0.0f));
        QCOMPARE(colourOf(map, 1.0f), map.at(1.0f));
    }
}

void TestColourBar::signedBarsAreSymmetric()
{
    const auto ticks =
        ColourBar{ &colourMap("blue-red"), Scale::Linear, 0.4f, false, {}, true }.ticks(220, 15);
    QCOMPARE(ticks.front().text, QStringLiteral("\u22120.4"));
    QCOMPARE(ticks.back().text, "+0.4");
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const auto& mirror = ticks[ticks.size() - 1 - i];
        QVERIFY(std::abs(ticks[i].position + mirror.position - 1) < 1e-9);
        QVERIFY(i == 0 || ticks[i].position > ticks[i - 1].position);
    }
    QCOMPARE(ticks[ticks.size() / 2].text, "0");
    QCOMPARE(ticks[ticks.size() / 2].position, 0.5);
}

void TestColourBar::differencesHaveASign()
{
    QCOMPARE(differenceText(0.31f), "+0.3100");
    QCOMPARE(differenceText(-0.02f), QStringLiteral("\u22120.0200"));
    QCOMPARE(differenceText(0.0f), "0");
    const CellColours colours{ &colourMap("blue-red"), Scale::Linear, { 0.5f }, true };
    const auto& table = colourMap("blue-red").table;
    QCOMPARE(colours.colour(0.5f, 0), table[255]);
    QCOMPARE(colours.colour(-0.5f, 0), table[0]);
    QCOMPARE(colours.colour(-2.0f, 0), table[0]);
    QCOMPARE(colours.colour(0.25f, 0), table[191]); // 0.75 × 255
    const CellColours roots{ &colourMap("blue-red"), Scale::SquareRoot, { 1.0f }, true };
    QCOMPARE(roots.colour(-0.25f, 0), table[64]); // 0.5 − 0.25
}

HEADLIGHT_TEST_MAIN(TestColourBar)
#include "tst_colour_bar.moc"
