// Numbers and words as the panels write them.

#include "tests/support/test_main.h"
#include "ui/session/pictures.h"
#include "ui/widgets/inspector.h"
#include "ui/widgets/model_note.h"
#include "ui/widgets/status_line.h"

#include <limits>
#include <random>

using namespace headlight;
using namespace headlight::ui;

class TestInspectorText : public test::TestCase {
    Q_OBJECT
private slots:
    void weightsHaveFourDigits_data();
    void weightsHaveFourDigits();
    void exactTextReadsBack();
    void countsAndMemory();
    void cardsWithoutTheirSettings_data();
    void cardsWithoutTheirSettings();
    void picturesGoThereAndBack();
};

void TestInspectorText::weightsHaveFourDigits_data()
{
    QTest::addColumn<float>("weight");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0f << "0";
    QTest::newRow("one") << 1.0f << "1.0000";
    QTest::newRow("common") << 0.6183f << "0.6183";
    QTest::newRow("small") << 0.012345f << "0.01235";
    QTest::newRow("smaller") << 0.00012345f << "0.0001234"; // the float is 0.00012344999937340618
    QTest::newRow("tiny") << 0.000012345f << "1.234e-05"; // likewise 1.23449997772695496678e-05
    QTest::newRow("denormal") << 1e-40f << "1.000e-40";
}

void TestInspectorText::weightsHaveFourDigits()
{
    QFETCH(float, weight);
    QFETCH(QString, text);
    QCOMPARE(weightDigits(weight), text);
}

void TestInspectorText::exactTextReadsBack()
{
    std::mt19937 random(7);
    std::uniform_real_distribution<float> weights(0, 1);
    for (int i = 0; i < 10'000; ++i) {
        const float weight = weights(random) * std::pow(10.0f, float(-(i % 12)));
        QCOMPARE(exactDigits(weight).toFloat(), weight);
    }
    QCOMPARE(exactDigits(0.5f), QStringLiteral("0.5"));
    QCOMPARE(exactDigits(0.1f), QStringLiteral("0.1"));
    QCOMPARE(exactDigits(-std::numeric_limits<float>::infinity()), QStringLiteral("-inf"));
}

void TestInspectorText::countsAndMemory()
{
    QCOMPARE(countText(850), QStringLiteral("850"));
    QCOMPARE(countText(33'635), QStringLiteral("33.6 k"));
    QCOMPARE(countText(109'482'240), QStringLiteral("109 M"));
    QCOMPARE(countText(2'912'000), QStringLiteral("2.91 M"));
    QCOMPARE(countText(1'100'048'384), QStringLiteral("1.1 G"));
    QCOMPARE(memoryText(24'000), QStringLiteral("24 kB"));
    QCOMPARE(memoryText(1'100'000), QStringLiteral("1.1 MB"));
    QCOMPARE(memoryText(2'500'000'000), QStringLiteral("2.5 GB"));
}

void TestInspectorText::cardsWithoutTheirSettings_data()
{
    QTest::addColumn<QString>("card");
    QTest::addColumn<QString>("begins");
    QTest::newRow("with settings") << "---\nlicense: mit\n---\n# Title\n\nWords."
                                   << "# Title";
    QTest::newRow("without") << "# Title\n\nWords."
                             << "# Title";
    QTest::newRow("a rule is no block") << "Words.\n\n---\n\nMore."
                                        << "Words.";
    QTest::newRow("never closed") << "---\nlicense: mit"
                                  << "---";
    QTest::newRow("windows") << "---\r\nlicense: mit\r\n---\r\nWords."
                             << "Words.";
    QTest::newRow("empty") << ""
                           << "";
}

void TestInspectorText::cardsWithoutTheirSettings()
{
    QFETCH(QString, card);
    QFETCH(QString, begins);
    OpenModel model;
    model.card = card.toStdString();
    QVERIFY2(cardText(model).startsWith(begins), qPrintable(cardText(model)));
}

void TestInspectorText::picturesGoThereAndBack()
{
    QImage picture(5, 3, QImage::Format_ARGB32); // 15 bytes a row: neither Qt's nor our alignment
    for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 5; ++x)
            picture.setPixelColor(x, y, QColor(x * 50, y * 100, 7));
    const Image image = toImage(picture);
    QCOMPARE(image.width(), 5);
    QCOMPARE(int(image.at(4, 2)[0]), 200);
    QCOMPARE(int(image.at(4, 2)[1]), 200);
    QCOMPARE(toQImage(image), picture.convertToFormat(QImage::Format_RGB32));
    picture.fill(Qt::transparent);
    QCOMPARE(int(toImage(picture).at(0, 0)[0]), 255);
    QVERIFY(toImage(QImage()).empty());
    QVERIFY(toQImage(Image()).isNull());
}

HEADLIGHT_TEST_MAIN(TestInspectorText)
#include "tst_inspector_text.moc"
