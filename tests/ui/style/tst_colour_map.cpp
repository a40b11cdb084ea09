// Colour maps against the published tables (matplotlib 3.6.3, _cm_listed.py: entries 0, 64, 128, 192 and 255)
// and WCAG 2.1's definition of contrast.

#include "tests/support/test_main.h"
#include "ui/style/colour_line.h"
#include "ui/style/colour_map.h"

#include <set>

using namespace headlight;
using namespace headlight::ui;

class TestColourMap : public test::TestCase {
    Q_OBJECT
private slots:
    void publishedEntries_data();
    void publishedEntries();
    void sequentialMapsGrowLighter();
    void divergingMapIsLightestInTheMiddle();
    void everyMapIsListedOnceAndOpaque();
    void positionsAreClamped();
    void unknownIdsFallBack();
    void textIsReadableOnEveryEntry();
    void contrastByDefinition();
    void linesByDefinition_data();
    void linesByDefinition();
};

void TestColourMap::publishedEntries_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QList<QRgb>>("entries");
    QTest::newRow("viridis") << "viridis" << QList<QRgb>{ 0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725 };
    QTest::newRow("cividis") << "cividis" << QList<QRgb>{ 0x00224e, 0x434e6c, 0x7d7c78, 0xbcae6c, 0xfee838 };
    QTest::newRow("magma") << "magma" << QList<QRgb>{ 0x000004, 0x51127c, 0xb73779, 0xfc8961, 0xfcfdbf };
    QTest::newRow("inferno") << "inferno" << QList<QRgb>{ 0x000004, 0x57106e, 0xbc3754, 0xf98e09, 0xfcffa4 };
    QTest::newRow("plasma") << "plasma" << QList<QRgb>{ 0x0d0887, 0x7e03a8, 0xcc4778, 0xf89540, 0xf0f921 };
}

void TestColourMap::publishedEntries()
{
    QFETCH(QString, id);
    QFETCH(QList<QRgb>, entries);
    const ColourMap& map = colourMap(id);
    const int places[] = { 0, 64, 128, 192, 255 };
    for (qsizetype i = 0; i < entries.size(); ++i)
        QCOMPARE(QColor(map.table[std::size_t(places[i])]).name(), QColor(entries[i]).name());
}

/// Contrast with black grows with luminance.
static double lightness(QRgb colour)
{
    return contrast(colour, qRgb(0, 0, 0));
}

void TestColourMap::sequentialMapsGrowLighter()
{
    for (const ColourMap& map : colourMaps()) {
        if (map.diverging)
            continue;
        for (std::size_t i = 4; i < 256;
             ++i) // steps of four: neighbours may differ by less than 8 bits can say
            QVERIFY2(lightness(map.table[i]) > lightness(map.table[i - 4]), qPrintable(map.id));
    }
}

void TestColourMap::divergingMapIsLightestInTheMiddle()
{
    const auto maps = colourMaps();
    const auto map = std::find_if(maps.begin(), maps.end(), [](const ColourMap& m) { return m.diverging; });
    QVERIFY(map != maps.end());
    for (std::size_t i = 4; i < 128; ++i) {
        QVERIFY(lightness(map->table[i]) > lightness(map->table[i - 4]));
        QVERIFY(lightness(map->table[255 - i]) > lightness(map->table[255 - i + 4]));
    }
    QVERIFY(qBlue(map->table[0]) > qRed(map->table[0]));
    QVERIFY(qRed(map->table[255]) > qBlue(map->table[255]));
}

void TestColourMap::everyMapIsListedOnceAndOpaque()
{
    std::set<QString> ids;
    for (const ColourMap& map : colourMaps()) {
        QVERIFY(ids.insert(map.id).second);
        for (const QRgb colour : map.table)
            QCOMPARE(qAlpha(colour), 255);
    }
    for (const char* id : { "viridis", "cividis", "magma", "inferno", "plasma", "grey" })
        QVERIFY2(ids.contains(id), id);
    QCOMPARE(colourMaps().front().id, QStringLiteral("viridis"));
}

void TestColourMap::positionsAreClamped()
{
    const ColourMap& map = colourMap("viridis");
    QCOMPARE(map.at(-1.0f), map.table[0]);
    QCOMPARE(map.at(std::nanf("")), map.table[0]);
    QCOMPARE(map.at(0.5f), map.table[128]);
    QCOMPARE(map.at(2.0f), map.table[255]);
}

void TestColourMap::unknownIdsFallBack()
{
    bool found = true;
    QCOMPARE(colourMap("no such map", &found).id, QStringLiteral("viridis"));
    QVERIFY(!found);
    QCOMPARE(colourMap("magma", &found).id, QStringLiteral("magma"));
    QVERIFY(found);
}

void TestColourMap::textIsReadableOnEveryEntry()
{
    for (const ColourMap& map : colourMaps()) {
        for (const QRgb colour : map.table)
            QVERIFY(contrast(textOn(colour).rgb(), colour) >= 4.5);
    }
}

void TestColourMap::contrastByDefinition()
{
    QCOMPARE(contrast(qRgb(0, 0, 0), qRgb(255, 255, 255)), 21.0);
    QCOMPARE(contrast(qRgb(12, 34, 56), qRgb(12, 34, 56)), 1.0);
    // #767676 on white is the well-known lightest grey that passes 4.5 : 1.
    QVERIFY(contrast(qRgb(0x76, 0x76, 0x76), qRgb(255, 255, 255)) >= 4.5);
    QVERIFY(contrast(qRgb(0x77, 0x77, 0x77), qRgb(255, 255, 255)) < 4.5);
}

void TestColourMap::linesByDefinition_data()
{
    QTest::addColumn<int>("curve");
    QTest::addColumn<bool>("isSigned");
    for (int curve = 0; curve < 3; ++curve)
        for (const bool isSigned : { false, true })
            QTest::addRow("curve %d%s", curve, isSigned ? ", signed" : "") << curve << isSigned;
}

void TestColourMap::linesByDefinition()
{
    QFETCH(int, curve);
    QFETCH(bool, isSigned);
    std::array<QRgb, 256> table; // the colour is the place
    for (std::size_t i = 0; i < 256; ++i)
        table[i] = QRgb(0xff000000u + i);
    const float top = 0.8f, origin = isSigned ? 0.5f : 0.0f, reach = isSigned ? 0.5f : 1.0f;
    std::vector<float> numbers{ 0.0f, -0.0f, top, 2 * top, -top, std::numeric_limits<float>::quiet_NaN() };
    for (int i = 0; i < 1001; ++i)
        numbers.push_back(float(i - 500) / 500.0f);
    std::vector<QRgb> colours(numbers.size() + 1, 7);
    colourLine({ table.data(), top, ColourLine::Curve(curve), 1e-4f, origin, reach, isSigned }, numbers.data(),
        colours.data(), std::int64_t(numbers.size()));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double x = double(numbers[i]), share = std::min((isSigned ? std::abs(x) : x) / double(top), 1.0);
        double place = share > 0 ? share : 0;
        if (curve == 1)
            place = std::sqrt(place);
        else if (curve == 2)
            place = place <= 1e-4 ? 0 : 1 - std::log(place) / std::log(1e-4);
        const double wanted = 255 * (double(origin) + (x < 0 ? -1 : 1) * double(reach) * place);
        QVERIFY2(std::abs(double(colours[i] - 0xff000000u) - wanted) < 0.501, qPrintable(QString("%1: %2, not %3").arg(x).arg(colours[i] - 0xff000000u).arg(wanted)));
    }
    QCOMPARE(colours.back(), QRgb(7));
    colourLine({ table.data(), 0.0f, ColourLine::Curve(curve), 1e-4f, origin, reach, isSigned }, numbers.data(), colours.data(), 20);
    for (std::size_t i = 0; i < 20; ++i)
        QCOMPARE(colours[i], table[isSigned ? 128 : 0]);
}

HEADLIGHT_TEST_MAIN(TestColourMap)
#include "tst_colour_map.moc"
