// Arrays against files that NumPy itself wrote (numpy_files/make.py); every truncation and much random damage
// is refused or read, never worse.

#include "core/io/numpy_file.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;

namespace {

std::string given(const char* name)
{
    return test::sourcePath("tests/core/io/numpy_files/").toStdString() + name;
}

/// The formula of make.py.
void comparePlain(const Tensor& tensor)
{
    QCOMPARE(tensor.shape(), (Shape{ 2, 3, 4 }));
    const Tensor values = tensor.toFloat();
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k)
                QCOMPARE(values.at((i * 3 + j) * 4 + k), float(i) + float(j) / 4 + float(k) / 16);
}

QByteArray bytesOf(const char* name)
{
    QFile file(QString::fromStdString(given(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::filesystem::path written(const test::ScratchFolder& folder, const char* name, const std::string& bytes)
{
    test::writeBytes(folder / name, bytes);
    return folder / name;
}

} // namespace

class TestNumpyFile : public test::TestCase {
    Q_OBJECT
private slots:
    void readsWhatNumPyWrote();
    void readsSingleArrays_data();
    void readsSingleArrays();
    void refuses_data();
    void refuses();
    void unpacksWhatTheHeaderPromises();
    void truncationsAndDamage_data();
    void truncationsAndDamage();

private:
    test::ScratchFolder m_folder;
};

void TestNumpyFile::readsWhatNumPyWrote()
{
    const auto arrays = readNumpyFile(given("kinds.npz"));
    QVERIFY2(bool(arrays), arrays ? "" : arrays.error().message.c_str());
    for (const char* name : { "half", "single", "double" })
        comparePlain(arrays->tensors.at(name));
    QCOMPARE(arrays->tensors.at("long").integers(), (std::vector<std::int64_t>{ 0, 1, 2, 3, 4, 5 }));
    QCOMPARE(arrays->tensors.at("byte").integers(), (std::vector<std::int64_t>{ 0, 255 }));
    QCOMPARE(arrays->tensors.at("flag").integers(), (std::vector<std::int64_t>{ 1, 0 }));
    QCOMPARE(arrays->tensors.at("scalar").toFloat().at(0), 2.5f);
    QCOMPARE(arrays->texts.at("words"), (std::vector<std::string>{ "it", "größe", "猫" }));
    QVERIFY(!arrays->tensors.contains("fortran")); // by columns: left out rather than misread
}

void TestNumpyFile::readsSingleArrays_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("name");
    QTest::newRow("npy") << "single.npy"
                         << "array";
    QTest::newRow("version 2") << "version2.npy"
                               << "array";
    QTest::newRow("compressed") << "compressed.npz"
                                << "single";
}

void TestNumpyFile::readsSingleArrays()
{
    QFETCH(QString, file);
    QFETCH(QString, name);
    const auto arrays = readNumpyFile(given(qPrintable(file)));
    QVERIFY2(bool(arrays), arrays ? "" : arrays.error().message.c_str());
    comparePlain(arrays->tensors.at(name.toStdString()));
}

void TestNumpyFile::refuses_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    const QByteArray good = bytesOf("single.npy");
    QTest::newRow("empty") << QByteArray() << "does not begin";
    QTest::newRow("a text") << QByteArray("attention, please: this is no array") << "does not begin";
    QTest::newRow("objects") << bytesOf("objects.npy") << "no array of numbers";
    QTest::newRow("more promised") << QByteArray(good).replace("(2, 3, 4)", "(2, 3, 9)") << "more numbers";
    QTest::newRow("overflow") << QByteArray(good).replace("(2, 3, 4), }       ", "(99999999999,9999999)")
                              << "damaged";
    QTest::newRow("negative") << QByteArray(good).replace("(2, 3, 4)", "(2,-3, 4)")
                              << "type, order and shape";
}

void TestNumpyFile::refuses()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    const auto path = written(m_folder, "x.npy", content.toStdString());
    const auto arrays = readNumpyFile(path);
    QVERIFY(!arrays);
    QVERIFY2(QString::fromStdString(arrays.error().message).contains(says), arrays.error().message.c_str());
}

void TestNumpyFile::unpacksWhatTheHeaderPromises()
{
    const auto written = [this](const char* name) {
        const auto path = m_folder / "x.npz";
        test::writeBytes(path, bytesOf(name).toStdString());
        return readNumpyFile(path);
    };
    const auto longer = written("longer.npz");
    QVERIFY2(longer, longer ? "" : longer.error().message.c_str());
    QCOMPARE(longer->tensors.at("array").count(), 2);
    QCOMPARE(longer->tensors.at("array").at(1), -2.0f);
    const auto bomb = written("bomb.npz");
    QVERIFY(!bomb);
    QVERIFY2(bomb.error().message.find("unpacks to more than 2 GB of memory") != std::string::npos,
        bomb.error().message.c_str());
}

void TestNumpyFile::truncationsAndDamage_data()
{
    QTest::addColumn<QString>("file");
    for (const char* name : { "single.npy", "kinds.npz", "compressed.npz" })
        QTest::newRow(name) << name;
}

void TestNumpyFile::truncationsAndDamage()
{
    QFETCH(QString, file);
    const QByteArray good = bytesOf(qPrintable(file));
    QVERIFY(!good.isEmpty());
    for (qsizetype length = 0; length < good.size(); length += std::max<qsizetype>(1, good.size() / 400)) {
        const auto cut = readNumpyFile(written(m_folder, "cut", good.left(length).toStdString()));
        QVERIFY(!cut);
    }
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        QByteArray damaged = good;
        for (int i = 0; i < 3; ++i)
            damaged[qsizetype(random() % unsigned(damaged.size()))] = char(random());
        if (const auto read = readNumpyFile(written(m_folder, "damaged", damaged.toStdString())))
            for (const auto& [name, tensor] : read->tensors)
                (void)tensor.toFloat(); // every promised number is there
    }
}

HEADLIGHT_TEST_MAIN(TestNumpyFile)
#include "tst_numpy_file.moc"
