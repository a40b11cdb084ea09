// PNG files written here read back equal, are whole or not there, and depend on the picture alone.

#include "core/vision/image_writer.h"

#include "core/vision/image_reader.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestImageWriter : public test::TestCase {
    Q_OBJECT
private slots:
    void readsBackEqual_data();
    void readsBackEqual();
    void qtReadsTheSame();
    void writesTheSameBytesTwice();
    void refusesFoldersThatAreNot();
};

namespace {

Image noise(int width, int height)
{
    return Image::make(width, height, [](std::span<std::uint8_t> out) {
        QRandomGenerator random(5);
        std::ranges::generate(out, [&] { return std::uint8_t(random.bounded(256)); });
    });
}

QByteArray fileContent(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

void TestImageWriter::readsBackEqual_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("one pixel") << 1 << 1;
    QTest::newRow("a row") << 300 << 1;
    QTest::newRow("a column") << 1 << 300;
    QTest::newRow("odd") << 73 << 41;
}

void TestImageWriter::readsBackEqual()
{
    QFETCH(int, width);
    QFETCH(int, height);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("picture.png").toStdString();
    const Image image = noise(width, height);
    QVERIFY(writePng(path, image));
    const auto read = readImage(path);
    QVERIFY(read);
    QVERIFY(*read == image);
}

void TestImageWriter::qtReadsTheSame()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath("picture.png");
    const Image image = noise(19, 23);
    QVERIFY(writePng(path.toStdString(), image));
    const QImage read = QImage(path).convertToFormat(QImage::Format_RGB888);
    QCOMPARE(read.size(), QSize(19, 23));
    for (int y = 0; y < 23; ++y)
        QVERIFY(std::ranges::equal(std::span(read.constScanLine(y), 19 * 3), image.row(y)));
}

void TestImageWriter::writesTheSameBytesTwice()
{
    const QTemporaryDir folder;
    for (const char* name : { "a.png", "b.png" })
        QVERIFY(writePng(folder.filePath(name).toStdString(), noise(50, 50)));
    QVERIFY(!fileContent(folder.filePath("a.png")).isEmpty());
    QCOMPARE(fileContent(folder.filePath("a.png")), fileContent(folder.filePath("b.png")));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 2);
}

void TestImageWriter::refusesFoldersThatAreNot()
{
    const QTemporaryDir folder;
    const Status status = writePng(folder.filePath("no/such/folder.png").toStdString(), noise(2, 2));
    QVERIFY(!status);
    QCOMPARE(status.error().kind, ErrorKind::Unwritable);
}

HEADLIGHT_TEST_MAIN(TestImageWriter)
#include "tst_image_writer.moc"
