// Resampled tones against the same tones sampled at the other rate, by their formula; and the Sound value
// itself.

#include "core/audio/resample.h"

#include "tests/support/sounds.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestResample : public test::TestCase {
    Q_OBJECT
private slots:
    void keepsTones_data();
    void keepsTones();
    void removesWhatTheRateCannotHold();
    void edges_data();
    void edges();
    void sameRateSharesTheBuffer();
    void refusesWhatWouldBeTooLong();
    void prefixes();
};

void TestResample::keepsTones_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    QTest::addColumn<double>("hertz");
    QTest::addColumn<double>("tolerance");
    const double exact = 2e-6;
    // Just below the end of the band the filter may fall by 0.01 dB, a thousandth.
    const double high = 6e-4;
    QTest::newRow("CD") << 44100 << 16000 << 440.0 << exact;
    QTest::newRow("CD, high") << 44100 << 16000 << 7000.0 << high;
    QTest::newRow("film") << 48000 << 16000 << 1234.5 << exact;
    QTest::newRow("telephone") << 8000 << 16000 << 3400.0 << high;
    QTest::newRow("half of CD") << 22050 << 16000 << 1000.0 << exact;
    QTest::newRow("studio") << 192000 << 16000 << 5000.0 << exact;
    QTest::newRow("odd rate") << 11111 << 16000 << 600.0 << exact;
    QTest::newRow("upwards") << 16000 << 44100 << 6000.0 << high;
}

void TestResample::keepsTones()
{
    QFETCH(int, from);
    QFETCH(int, to);
    QFETCH(double, hertz);
    QFETCH(double, tolerance);
    const auto result = resample(Sound(from, test::tone(hertz, from, 2 * from)), to);
    QVERIFY(result);
    QCOMPARE(result->rate(), to);
    QCOMPARE(result->count(), std::int64_t(2 * to));
    const std::vector<float> expected = test::tone(hertz, to, 2 * to);
    double worst = 0;
    for (std::size_t i = expected.size() / 4; i < expected.size() * 3 / 4; ++i)
        worst = std::max(worst, double(std::abs(result->samples()[i] - expected[i])));
    QVERIFY2(worst < tolerance, qPrintable(QString::number(worst)));
}

void TestResample::removesWhatTheRateCannotHold()
{
    const auto result = resample(Sound(44100, test::tone(9000, 44100, 88200)), 16000);
    QVERIFY(result);
    const auto middle = result->samples().subspan(8000, 16000);
    QVERIFY(std::abs(*std::ranges::max_element(middle)) < 1e-6f);
}

void TestResample::edges_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("expected");
    QTest::newRow("one sample") << 1 << 1;
    QTest::newRow("two samples") << 2 << 1;
    QTest::newRow("a few") << 100 << 36;
    QTest::newRow("more than a block") << 200'001 << 72563;
}

void TestResample::edges()
{
    QFETCH(int, count);
    QFETCH(int, expected);
    const auto result = resample(Sound(44100, std::vector<float>(std::size_t(count), 0.5f)), 16000);
    QVERIFY(result);
    QCOMPARE(result->count(), std::int64_t(expected));
    QVERIFY(std::ranges::all_of(result->samples(), [](float x) { return std::abs(x) < 1.0f; }));
    if (expected > 1000)
        QVERIFY(std::abs(result->samples()[std::size_t(expected / 2)] - 0.5f) < 1e-6f);
}

void TestResample::sameRateSharesTheBuffer()
{
    const Sound sound(16000, { 0.5f, 0.25f });
    const auto same = resample(sound, 16000);
    QVERIFY(same);
    QCOMPARE(same->samples().data(), sound.samples().data());
    QVERIFY(resample(Sound(), 16000)->empty());
}

void TestResample::refusesWhatWouldBeTooLong()
{
    const auto result = resample(Sound(1000, std::vector<float>(1'000'000)), 768'000);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Unsupported);
    QVERIFY(result.error().message.find("of 17 minutes") != std::string::npos);
}

void TestResample::prefixes()
{
    const Sound sound(8000, { 0.1f, 0.2f, 0.3f });
    QCOMPARE(sound.first(2).count(), std::int64_t(2));
    QCOMPARE(sound.first(9), sound);
    QVERIFY(sound.first(-1).empty());
    QVERIFY(!(sound.first(2) == sound));
    QVERIFY(Sound().samples().empty());
    QCOMPARE(Sound().seconds(), 0.0);
    QVERIFY_EXCEPTION_THROWN(Sound(3, { 0.0f }), std::exception);
}

HEADLIGHT_TEST_MAIN(TestResample)
#include "tst_resample.moc"
