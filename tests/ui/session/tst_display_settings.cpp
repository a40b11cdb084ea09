// Value scales by their definition, ids by round trip, preferences by writing and reading.

#include "tests/support/test_main.h"
#include "ui/session/preferences.h"

#include <QSettings>

using namespace headlight;
using namespace headlight::ui;

class TestDisplaySettings : public test::TestCase {
    Q_OBJECT
private slots:
    void idsRoundTrip();
    void scalesAreMonotonicAndInvertible_data();
    void scalesAreMonotonicAndInvertible();
    void oddWeightsAreTheBottom();
    void preferencesRoundTrip();
    void spoiltPreferencesAreIgnored();
};

void TestDisplaySettings::idsRoundTrip()
{
    for (const char* name : { "none", "row", "head", "layer", "model" })
        QCOMPARE(id(*normaliseFromId(name)), QString(name));
    for (const char* name : { "linear", "sqrt", "log" })
        QCOMPARE(id(*scaleFromId(name)), QString(name));
    QVERIFY(!normaliseFromId("column"));
    QVERIFY(!scaleFromId(""));
}

void TestDisplaySettings::scalesAreMonotonicAndInvertible_data()
{
    QTest::addColumn<int>("scale");
    QTest::addColumn<float>("quarter"); // where a quarter of the top lands
    QTest::newRow("linear") << int(Scale::Linear) << 0.25f;
    QTest::newRow("square root") << int(Scale::SquareRoot) << 0.5f;
    QTest::newRow("logarithmic") << int(Scale::Logarithmic) << 1 + std::log10(0.25f) / 4;
}

void TestDisplaySettings::scalesAreMonotonicAndInvertible()
{
    QFETCH(int, scale);
    QFETCH(float, quarter);
    const ValueScale map(Scale(scale), 0.8f);
    QCOMPARE(map(0.0f), 0.0f);
    QCOMPARE(map(0.8f), 1.0f);
    QCOMPARE(map(1.0f), 1.0f);
    QVERIFY(std::abs(map(0.2f) - quarter) < 1e-6f);
    float previous = -1;
    for (int i = 0; i <= 100; ++i) {
        const float position = map(0.008f * float(i));
        QVERIFY(position >= previous);
        previous = position;
        const float place = float(i) / 100;
        if (place > 0)
            QVERIFY(std::abs(map(map.weightAt(place)) - place) < 1e-5f);
    }
}

void TestDisplaySettings::oddWeightsAreTheBottom()
{
    for (const Scale scale : { Scale::Linear, Scale::SquareRoot, Scale::Logarithmic }) {
        QCOMPARE(ValueScale(scale, 0.5f)(std::nanf("")), 0.0f);
        QCOMPARE(ValueScale(scale, 0.5f)(-1.0f), 0.0f);
        QCOMPARE(ValueScale(scale, 0.0f)(0.5f), 0.0f);
    }
}

void TestDisplaySettings::preferencesRoundTrip()
{
    DisplaySettings display;
    display.colourMap = "magma";
    display.normalise = Normalise::Model;
    display.scale = Scale::Logarithmic;
    display.hideSpecialTokens = display.renormaliseHidden = display.smoothImage = true;
    display.joinWords = true;
    display.pooling = Pooling::Mean;
    display.imageOverlay = 0.25;
    saveDisplay(display);
    QCOMPARE(loadDisplay(), display);
    saveTheme("dark");
    QCOMPARE(loadTheme(), QStringLiteral("dark"));
}

void TestDisplaySettings::spoiltPreferencesAreIgnored()
{
    QSettings().setValue("display/normalise", "sideways");
    QSettings().setValue("display/imageOverlay", "plenty");
    QSettings().setValue("display/scale", 7);
    const DisplaySettings display = loadDisplay();
    QCOMPARE(display.normalise, DisplaySettings().normalise);
    QCOMPARE(display.scale, DisplaySettings().scale);
    QVERIFY(display.imageOverlay >= 0 && display.imageOverlay <= 1);
}

HEADLIGHT_TEST_MAIN(TestDisplaySettings)
#include "tst_display_settings.moc"
