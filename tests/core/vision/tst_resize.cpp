// Resizing against Pillow 9.4.0: MD5 of Image.open(picture).convert("RGB").resize((w, h),
// resample).tobytes().

#include "core/vision/resize.h"

#include "core/vision/image_reader.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestResize : public test::TestCase {
    Q_OBJECT
private slots:
    void equalsPillow_data();
    void equalsPillow();
    void keepsTheSameSize();
    void knowsTheNumbersOfTheFilters();
};

void TestResize::equalsPillow_data()
{
    QTest::addColumn<QString>("picture");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("resample");
    QTest::addColumn<QByteArray>("md5");
    const auto row = [](const char* picture, int width, int height, int resample, const char* md5) {
        QTest::addRow("%s to %dx%d with %d", picture, width, height, resample)
            << QString(picture) << width << height << resample << QByteArray(md5);
    };
    row("rgb_137x91", 224, 224, 0, "3fd870bc97f390de6544940b2ded9573");
    row("rgb_137x91", 224, 224, 1, "6becdff976f45e71cfb37b253c51da6e");
    row("rgb_137x91", 224, 224, 2, "5d98cbc6739b5673d7adda34f875c3d0");
    row("rgb_137x91", 224, 224, 3, "19b68e462f8a0ff0686e40621235f9ee");
    row("rgb_137x91", 224, 224, 4, "3fd870bc97f390de6544940b2ded9573");
    row("rgb_137x91", 224, 224, 5, "9ae32e94f365d9a523e06e884f1cacbb");
    row("rgb_300x200", 1, 1, 0, "693e9af84d3dfcc71e640e005bdc5e2e");
    row("rgb_300x200", 1, 1, 1, "824c2cbd3ae97cc7f22f16cc12d5651a");
    row("rgb_300x200", 1, 1, 2, "b1dc4b17d9a12e4e21098c3f0cf772ea");
    row("rgb_300x200", 1, 1, 3, "0e47b01d1eab3baebd1d6d88bf2facf1");
    row("rgb_300x200", 1, 1, 4, "241c327b11ee7ccff21cb6fee4fc2512");
    row("rgb_300x200", 1, 1, 5, "db5cc6d5527da9a9b540f1e13d3e6be7");
    row("small_25x19", 61, 7, 0, "b91aa2e3546993f5f88db30e973c1fdd");
    row("small_25x19", 61, 7, 1, "b6f51e092b310c764c544e5970bb97ca");
    row("small_25x19", 61, 7, 2, "a415e3d7158657832189881a1597f1b7");
    row("small_25x19", 61, 7, 3, "812483855169e1b0764b8bd2aa9990bc");
    row("small_25x19", 61, 7, 4, "f5a95c20a64055ffec6f3349099f9e44");
    row("small_25x19", 61, 7, 5, "6dfabdd81e9449d258fef9739d30512a");
    row("rgb_300x200", 300, 64, 3, "cb7537fa1c24c228e9769491cb21bb99");
    row("rgb_300x200", 37, 200, 2, "ad02131260ec71b0a9d5be736f9060e8");
    row("gray_64x80", 640, 1, 1, "4bcc311b5d46eb54d0345a8eec44437b");
    row("rgba_90x70", 1, 500, 3, "feee52841e0131227eb8a72fabf98f85");
}

void TestResize::equalsPillow()
{
    QFETCH(QString, picture);
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(int, resample);
    QFETCH(QByteArray, md5);
    const QString path = test::sourcePath("tests/golden/image_preprocessing/images/" + picture + ".png");
    const auto image = readImage(path.toStdString());
    QVERIFY(image);
    const Image resized = resize(*image, width, height, *resampleFromNumber(resample));
    QCOMPARE(resized.width(), width);
    QCOMPARE(resized.height(), height);
    const auto pixels = resized.pixels();
    const QByteArrayView bytes(pixels.data(), qsizetype(pixels.size()));
    QCOMPARE(QCryptographicHash::hash(bytes.toByteArray(), QCryptographicHash::Md5).toHex(), md5);
}

void TestResize::keepsTheSameSize()
{
    const Image image =
        Image::make(4, 3, [](std::span<std::uint8_t> out) { std::iota(out.begin(), out.end(), 0); });
    QVERIFY(resize(image, 4, 3, Resample::Lanczos) == image);
}

void TestResize::knowsTheNumbersOfTheFilters()
{
    QCOMPARE(resampleFromNumber(3), std::optional(Resample::Bicubic));
    QVERIFY(!resampleFromNumber(6));
    QVERIFY(!resampleFromNumber(-1));
}

HEADLIGHT_TEST_MAIN(TestResize)
#include "tst_resize.moc"
