// The picture buffer: what a pixel, a cut-out and the planes are, on pictures small enough to read.

#include "core/vision/image.h"

#include "tests/support/test_main.h"

#include <numeric>

using namespace headlight;

class TestImage : public test::TestCase {
    Q_OBJECT
private slots:
    void knowsItsPixels();
    void copiesShareTheBuffer();
    void windowsReachBeyondThePicture_data();
    void windowsReachBeyondThePicture();
    void planesSeparateTheChannels();
    void refusesSizesThatAreNone();
};

namespace {

/// Bytes count up from 1.
Image counting(int width, int height)
{
    return Image::make(width, height,
        [](std::span<std::uint8_t> out) { std::iota(out.begin(), out.end(), std::uint8_t(1)); });
}

} // namespace

void TestImage::knowsItsPixels()
{
    const Image image = counting(3, 2);
    QCOMPARE(image.at(0, 0), (std::array<std::uint8_t, 3>{ 1, 2, 3 }));
    QCOMPARE(image.at(2, 1), (std::array<std::uint8_t, 3>{ 16, 17, 18 }));
    QCOMPARE(image.row(1).size(), std::size_t(9));
    QCOMPARE(image.row(1)[0], std::uint8_t(10));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, image.at(3, 0));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, image.row(2));
    QVERIFY(Image().empty() && Image().pixels().empty());
}

void TestImage::copiesShareTheBuffer()
{
    const Image image = counting(3, 2);
    const Image copy = image;
    QCOMPARE(copy.pixels().data(), image.pixels().data());
    QVERIFY(copy == counting(3, 2));
    QVERIFY(!(copy == counting(2, 3)));
}

void TestImage::windowsReachBeyondThePicture_data()
{
    QTest::addColumn<QRect>("window");
    QTest::addColumn<QList<int>>("red"); // of each pixel, row by row
    QTest::newRow("whole") << QRect(0, 0, 2, 2) << QList<int>{ 1, 4, 7, 10 };
    QTest::newRow("one pixel") << QRect(1, 0, 1, 1) << QList<int>{ 4 };
    QTest::newRow("border") << QRect(-1, -1, 4, 3) << QList<int>{ 0, 0, 0, 0, 0, 1, 4, 0, 0, 7, 10, 0 };
    QTest::newRow("wide and low") << QRect(-1, 1, 4, 1) << QList<int>{ 0, 7, 10, 0 };
    QTest::newRow("outside") << QRect(5, 0, 1, 2) << QList<int>{ 0, 0 };
    QTest::newRow("far above") << QRect(0, -9, 2, 1) << QList<int>{ 0, 0 };
}

void TestImage::windowsReachBeyondThePicture()
{
    QFETCH(QRect, window);
    QFETCH(QList<int>, red);
    const Image cut = counting(2, 2).window(window.x(), window.y(), window.width(), window.height());
    QList<int> found;
    for (int y = 0; y < cut.height(); ++y) {
        for (int x = 0; x < cut.width(); ++x)
            found += cut.at(x, y)[0];
    }
    QCOMPARE(found, red);
}

void TestImage::planesSeparateTheChannels()
{
    const Tensor tensor = planes(counting(2, 1));
    QCOMPARE(tensor.shape().toString(), std::string("[3, 1, 2]"));
    QCOMPARE(tensor.dtype(), DType::U8);
    QCOMPARE(tensor.integers(), (std::vector<std::int64_t>{ 1, 4, 2, 5, 3, 6 }));
}

void TestImage::refusesSizesThatAreNone()
{
    QVERIFY_THROWS_EXCEPTION(CheckFailed, counting(0, 5));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, counting(20000, 20000));
}

HEADLIGHT_TEST_MAIN(TestImage)
#include "tst_image.moc"
