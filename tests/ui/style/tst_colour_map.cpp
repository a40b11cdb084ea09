// Colour maps against the published tables (matplotlib 3.6.3, _cm_listed.py: entries 0, 64, 128, 192 and 255)
// and WCAG 2.1's definition of contrast.

#include "tests/support/test_main.h"
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

HEADLIGHT_TEST_MAIN(TestColourMap)
#include "tst_colour_map.moc"
