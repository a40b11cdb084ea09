// Sound files of every kind, as libsndfile, libFLAC, libvorbis, libopus and LAME write them, and everything
// that is no sound, or is one that lies. WAV files are also put together byte by byte.

#include "core/audio/sound_reader.h"

#include "tests/support/files.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestSoundReader : public test::TestCase {
    Q_OBJECT
private slots:
    void readsSamples_data();
    void readsSamples();
    void readsCompressedFormats_data();
    void readsCompressedFormats();
    void averagesChannels();
    void nameDoesNotMatter();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void truncatedFilesAreShorterOrAnError_data();
    void truncatedFilesAreShorterOrAnError();
    void damagedFilesNeverCrash_data();
    void damagedFilesNeverCrash();
    void refusesWhatIsNoFile();
};

namespace {

Expected<Sound> decode(const QByteArray& bytes)
{
    return decodeSound(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))), "it");
}

template <typename T> QByteArray little(T value)
{
    QByteArray bytes(sizeof(T), '\0');
    qToLittleEndian(value, bytes.data());
    return bytes;
}

struct WavHeader {
    quint16 kind = 1; ///< 1 whole numbers, 3 floats
    quint16 channels = 1;
    quint32 rate = 16000;
    quint16 bits = 16;
    std::optional<quint32> dataBytes = {}; ///< what the header says; the truth when absent
};

QByteArray wav(const WavHeader& header, const QByteArray& data)
{
    const quint16 frame = quint16(header.channels * header.bits / 8);
    const QByteArray format = little(header.kind) + little(header.channels) + little(header.rate)
        + little(header.rate * frame) + little(frame) + little(header.bits);
    const QByteArray chunks = "WAVEfmt " + little(quint32(format.size())) + format + "data"
        + little(header.dataBytes.value_or(quint32(data.size()))) + data;
    return "RIFF" + little(quint32(chunks.size())) + chunks;
}

QByteArray floats(const std::vector<float>& values)
{
    QByteArray bytes;
    for (const float value : values)
        bytes += little(std::bit_cast<quint32>(value));
    return bytes;
}

/// A second of a tone in the format; empty when it cannot be written.
QByteArray encoded(const test::SoundFormat& format)
{
    const test::ScratchFolder folder;
    if (!test::writeSoundFile(folder / "it", test::tone(440, format.rate, format.rate), format))
        return {};
    return QByteArray::fromStdString(test::readBytes(folder / "it"));
}

/// Largest difference from the tone, away from both ends (encoders fade there).
double worst(const Sound& sound, double hertz)
{
    const std::vector<float> expected = test::tone(hertz, sound.rate(), sound.count());
    double largest = 0;
    for (std::size_t i = expected.size() / 8; i < expected.size() * 7 / 8; ++i)
        largest = std::max(largest, double(std::abs(sound.samples()[i] - expected[i])));
    return largest;
}

} // namespace

void TestSoundReader::readsSamples_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<std::vector<float>>("expected");
    QTest::newRow("8 bit") << wav({ 1, 1, 16000, 8 }, QByteArray("\x80\x00\xff", 3))
                           << std::vector<float>{ 0.0f, -1.0f, 127.0f / 128 };
    QTest::newRow("16 bit") << wav({}, little(qint16(-32768)) + little(qint16(16384)))
                            << std::vector<float>{ -1.0f, 0.5f };
    QTest::newRow("24 bit") << wav({ 1, 1, 16000, 24 }, QByteArray("\x00\x00\x40\x00\x00\xe0", 6))
                            << std::vector<float>{ 0.5f, -0.25f };
    QTest::newRow("32 bit") << wav({ 1, 1, 16000, 32 }, little(qint32(1 << 29)))
                            << std::vector<float>{ 0.25f };
    QTest::newRow("floats, also above full scale")
        << wav({ 3, 1, 16000, 32 }, floats({ 0.125f, -1.5f })) << std::vector<float>{ 0.125f, -1.5f };
    QTest::newRow("stereo") << wav({ 3, 2, 16000, 32 }, floats({ 1.0f, 0.5f, -0.5f, 0.5f }))
                            << std::vector<float>{ 0.75f, 0.0f };
    QTest::newRow("more bytes promised than there are")
        << wav({ 3, 1, 16000, 32, 4000 }, floats({ 0.5f })) << std::vector<float>{ 0.5f };
}

void TestSoundReader::readsSamples()
{
    QFETCH(QByteArray, bytes);
    QFETCH(std::vector<float>, expected);
    const auto sound = decode(bytes);
    QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
    QCOMPARE(sound->rate(), 16000);
    QVERIFY(std::ranges::equal(sound->samples(), expected));
}

void TestSoundReader::readsCompressedFormats_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("rate");
    QTest::addColumn<double>("tolerance");
    QTest::newRow("WAV") << (SF_FORMAT_WAV | SF_FORMAT_PCM_16) << 44100 << 4e-5;
    QTest::newRow("FLAC") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_16) << 22050 << 4e-5;
    QTest::newRow("FLAC, 24 bit") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_24) << 96000 << 2e-7;
    QTest::newRow("Vorbis") << (SF_FORMAT_OGG | SF_FORMAT_VORBIS) << 44100 << 0.03;
    QTest::newRow("Opus") << (SF_FORMAT_OGG | SF_FORMAT_OPUS) << 48000 << 0.03;
    QTest::newRow("MP3") << (SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III) << 44100 << 0.03;
    QTest::newRow("AIFF") << (SF_FORMAT_AIFF | SF_FORMAT_PCM_16) << 8000 << 4e-5;
}

void TestSoundReader::readsCompressedFormats()
{
    QFETCH(int, format);
    QFETCH(int, rate);
    QFETCH(double, tolerance);
    const QByteArray bytes = encoded({ format, rate, 1 });
    QVERIFY(!bytes.isEmpty());
    const auto sound = decode(bytes);
    QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
    QCOMPARE(sound->rate(), rate);
    QCOMPARE(sound->count(), std::int64_t(rate));
    QCOMPARE(sound->seconds(), 1.0);
    QVERIFY2(worst(*sound, 440) <= tolerance, qPrintable(QString::number(worst(*sound, 440))));
}

void TestSoundReader::averagesChannels()
{
    std::vector<float> frames;
    for (int i = 0; i < 10'000; ++i)
        frames.insert(frames.end(), { 0.25f, 0.5f, float(i % 2) * 0.75f });
    const test::ScratchFolder folder;
    QVERIFY(test::writeSoundFile(folder / "it", frames, { SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 3 }));
    const auto sound = readSound(folder / "it");
    QVERIFY(sound);
    QCOMPARE(sound->count(), std::int64_t(10'000));
    QCOMPARE(sound->samples()[8000], 0.25f);
    QCOMPARE(sound->samples()[8001], 0.5f);
}

void TestSoundReader::nameDoesNotMatter()
{
    const test::ScratchFolder folder;
    test::writeBytes(folder / "kept.mp3", wav({ 3, 1, 16000, 32 }, floats({ 0.5f })).toStdString());
    const auto sound = readSound(folder / "kept.mp3");
    QVERIFY(sound);
    QCOMPARE(sound->samples()[0], 0.5f);
}

void TestSoundReader::saysWhatIsWrong_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QByteArray>("words");
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                infinity = std::numeric_limits<float>::infinity();
    const QByteArray two = floats({ 0.1f, 0.2f });
    QTest::newRow("nothing") << QByteArray() << ErrorKind::BadFile << QByteArray("it is empty");
    QTest::newRow("a text") << QByteArray("Dear reader, this is no sound at all.") << ErrorKind::BadFile
                            << QByteArray("is not a sound that can be read");
    QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n") << ErrorKind::BadFile
                               << QByteArray("read are WAV, FLAC, OGG (Vorbis, Opus), MP3 and AIFF");
    QTest::newRow("no samples") << wav({}, {}) << ErrorKind::BadFile << QByteArray("nothing to hear");
    QTest::newRow("NaN") << wav({ 3, 1, 16000, 32 }, floats({ 0.5f, 0.5f, nan })) << ErrorKind::BadFile
                         << QByteArray("not a number (at 0.000 s)");
    QTest::newRow("infinity in one channel") << wav({ 3, 2, 1000, 32 }, floats({ 0, 0, 0, 0, 0, infinity }))
                                             << ErrorKind::BadFile << QByteArray("not a number (at 0.002 s)");
    QTest::newRow("rate 0") << wav({ 3, 1, 0, 32 }, two) << ErrorKind::BadFile << QByteArray("it ");
    QTest::newRow("rate 3") << wav({ 3, 1, 3, 32 }, two) << ErrorKind::BadFile
                            << QByteArray("says it has 3 samples per second, expected are 1000 to 768000");
    QTest::newRow("rate of 2 GHz") << wav({ 3, 1, 2'000'000'000, 32 }, two) << ErrorKind::BadFile
                                   << QByteArray("expected are 1000 to 768000");
    QTest::newRow("no channels") << wav({ 3, 0, 16000, 32 }, two) << ErrorKind::BadFile << QByteArray("it ");
    QTest::newRow("10 hours") << wav({ 1, 1, 16000, 8 }, QByteArray(36'000 * 16'000, '\x80'))
                              << ErrorKind::Unsupported
                              << QByteArray("is 600 minutes long or more; at 16000 Hz at most 104");
}

void TestSoundReader::saysWhatIsWrong()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorKind, kind);
    QFETCH(QByteArray, words);
    const auto sound = decode(bytes);
    QVERIFY(!sound);
    QVERIFY2(
        sound.error().message.find(words.toStdString()) != std::string::npos, sound.error().message.c_str());
    QVERIFY2(sound.error().message.find('\n') == std::string::npos, sound.error().message.c_str());
    QCOMPARE(sound.error().kind, kind);
}

void TestSoundReader::truncatedFilesAreShorterOrAnError_data()
{
    QTest::addColumn<int>("format");
    QTest::newRow("WAV") << (SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    QTest::newRow("FLAC") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    QTest::newRow("Vorbis") << (SF_FORMAT_OGG | SF_FORMAT_VORBIS);
    QTest::newRow("Opus") << (SF_FORMAT_OGG | SF_FORMAT_OPUS);
    QTest::newRow("MP3") << (SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
}

/// Players play what is there of a sound that was cut off; what matters is that nothing is made up.
void TestSoundReader::truncatedFilesAreShorterOrAnError()
{
    QFETCH(int, format);
    const QByteArray whole = encoded({ format, 48000, 1 });
    QVERIFY(!whole.isEmpty());
    for (qsizetype length = 0; length < whole.size() * 9 / 10;
         length += std::max<qsizetype>(1, whole.size() / 60)) {
        const auto sound = decode(whole.left(length));
        QVERIFY(sound ? sound->count() < 48000 && !sound->empty() : !sound.error().message.empty());
    }
}

void TestSoundReader::damagedFilesNeverCrash_data()
{
    truncatedFilesAreShorterOrAnError_data();
}

/// A changed byte may go unnoticed; what is asked is a sound or an error with words. Sanitizer builds see the
/// rest.
void TestSoundReader::damagedFilesNeverCrash()
{
    QFETCH(int, format);
    const QByteArray whole = encoded({ format, 48000, 1 });
    QRandomGenerator random(7);
    for (int round = 0; round < 60; ++round) {
        QByteArray damaged = whole;
        const int reach = round % 2 == 0 ? 100 : int(whole.size());
        for (int i = 0; i <= round % 4; ++i)
            damaged[qsizetype(random.bounded(reach))] = char(random.bounded(256));
        const auto sound = decode(damaged);
        QVERIFY(sound ? !sound->empty() : !sound.error().message.empty());
    }
}

void TestSoundReader::refusesWhatIsNoFile()
{
    const auto missing = readSound(test::sourcePath("tests/no such.wav").toStdString());
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    QVERIFY(!readSound(test::sourcePath("tests").toStdString()));
}

HEADLIGHT_TEST_MAIN(TestSoundReader)
#include "tst_sound_reader.moc"
