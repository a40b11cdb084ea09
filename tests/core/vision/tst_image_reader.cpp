// Reading pictures: every kind against what Pillow 9.4.0 reads (tests/core/vision/pictures/make.py says how
// the files were made), and everything that is no picture, or is one that lies.

#include "core/vision/image_reader.h"

#include "tests/support/test_main.h"

#include <zlib.h>

using namespace headlight;

class TestImageReader : public test::TestCase {
    Q_OBJECT
private slots:
    void equalsPillow_data();
    void equalsPillow();
    void everyPictureIsListed();
    void truncatedFilesSaySo_data();
    void truncatedFilesSaySo();
    void damagedFilesNeverCrash_data();
    void damagedFilesNeverCrash();
    void saysWhatItFound_data();
    void saysWhatItFound();
    void refusesHugePictures_data();
    void refusesHugePictures();
    void refusesHeadersThatLie_data();
    void refusesHeadersThatLie();
    void refusesWhatIsNoFile();
};

namespace {

const QString folder = "tests/core/vision/pictures/";

QByteArray content(const QString& name)
{
    QFile file(test::sourcePath(folder + name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Expected<Image> decode(const QByteArray& bytes)
{
    return decodeImage(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))), "it");
}

QByteArray bigEndian(quint32 number)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(number, bytes.data());
    return bytes;
}

QByteArray pngChunk(const QByteArray& typeAndData)
{
    const auto* data = reinterpret_cast<const Bytef*>(typeAndData.constData());
    return bigEndian(quint32(typeAndData.size() - 4)) + typeAndData
        + bigEndian(quint32(crc32(0, data, uInt(typeAndData.size()))));
}

/// A whole, valid 1-bit PNG of zeros whose header says `width` × `height` and whose data hold `rows` rows.
QByteArray blackPng(int width, int height, int rows)
{
    const QByteArray compressed =
        qCompress(QByteArray(qsizetype(rows) * (1 + (width + 7) / 8), '\0'), 9).mid(4);
    const QByteArray header =
        bigEndian(quint32(width)) + bigEndian(quint32(height)) + QByteArray("\1\0\0\0\0", 5);
    return QByteArray("\x89PNG\r\n\x1a\n") + pngChunk("IHDR" + header) + pngChunk("IDAT" + compressed)
        + pngChunk("IEND");
}

/// A JPEG whose frame header says another size.
QByteArray resizedJpegHeader(quint16 width, quint16 height)
{
    QByteArray bytes = content("rgb_444.jpg");
    const qsizetype frame = bytes.indexOf("\xff\xc0");
    qToBigEndian(height, bytes.data() + frame + 5);
    qToBigEndian(width, bytes.data() + frame + 7);
    return bytes;
}

} // namespace

void TestImageReader::equalsPillow_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<QByteArray>("md5");
    for (const QByteArray& line : content("expected.txt").trimmed().split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        QTest::newRow(words[0].constData()) << words[1].toInt() << words[2].toInt() << words[3];
    }
}

void TestImageReader::equalsPillow()
{
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(QByteArray, md5);
    const auto image = readImage(test::sourcePath(folder + QTest::currentDataTag()).toStdString());
    QVERIFY2(image, image ? "" : image.error().message.c_str());
    QCOMPARE(image->width(), width);
    QCOMPARE(image->height(), height);
    const auto pixels = image->pixels();
    const QByteArray bytes(reinterpret_cast<const char*>(pixels.data()), qsizetype(pixels.size()));
    QCOMPARE(QCryptographicHash::hash(bytes, QCryptographicHash::Md5).toHex(), md5);
}

void TestImageReader::everyPictureIsListed()
{
    const QByteArray listed = content("expected.txt");
    const QDir pictures(test::sourcePath(folder));
    for (const QString& name : pictures.entryList({ "*.png", "*.jpg", "*.webp" }))
        QVERIFY2(name == "animated.webp" || listed.contains(name.toUtf8() + ' '), qPrintable(name));
}

void TestImageReader::truncatedFilesSaySo_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "rgb8.png", "grey16.png", "rgb8_interlaced.png", "rgb_420.jpg", "cmyk.jpg",
             "rgb_progressive.jpg", "lossy.webp", "lossless.webp" })
        QTest::newRow(name) << QString(name);
}

void TestImageReader::truncatedFilesSaySo()
{
    QFETCH(QString, name);
    const QByteArray whole = content(name);
    const auto half = decode(whole.left(whole.size() * 2 / 3));
    QVERIFY(!half);
    QCOMPARE(half.error().kind, ErrorKind::BadFile);
    QVERIFY2(
        half.error().message.find("incomplete download") != std::string::npos, half.error().message.c_str());
    for (qsizetype length = 0; length < whole.size() - 16; ++length) {
        const auto image = decode(whole.left(length));
        QVERIFY2(!image, qPrintable(QString("%1 of %2 bytes").arg(length).arg(whole.size())));
        QVERIFY(!image.error().message.empty());
    }
}

void TestImageReader::damagedFilesNeverCrash_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "grey1.png", "palette4.png", "rgb16_interlaced.png", "rgb_422.jpg", "ycck.jpg",
             "rgb_progressive.jpg", "lossy_alpha.webp", "lossless.webp" })
        QTest::newRow(name) << QString(name);
}

/// A changed byte may go unnoticed; what is asked is a picture or an error with words. Sanitizer builds see
/// the rest.
void TestImageReader::damagedFilesNeverCrash()
{
    QFETCH(QString, name);
    const QByteArray whole = content(name);
    QRandomGenerator random(11);
    for (int round = 0; round < 400; ++round) {
        QByteArray damaged = whole;
        for (int i = 0; i <= round % 4; ++i)
            damaged[qsizetype(random.bounded(int(whole.size())))] = char(random.bounded(256));
        const auto image = decode(damaged);
        QVERIFY(image ? !image->empty() : !image.error().message.empty());
    }
    for (int round = 0; round < 100; ++round) {
        QByteArray noise = whole.left(12);
        while (noise.size() < 300)
            noise += char(random.bounded(256));
        QVERIFY(!decode(noise));
    }
}

void TestImageReader::saysWhatItFound_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("nothing") << QByteArray() << ErrorKind::BadFile << QByteArray("is empty");
    QTest::newRow("text") << QByteArray("Dear reader,") << ErrorKind::BadFile << QByteArray("is a text;");
    QTest::newRow("noise") << QByteArray("\x01\xf0\x9f\x80") << ErrorKind::BadFile
                           << QByteArray("begins with 01 f0 9f 80");
    QTest::newRow("gif") << QByteArray("GIF89a....") << ErrorKind::Unsupported
                         << QByteArray("is a GIF picture;");
    QTest::newRow("tiff") << QByteArray("II*\0....", 8) << ErrorKind::Unsupported
                          << QByteArray("is a TIFF picture;");
    QTest::newRow("heic") << QByteArray("\0\0\0\x18"
                                        "ftypheic",
        12) << ErrorKind::Unsupported
                          << QByteArray("a HEIC picture");
    QTest::newRow("pdf") << QByteArray("%PDF-1.7") << ErrorKind::Unsupported
                         << QByteArray("are PNG, JPEG and WebP");
    QTest::newRow("animation") << content("animated.webp") << ErrorKind::Unsupported
                               << QByteArray("animated WebP");
}

void TestImageReader::saysWhatItFound()
{
    QFETCH(QByteArray, bytes);
    QFETCH(ErrorKind, kind);
    QFETCH(QByteArray, words);
    const auto image = decode(bytes);
    QVERIFY(!image);
    QCOMPARE(image.error().kind, kind);
    QVERIFY2(
        image.error().message.find(words.toStdString()) != std::string::npos, image.error().message.c_str());
}

void TestImageReader::refusesHugePictures_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("png") << blackPng(20000, 20000, 20000);
    QTest::newRow("jpeg") << resizedJpegHeader(20000, 20000);
}

void TestImageReader::refusesHugePictures()
{
    QFETCH(QByteArray, bytes);
    const auto image = decode(bytes);
    QVERIFY(!image);
    QCOMPARE(image.error().kind, ErrorKind::Unsupported);
    QVERIFY2(image.error().message.find("20000x20000") != std::string::npos, image.error().message.c_str());
}

void TestImageReader::refusesHeadersThatLie_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("png with too few rows") << blackPng(900, 900, 30);
    QTest::newRow("png without rows") << blackPng(9000, 9000, 0);
    QTest::newRow("png of no size") << blackPng(0, 5, 5);
    QTest::newRow("jpeg of no size") << resizedJpegHeader(0, 5);
}

void TestImageReader::refusesHeadersThatLie()
{
    QFETCH(QByteArray, bytes);
    const auto image = decode(bytes);
    QVERIFY(!image);
    QCOMPARE(image.error().kind, ErrorKind::BadFile);
}

void TestImageReader::refusesWhatIsNoFile()
{
    const auto missing = readImage(test::sourcePath(folder + "no such.png").toStdString());
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::NotFound);
    QVERIFY(!readImage(test::sourcePath(folder).toStdString()));
}

HEADLIGHT_TEST_MAIN(TestImageReader)
#include "tst_image_reader.moc"
