// What torch.save wrote, against files CPython's own pickle and zipfile made (torch_files/make.py,
// CPython 3.11), and everything a pickle may ask for that is no tensor. Cut and damaged files are refused or
// read, never worse.

#include "core/io/pickle.h"
#include "core/io/torch_file.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;
using namespace std::string_literals;

class TestTorchFile : public test::TestCase {
    Q_OBJECT
private slots:
    void readsStateDicts_data();
    void readsStateDicts();
    void rowMajorTensorsAreViews();
    void refuses_data();
    void refuses();
    void everyTruncationIsRefused_data();
    void everyTruncationIsRefused();
    void damagedFilesAreNoDanger_data();
    void damagedFilesAreNoDanger();
    void picklesBecomeTrees();
    void refusesPickles_data();
    void refusesPickles();
    void hugePromisesTakeNoMemory();

private:
    test::ScratchFolder m_folder;
};

namespace {

std::filesystem::path given(const char* name)
{
    return test::sourcePath("tests/core/io/torch_files/").toStdString() + name;
}

std::vector<float> floats(const Tensor& tensor)
{
    const Tensor expanded = tensor.toFloat();
    return { expanded.floats().begin(), expanded.floats().end() };
}

const PickleGlobals anything = [](std::string_view, std::string_view) { return true; };
const PickleGlobals nothing = [](std::string_view, std::string_view) { return false; };

Expected<Pickle> pickle(const std::string& bytes, const PickleGlobals& allowed)
{
    return readPickle(std::as_bytes(std::span(bytes)), allowed, "test");
}

} // namespace

void TestTorchFile::readsStateDicts_data()
{
    QTest::addColumn<QByteArray>("file");
    for (const char* name : { "zip.bin", "zip_protocol4.bin", "zip64.bin", "old.bin", "nested.bin" })
        QTest::newRow(name) << QByteArray(name);
}

void TestTorchFile::readsStateDicts()
{
    QFETCH(QByteArray, file);
    const auto read = readTorchFile(given(file));
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    const auto& tensors = *read;
    QCOMPARE(tensors.size(), std::size_t(15));
    QVERIFY((tensors.at("rows").shape() == Shape{ 3, 4 }));
    QCOMPARE(tensors.at("rows").toFloat().at(11), 5.5f);
    QVERIFY((tensors.at("turned").shape() == Shape{ 4, 3 }));
    QCOMPARE(
        floats(tensors.at("turned")), (std::vector<float>{ 0, 2, 4, 0.5, 2.5, 4.5, 1, 3, 5, 1.5, 3.5, 5.5 }));
    QCOMPARE(floats(tensors.at("part")), (std::vector<float>{ 2.5, 3, 4.5, 5 }));
    QCOMPARE(floats(tensors.at("parameter")), (std::vector<float>{ 5, 5.5 }));
    QCOMPARE(tensors.at("typed").shape().rank(), 0);
    QCOMPARE(floats(tensors.at("typed")), (std::vector<float>{ 7 }));
    QCOMPARE(int(tensors.at("half").dtype()), int(DType::F16));
    QCOMPARE(floats(tensors.at("half")), (std::vector<float>{ 1.5, -2 }));
    QCOMPARE(int(tensors.at("bfloat").dtype()), int(DType::BF16));
    QCOMPARE(floats(tensors.at("bfloat")), (std::vector<float>{ 1.5, -2 }));
    QCOMPARE(floats(tensors.at("double")), (std::vector<float>{ 0.1f }));
    QCOMPARE(tensors.at("long").integers(), (std::vector<std::int64_t>{ -5, std::int64_t(1) << 40 }));
    QCOMPARE(tensors.at("int").integers().front(), std::int64_t(-6));
    QCOMPARE(tensors.at("short").integers().front(), std::int64_t(-7));
    QCOMPARE(tensors.at("char").integers().front(), std::int64_t(-8));
    QCOMPARE(tensors.at("byte").integers().front(), std::int64_t(250));
    QCOMPARE(tensors.at("bool").integers(), (std::vector<std::int64_t>{ 1, 0 }));
    QVERIFY((tensors.at("none").shape() == Shape{ 0, 3 }));
}

void TestTorchFile::rowMajorTensorsAreViews()
{
    const auto tensors = readTorchFile(given("zip.bin"));
    QVERIFY(tensors);
    const Tensor &rows = tensors->at("rows"), &part = tensors->at("parameter"), &half = tensors->at("half");
    QCOMPARE(part.data(), rows.data() + 40); // one storage, not two copies
    QCOMPARE(half.owner(), rows.owner()); // the mapping
}

void TestTorchFile::refuses_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* file, ErrorKind kind, const char* words) {
        QTest::newRow(file) << QByteArray(file) << int(kind) << words;
    };
    row("attack_system.bin", ErrorKind::Unsupported, "asks for posix.system");
    row("attack_system_old.bin", ErrorKind::Unsupported, "asks for posix.system");
    row("attack_eval.bin", ErrorKind::Unsupported, "asks for builtins.eval");
    row("compressed.bin", ErrorKind::Unsupported, "compressed");
    row("big_endian.bin", ErrorKind::Unsupported, "big-endian");
    row("no_tensors.bin", ErrorKind::BadFile, "no state dict");
    row("lie_beyond.bin", ErrorKind::BadFile, "beyond the 2 numbers");
    row("lie_stride.bin", ErrorKind::BadFile, "beyond the 2 numbers");
    row("lie_offset.bin", ErrorKind::BadFile, "beyond the 2 numbers");
    row("lie_repeated.bin", ErrorKind::BadFile, "beyond the 2 numbers");
    row("lie_overflow.bin", ErrorKind::BadFile, "beyond the 2 numbers");
    row("lie_negative.bin", ErrorKind::BadFile, "no list of sizes");
    row("lie_axes.bin", ErrorKind::BadFile, "6 axes");
    row("lie_strides.bin", ErrorKind::BadFile, "1 axes and 2 strides");
    row("lie_numel.bin", ErrorKind::BadFile, "8 bytes for it");
    row("lie_short_storage.bin", ErrorKind::BadFile, "3 numbers of type float32, the file has 8 bytes");
}

void TestTorchFile::refuses()
{
    QFETCH(QByteArray, file);
    QFETCH(int, kind);
    QFETCH(QString, words);
    const auto read = readTorchFile(given(file));
    QVERIFY(!read);
    QVERIFY2(
        read.error().message.find(words.toStdString()) != std::string::npos, read.error().message.c_str());
    QVERIFY2(
        read.error().message.find(file.toStdString()) != std::string::npos, read.error().message.c_str());
    QCOMPARE(int(read.error().kind), kind);
    QVERIFY(!std::filesystem::exists("/tmp/headlight-was-here"));
}

void TestTorchFile::everyTruncationIsRefused_data()
{
    QTest::addColumn<QByteArray>("file");
    for (const char* name : { "zip.bin", "zip64.bin", "old.bin" })
        QTest::newRow(name) << QByteArray(name);
}

void TestTorchFile::everyTruncationIsRefused()
{
    QFETCH(QByteArray, file);
    const std::string whole = test::readBytes(given(file));
    const auto path = m_folder / "cut.bin";
    test::writeBytes(path, whole);
    for (std::size_t size = whole.size(); size-- > 0;) {
        std::filesystem::resize_file(path, size);
        const auto read = readTorchFile(path);
        QVERIFY2(!read, qPrintable(QString::number(size)));
        QVERIFY2(read.error().message.find("cut.bin") != std::string::npos, read.error().message.c_str());
    }
}

void TestTorchFile::damagedFilesAreNoDanger_data()
{
    everyTruncationIsRefused_data();
}

void TestTorchFile::damagedFilesAreNoDanger()
{
    QFETCH(QByteArray, file);
    const std::string whole = test::readBytes(given(file));
    const auto path = m_folder / "damaged.bin";
    std::mt19937 random(7);
    for (int round = 0; round < 500; ++round) {
        std::string bytes = whole;
        for (std::uint32_t i = 0; i <= random() % 4; ++i)
            bytes[random() % bytes.size()] =
                round % 2 == 0 ? char(random()) : char("\xff\x00\x7f\x80(.Rrj"[random() % 9]);
        test::writeBytes(path, bytes);
        if (const auto read = readTorchFile(path))
            for (const auto& [name, tensor] : *read)
                floats(tensor); // every byte of it can be read
        else
            QVERIFY(!read.error().message.empty());
    }
}

void TestTorchFile::picklesBecomeTrees()
{
    // By hand, after pickletools: {"a": (1, -2, 70000, 2.5, None, True), "b": [posix.system(), "x"]}
    const std::string bytes =
        "\x80\x02}q\x00(U\x01"
        "a(K\x01J\xfe\xff\xff\xffJ\x70\x11\x01\x00G@\x04\x00\x00\x00\x00\x00\x00N\x88tX\x01\x00\x00\x00"
        "b](cposix\nsystem\n)RU\x01xeu."s;
    const std::string longer = bytes + "more";
    const auto read = pickle(longer, anything);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->size, bytes.size());
    const auto& items = read->root->items;
    QCOMPARE(items.size(), std::size_t(4));
    QVERIFY(items[0]->text == "a" && items[2]->text == "b");
    const auto& tuple = items[1]->items;
    QCOMPARE(tuple.size(), std::size_t(6));
    QVERIFY(tuple[0]->integer == 1 && tuple[1]->integer == -2 && tuple[2]->integer == 70000
        && tuple[3]->real == 2.5);
    QVERIFY(tuple[4]->kind == PickleNode::Kind::None && tuple[5]->kind == PickleNode::Kind::Bool);
    const PickleNode* call = items[3]->items[0];
    QVERIFY(call->kind == PickleNode::Kind::Call && call->items[0]->module == "posix"
        && call->items[0]->text == "system");
}

void TestTorchFile::refusesPickles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& bytes, const char* words) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << words;
    };
    row("nothing", "", "ends too early");
    row("no value", ".", "takes more than it made");
    row("taken across a mark", "N(.", "takes more than it made");
    row("no mark", "Nt.", "takes more than it made");
    row("recalls nothing", "h\x05.", "never kept");
    row("fills a number", "K\x01(NNu.", "no container");
    row("half a pair", "}(Nu.", "no container");
    row("attributes of a number", "K\x01}b.", "what has none");
    row("calls a number", "K\x01)R.", "no function");
    row("call with no tuple", "cos\nsystem\n]R.", "asks for os.system");
    row("name that is no text", "K\x01K\x02\x93.", "no text");
    row("new object", "cos\nsystem\n)\x81.", "asks for os.system");
    row("extension registry", "\x82\x01.", "0x82");
    row("instance of protocol 0", "(ios\nsystem\n.", "0x69");
    row("unknown instruction", "\xff.", "0xff");
    row("name without an end", "cos", "ends too early");
    row("text without an end", "X\xff\xff\xff\xffx.", "ends too early");
}

void TestTorchFile::refusesPickles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    const auto read = pickle(bytes.toStdString(), nothing);
    QVERIFY(!read);
    QVERIFY2(
        read.error().message.find(words.toStdString()) != std::string::npos, read.error().message.c_str());
}

void TestTorchFile::hugePromisesTakeNoMemory()
{
    QVERIFY(!pickle(std::string(8 << 20, '('), nothing));
    QVERIFY(!pickle(std::string(8 << 20, 'N'), nothing));
    std::string doubling = "]q" + std::string(1, '\0'); // a list that swallows itself, over and over
    for (int i = 0; i < (1 << 20); ++i)
        doubling += "(h"s + '\0' + "h"s + '\0' + "e"s;
    const auto read = pickle(doubling + '.', nothing);
    QVERIFY2(read, read ? "" : read.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestTorchFile)
#include "tst_torch_file.moc"
