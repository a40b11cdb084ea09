// Copies of pictures for the window: what they hold, how long they are kept.

#include "tests/support/test_main.h"
#include "ui/session/pictures.h"

#include <random>
#include <thread>

using namespace headlight;
using namespace headlight::ui;

namespace {

Image noise(int width, int height, unsigned seed = 1)
{
    return Image::make(width, height, [seed](std::span<std::uint8_t> pixels) {
        std::mt19937 random(seed);
        std::ranges::generate(pixels, [&] { return std::uint8_t(random()); });
    });
}

} // namespace

class TestPictures : public test::TestCase {
    Q_OBJECT
private slots:
    void smallOnesAreThemselves();
    void largeOnesKeepTheirShape();
    void aPlainPictureStaysPlain();
    void areMadeOnce();
    void goWithTheLastOfTheirPixels();
    void severalThreadsGetTheSame();
};

void TestPictures::smallOnesAreThemselves()
{
    const Image image = noise(37, 21);
    const ScreenPicture copies = screenPicture(image);
    QCOMPARE(copies.whole, toQImage(image));
    QCOMPARE(copies.small, toQImage(image));
    QVERIFY(toImage(copies.whole) == image);
    QVERIFY(screenPicture(Image()).whole.isNull());
}

void TestPictures::largeOnesKeepTheirShape()
{
    const ScreenPicture copies = screenPicture(noise(5120, 1024));
    QCOMPARE(copies.whole.size(), QSize(2560, 512));
    QCOMPARE(copies.small.size(), QSize(720, 144));
}

/// Every way of scaling must leave one colour alone.
void TestPictures::aPlainPictureStaysPlain()
{
    const Image plain = Image::make(3000, 20, [](std::span<std::uint8_t> pixels) {
        for (std::size_t i = 0; i < pixels.size(); ++i)
            pixels[i] = std::uint8_t(i % 3 == 0 ? 10 : i % 3 == 1 ? 130 : 240);
    });
    const QImage whole = screenPicture(plain).whole;
    for (int x = 0; x < whole.width(); x += 97)
        QCOMPARE(whole.pixel(x, whole.height() / 2), qRgb(10, 130, 240));
}

void TestPictures::areMadeOnce()
{
    const Image image = noise(800, 600), copy = image, other = noise(800, 600, 2);
    QCOMPARE(screenPicture(copy).whole.cacheKey(), screenPicture(image).whole.cacheKey());
    QVERIFY(screenPicture(other).whole.cacheKey() != screenPicture(image).whole.cacheKey());
}

void TestPictures::goWithTheLastOfTheirPixels()
{
    auto image = std::make_unique<Image>(noise(300, 300));
    const std::weak_ptr<const void> pixels = image->sharedPixels();
    screenPicture(*image);
    image.reset();
    QVERIFY(pixels.expired()); // nobody keeps a photograph for its copies
    QCOMPARE(screenPicture(noise(4, 4)).whole.width(), 4);
}

void TestPictures::severalThreadsGetTheSame()
{
    const Image image = noise(2000, 2000);
    std::array<qint64, 4> keys{};
    {
        std::vector<std::jthread> threads;
        for (qint64& key : keys)
            threads.emplace_back([&] { key = screenPicture(image).small.cacheKey(); });
    }
    QCOMPARE(std::ranges::count(keys, keys.front()), std::ptrdiff_t(keys.size()));
}

HEADLIGHT_TEST_MAIN(TestPictures)
#include "tst_pictures.moc"
