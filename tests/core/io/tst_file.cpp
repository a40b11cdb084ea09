// Files are read whole or refused with a reason, and written whole or not at all: an older file survives every failure.

#include "core/io/file.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace headlight;

class TestFile : public test::TestCase {
    Q_OBJECT
private slots:
    void readsWhatIsThere_data();
    void readsWhatIsThere();
    void refuses_data();
    void refuses();
    void aMappingOutlivesTheName();
    void replacesAnOlderFile();
    void anOlderFileSurvivesAFullDisk();
    void saysWhyItCannotWrite_data();
    void saysWhyItCannotWrite();
    void devicesStayDevices();
    void linksStayLinks();
    void namesAsLongAsTheSystemAllows();
    void writersAtOnceLeaveOneWholeFile();
    void aPendingFileThatIsNotCommittedIsGone();

private:
    test::ScratchFolder m_folder;
};

namespace {

/// While it lives no file of this process can grow beyond `bytes`: the nearest thing to a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limited { bytes, m_before.rlim_max };
        setrlimit(RLIMIT_FSIZE, &limited);
    }
    ~FileSizeLimit()
    {
        setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    rlimit m_before {};
    void (*m_handler)(int) = nullptr;
};

} // namespace

void TestFile::readsWhatIsThere_data()
{
    QTest::addColumn<qint64>("size");
    for (const qint64 size : { 0, 1, 4095, 4096, 4097, 3'000'000 })
        QTest::addRow("%lld bytes", size) << size;
}

void TestFile::readsWhatIsThere()
{
    QFETCH(qint64, size);
    std::string content;
    for (qint64 i = 0; i < size; ++i)
        content += char(i * 31 % 251);
    const auto path = m_folder / "content";
    test::writeBytes(path, content);
    const auto read = readFile(path);
    QVERIFY(read && *read == content);
    const auto mapped = MappedFile::open(path);
    QVERIFY(mapped);
    QCOMPARE((*mapped)->path(), path);
    QVERIFY(std::ranges::equal((*mapped)->bytes(), std::as_bytes(std::span(content))));
}

void TestFile::refuses_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    const QString folder = QString::fromStdString(m_folder.path().string());
    test::writeBytes(m_folder / "plain", "x");
    mkfifo((m_folder / "pipe").c_str(), 0600);
    std::filesystem::create_symlink("loop", m_folder / "loop");
    QTest::newRow("nothing there") << folder + "/nothing" << int(ErrorKind::NotFound) << "There is no file";
    QTest::newRow("below a file") << folder + "/plain/below" << int(ErrorKind::NotFound) << "There is no file";
    QTest::newRow("no name") << "" << int(ErrorKind::NotFound) << "There is no file";
    QTest::newRow("a folder") << folder << int(ErrorKind::BadFile) << "is a folder";
    QTest::newRow("a pipe nobody writes") << folder + "/pipe" << int(ErrorKind::BadFile) << "not a regular file";
    QTest::newRow("a device") << "/dev/zero" << int(ErrorKind::BadFile) << "not a regular file";
    QTest::newRow("a link to itself") << folder + "/loop" << int(ErrorKind::BadFile) << "cannot be read";
    QTest::newRow("name too long") << folder + '/' + QString(5000, 'x') << int(ErrorKind::BadFile) << "too long";
}

void TestFile::refuses()
{
    QFETCH(QString, path);
    QFETCH(int, kind);
    QFETCH(QString, words);
    const auto read = readFile(path.toStdString());
    const auto mapped = MappedFile::open(path.toStdString());
    QVERIFY(!read && !mapped);
    QCOMPARE(int(read.error().kind), kind);
    QCOMPARE(mapped.error().message, read.error().message);
    QVERIFY2(QString::fromStdString(read.error().message).contains(words), read.error().message.c_str());
    QVERIFY(QString::fromStdString(read.error().message).contains(path));
}

void TestFile::aMappingOutlivesTheName()
{
    const auto path = m_folder / "mapped";
    test::writeBytes(path, "still here");
    const auto mapped = MappedFile::open(path);
    QVERIFY(mapped);
    std::filesystem::remove(path);
    QCOMPARE(std::string(reinterpret_cast<const char*>((*mapped)->bytes().data()), (*mapped)->bytes().size()), std::string("still here"));
}

void TestFile::replacesAnOlderFile()
{
    const test::ScratchFolder folder;
    const auto path = folder / "result.json";
    QVERIFY(writeFile(path, "first, and rather long"));
    QVERIFY(writeFile(path, "second"));
    QCOMPARE(test::readBytes(path), std::string("second"));
    QVERIFY(writeFile(path, ""));
    QCOMPARE(test::readBytes(path), std::string());
    QCOMPARE(folder.entries(), QStringList { "result.json" });
}

void TestFile::anOlderFileSurvivesAFullDisk()
{
    const test::ScratchFolder folder;
    const auto path = folder / "result.bin";
    test::writeBytes(path, "older");
    Status status;
    {
        const FileSizeLimit limit(1000);
        status = writeFile(path, std::string(100'000, 'x'));
    }
    QVERIFY(!status);
    QCOMPARE(int(status.error().kind), int(ErrorKind::Unwritable));
    QVERIFY2(status.error().message.find("result.bin cannot be written: File too large") != std::string::npos, status.error().message.c_str());
    QCOMPARE(test::readBytes(path), std::string("older"));
    QCOMPARE(folder.entries(), QStringList { "result.bin" });
}

void TestFile::saysWhyItCannotWrite_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("words");
    const QString folder = QString::fromStdString(m_folder.path().string());
    test::writeBytes(m_folder / "file", "x");
    QDir(folder).mkdir("full");
    test::writeBytes(m_folder / "full/inside", "x");
    QTest::newRow("no such folder") << folder + "/none/a.json" << "No such file or directory";
    QTest::newRow("below a file") << folder + "/file/a.json" << "Not a directory";
    QTest::newRow("onto a folder") << folder + "/full" << "Is a directory";
    QTest::newRow("a file system that cannot be written") << "/proc/headlight.json" << "/proc/headlight.json cannot be written";
    QTest::newRow("a full device") << "/dev/full" << "No space left on device";
    QTest::newRow("name too long") << folder + '/' + QString(300, 'x') << "File name too long";
    QTest::newRow("no name") << "" << "cannot be written";
}

void TestFile::saysWhyItCannotWrite()
{
    QFETCH(QString, path);
    QFETCH(QString, words);
    const Status status = writeFile(path.toStdString(), "content");
    QVERIFY(!status);
    QCOMPARE(int(status.error().kind), int(ErrorKind::Unwritable));
    QVERIFY2(QString::fromStdString(status.error().message).contains(words), status.error().message.c_str());
}

void TestFile::devicesStayDevices()
{
    struct stat info { };
    QVERIFY(writeFile("/dev/null", "gone"));
    QVERIFY(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    PendingFile pending("/dev/null");
    test::writeBytes(pending.temporaryPath(), "x");
    QVERIFY(!pending.commit());
    QVERIFY(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));

    std::array<int, 2> ends {};
    QVERIFY(pipe(ends.data()) == 0);
    QVERIFY(writeFile("/proc/self/fd/" + std::to_string(ends[1]), "through"));
    std::array<char, 16> got {};
    QCOMPARE(read(ends[0], got.data(), got.size()), ssize_t(7));
    QCOMPARE(std::string(got.data()), std::string("through"));
    close(ends[0]);
    close(ends[1]);
}

void TestFile::linksStayLinks()
{
    const test::ScratchFolder folder;
    QDir(QString::fromStdString(folder.path().string())).mkdir("elsewhere");
    test::writeBytes(folder / "elsewhere/real", "older");
    std::filesystem::create_symlink("elsewhere/real", folder / "link");
    QVERIFY(writeFile(folder / "link", "newer"));
    QVERIFY(std::filesystem::is_symlink(folder / "link"));
    QCOMPARE(test::readBytes(folder / "elsewhere/real"), std::string("newer"));
}

void TestFile::namesAsLongAsTheSystemAllows()
{
    const test::ScratchFolder folder;
    const std::string name = std::string(250, 'n') + ".json";
    QVERIFY(writeFile(folder / name, "long"));
    QCOMPARE(test::readBytes(folder / name), std::string("long"));
}

void TestFile::writersAtOnceLeaveOneWholeFile()
{
    const test::ScratchFolder folder;
    const auto path = folder / "shared";
    std::atomic<int> failures { 0 };
    {
        std::vector<std::jthread> writers;
        for (const char c : { 'a', 'b', 'c', 'd' })
            writers.emplace_back([&, c] {
                for (int i = 0; i < 20; ++i)
                    failures += writeFile(path, std::string(50'000, c)) ? 0 : 1;
            });
    }
    QCOMPARE(failures.load(), 0);
    const std::string content = test::readBytes(path);
    QCOMPARE(content, std::string(50'000, content.front()));
    QCOMPARE(folder.entries(), QStringList { "shared" });
}

void TestFile::aPendingFileThatIsNotCommittedIsGone()
{
    const test::ScratchFolder folder;
    {
        const PendingFile pending(folder / "picture.png");
        QCOMPARE(pending.temporaryPath().extension(), std::filesystem::path(".png"));
        QCOMPARE(pending.temporaryPath().parent_path(), folder.path()); // a rename must not cross file systems
        test::writeBytes(pending.temporaryPath(), "half");
    }
    QCOMPARE(folder.entries(), QStringList());
}

HEADLIGHT_TEST_MAIN(TestFile)
#include "tst_file.moc"
