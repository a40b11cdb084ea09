// GGUF against files written after ggml's docs/gguf.md by tests/golden/gguf/make.py (llama.cpp loads the
// models among them), and against headers that lie. Damaged files are refused or read, never worse.

#include "core/io/gguf.h"
#include "core/io/parameter_store.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;
using namespace std::string_literals;

class TestGguf : public test::TestCase {
    Q_OBJECT
private slots:
    void readsEveryKindOfValue_data();
    void readsEveryKindOfValue();
    void readsTensors();
    void readsQuantisedTensors();
    void tensorsKeepTheFileAlive();
    void everyTruncationIsRefused();
    void refusesHostileHeaders_data();
    void refusesHostileHeaders();
    void damagedFilesAreNoDanger();
    void tellsItsFiles();

private:
    test::ScratchFolder m_folder;
};

namespace {

std::filesystem::path given(const char* name)
{
    return test::sourcePath("tests/golden/gguf/").toStdString() + name;
}

template <typename T> std::string bytesOf(T number)
{
    return { reinterpret_cast<const char*>(&number), sizeof number };
}

std::string text(const std::string& content)
{
    return bytesOf(std::uint64_t(content.size())) + content;
}

/// A header of version 3.
std::string header(std::uint64_t tensors, std::uint64_t values, const std::string& rest)
{
    return "GGUF"s + bytesOf(std::uint32_t(3)) + bytesOf(tensors) + bytesOf(values) + rest;
}

struct Place {
    std::string name = "t";
    std::vector<std::uint64_t> extents{ 8 };
    std::uint32_t type = 0;
    std::uint64_t offset = 0;
};

std::string place(const Place& p)
{
    std::string bytes = text(p.name) + bytesOf(std::uint32_t(p.extents.size()));
    for (const std::uint64_t extent : p.extents)
        bytes += bytesOf(extent);
    return bytes + bytesOf(p.type) + bytesOf(p.offset);
}

/// A whole file: header, padding, `data` bytes of zeros.
std::string file(std::uint64_t tensors, const std::string& places, std::size_t data)
{
    std::string bytes = header(tensors, 0, places);
    bytes.append((32 - bytes.size() % 32) % 32 + data, '\0');
    return bytes;
}

constexpr std::uint32_t u8 = 0, u32 = 4, textType = 8, listType = 9;

} // namespace

void TestGguf::readsEveryKindOfValue_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::newRow("version 3") << QByteArray("kinds.gguf");
    QTest::newRow("version 2") << QByteArray("version2.gguf");
}

void TestGguf::readsEveryKindOfValue()
{
    QFETCH(QByteArray, file);
    const auto opened = GgufFile::open(given(file));
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto number = [&](const char* key) {
        const auto* found = opened->find<std::int64_t>(key);
        return found == nullptr ? std::int64_t(-1) : *found;
    };
    QCOMPARE(*opened->find<std::string_view>("general.architecture"), std::string_view("test"));
    QCOMPARE(number("u8"), std::int64_t(200));
    QCOMPARE(number("i8"), std::int64_t(-100));
    QCOMPARE(number("u16"), std::int64_t(60000));
    QCOMPARE(number("i16"), std::int64_t(-30000));
    QCOMPARE(number("u32"), std::int64_t(4000000000));
    QCOMPARE(number("i32"), std::int64_t(-2000000000));
    QCOMPARE(number("u64"), std::int64_t(1) << 40);
    QCOMPARE(number("i64"), -(std::int64_t(1) << 40));
    QCOMPARE(*opened->find<double>("f32"), 0.5);
    QCOMPARE(*opened->find<double>("f64"), 0.1);
    QCOMPARE(*opened->find<bool>("bool"), true);
    QCOMPARE(*opened->find<std::string_view>("text"), std::string_view("na\u00efve"));
    QVERIFY((*opened->find<std::vector<std::string_view>>("texts")
        == std::vector<std::string_view>{ "a", "", "bc" }));
    QCOMPARE(*opened->find<std::vector<std::int64_t>>("numbers"), (std::vector<std::int64_t>{ 1, 2, 3 }));
    QCOMPARE(*opened->find<std::vector<std::int64_t>>("flags"), (std::vector<std::int64_t>{ 1, 0 }));
    QCOMPARE(*opened->find<std::vector<double>>("reals"), (std::vector<double>{ 0.25, -1.5 }));
    QVERIFY(opened->find<std::vector<std::int64_t>>("nothing")->empty());
    QVERIFY(opened->find<std::int64_t>("text") == nullptr && opened->find<double>("absent") == nullptr);
}

void TestGguf::readsTensors()
{
    const auto opened = GgufFile::open(given("kinds.gguf"));
    QVERIFY(opened);
    const auto& tensors = opened->tensors();
    QCOMPARE(tensors.size(), std::size_t(8));
    QVERIFY((tensors.at("f32").shape() == Shape{ 2, 3 }));
    QCOMPARE(tensors.at("f32").toFloat().at(5), 6.0f);
    QCOMPARE(tensors.at("f16").toFloat().at(1), -2.0f);
    QCOMPARE(tensors.at("bf16").toFloat().at(0), 1.5f);
    QCOMPARE(tensors.at("f64").toFloat().at(0), 0.1f);
    QCOMPARE(tensors.at("i8").integers(), (std::vector<std::int64_t>{ -1, 2 }));
    QCOMPARE(tensors.at("i16").integers().front(), std::int64_t(-300));
    QCOMPARE(tensors.at("i32").integers().front(), std::int64_t(-70000));
    QCOMPARE(tensors.at("i64").integers().front(), -(std::int64_t(1) << 40));
}

void TestGguf::readsQuantisedTensors()
{
    const std::pair<std::uint32_t, DType> types[]{ { 2, DType::Q4_0 }, { 3, DType::Q4_1 }, { 6, DType::Q5_0 },
        { 7, DType::Q5_1 }, { 8, DType::Q8_0 }, { 12, DType::Q4_K }, { 13, DType::Q5_K },
        { 14, DType::Q6_K } };
    for (const auto& [number, type] : types) {
        const auto path = m_folder / "quantised.gguf";
        const std::size_t bytes = storedBytes(type, 512 * 3);
        test::writeBytes(path, file(1, place({ "t", { 512, 3 }, number }), bytes));
        const auto opened = GgufFile::open(path);
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        QCOMPARE(int(opened->tensors().at("t").dtype()), int(type));
        QVERIFY((opened->tensors().at("t").shape() == Shape{ 3, 512 }));
        test::writeBytes(path, file(1, place({ "t", { 512, 3 }, number }), bytes - 1));
        QVERIFY(!GgufFile::open(path));
    }
}

void TestGguf::tensorsKeepTheFileAlive()
{
    Tensor kept;
    {
        const auto opened = GgufFile::open(given("kinds.gguf"));
        kept = opened->tensors().at("f32");
    }
    QCOMPARE(kept.toFloat().at(0), 1.0f);
}

void TestGguf::everyTruncationIsRefused()
{
    const std::string whole = test::readBytes(given("kinds.gguf"));
    const auto path = m_folder / "cut.gguf";
    constexpr std::size_t padding = 56; // behind the last number
    test::writeBytes(path, whole);
    for (std::size_t size = whole.size() - padding; size-- > 0;) {
        std::filesystem::resize_file(path, size);
        const auto opened = GgufFile::open(path);
        QVERIFY2(!opened, qPrintable(QString::number(size)));
        QVERIFY2(
            opened.error().message.find("cut.gguf") != std::string::npos, opened.error().message.c_str());
    }
}

void TestGguf::refusesHostileHeaders_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& bytes, const char* words) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << words;
    };
    const std::uint64_t huge = std::uint64_t(1) << 62;
    const auto value = [](std::uint32_t type, const std::string& content) {
        return header(0, 1, text("key") + bytesOf(type) + content);
    };
    const auto list = [&](std::uint32_t type, std::uint64_t count, const std::string& content) {
        return value(listType, bytesOf(type) + bytesOf(count) + content);
    };
    row("no GGUF", "GGML" + std::string(60, '\0'), "no GGUF file");
    row("version 1", "GGUF" + bytesOf(std::uint32_t(1)) + std::string(60, '\0'), "version 1");
    row("version 4", "GGUF" + bytesOf(std::uint32_t(4)) + std::string(60, '\0'), "version 4");
    row("big endian", "GGUF"s + '\0' + '\0' + '\0' + '\3' + std::string(60, '\0'), "big-endian");
    row("more values than bytes", header(0, huge, ""), "ends within its metadata");
    row("more tensors than bytes", header(huge, 0, ""), "ends within its list of tensors");
    row("endless key", header(0, 1, bytesOf(huge)), "ends within its metadata");
    row("endless text", value(textType, bytesOf(~std::uint64_t(0))), "ends within its value of \"key\"");
    row("kind 13", value(13, "x"), "kind 13");
    row("list of kind 99", list(99, 1, "x"), "kind 99");
    row("list of lists", list(listType, 1, bytesOf(listType) + bytesOf(huge)), "list of lists");
    row("endless list of numbers", list(u32, huge, ""), "more than any model needs");
    row("endless list of bytes", list(u8, 1 << 24, ""), "ends within its value");
    row("endless list of texts", list(textType, 1 << 24, ""), "ends within its value");
    row("key twice", header(0, 2, text("key") + bytesOf(u8) + "x" + text("key") + bytesOf(u8) + "y"),
        "\"key\" twice");
    row("alignment 0", header(0, 1, text("general.alignment") + bytesOf(u32) + bytesOf(u32 * 0)),
        "power of two");
    row("alignment 3", header(0, 1, text("general.alignment") + bytesOf(u32) + bytesOf(std::uint32_t(3))),
        "power of two");
    row("one of three files", header(0, 1, text("split.count") + bytesOf(u32) + bytesOf(std::uint32_t(3))),
        "one of 3 parts");
    row("type q2_K", file(1, place({ "t", { 256 }, 10 }), 256), "q2_K");
    row("type nobody knows", file(1, place({ "t", { 8 }, 999 }), 256), "number 999");
    row("nine axes", file(1, place({ "t", { 1, 1, 1, 1, 1, 1, 1, 1, 1 } }), 256), "9 axes");
    row("endless axes", file(1, text("t") + bytesOf(~std::uint32_t(0)), 256), "4294967295 axes");
    row("half a block", file(1, place({ "t", { 48 }, 8 }), 256), "no whole blocks of 32");
    row("block of no axis", file(1, place({ "t", {}, 8 }), 256), "larger than the file");
    row("negative extent", file(1, place({ "t", { ~std::uint64_t(0) } }), 256), "larger than the file");
    row("extents overflow to zero",
        file(1, place({ "t", { std::uint64_t(1) << 32, std::uint64_t(1) << 32 } }), 256),
        "larger than the file");
    row("extents overflow to 32", file(1, place({ "t", { (std::uint64_t(1) << 62) + 8 } }), 256),
        "larger than the file");
    row("offset beyond the file", file(1, place({ "t", { 8 }, 0, huge }), 256), "an incomplete download");
    row("offset overflows", file(1, place({ "t", { 8 }, 0, ~std::uint64_t(0) - 15 }), 256),
        "an incomplete download");
    row("ends behind the file", file(1, place({ "t", { 8 }, 0, 228 }), 256), "an incomplete download");
    row("overlap", file(2, place({ "a", { 8 } }) + place({ "b", { 8 }, 0, 16 }), 256),
        "\"a\" and \"b\" overlap");
    row("name twice", file(2, place({ "a", { 8 } }) + place({ "a", { 8 }, 0, 32 }), 256),
        "tensor \"a\" twice");
}

void TestGguf::refusesHostileHeaders()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    const auto path = m_folder / "hostile.gguf";
    test::writeBytes(path, bytes.toStdString());
    const auto opened = GgufFile::open(path);
    QVERIFY(!opened);
    QVERIFY2(opened.error().message.find(words.toStdString()) != std::string::npos,
        opened.error().message.c_str());
    QVERIFY2(
        opened.error().message.find("hostile.gguf") != std::string::npos, opened.error().message.c_str());
}

void TestGguf::damagedFilesAreNoDanger()
{
    const std::string whole = test::readBytes(given("kinds.gguf"));
    const auto path = m_folder / "damaged.gguf";
    std::mt19937 random(11);
    for (int round = 0; round < 800; ++round) {
        std::string bytes = whole;
        for (std::uint32_t i = 0; i <= random() % 3; ++i)
            bytes[random() % bytes.size()] =
                round % 2 == 0 ? char(random()) : char("\xff\x00\x01\x7f\x80\x09\x08"[random() % 7]);
        test::writeBytes(path, bytes);
        if (const auto opened = GgufFile::open(path))
            for (const auto& [name, tensor] : opened->tensors())
                tensor.toFloat(); // every byte of it can be read
        else
            QVERIFY(!opened.error().message.empty());
    }
}

void TestGguf::tellsItsFiles()
{
    QVERIFY(GgufFile::isGguf(given("kinds.gguf")));
    QVERIFY(!GgufFile::isGguf(given("make.py")) && !GgufFile::isGguf(given(""))
        && !GgufFile::isGguf(given("absent.gguf")));
    const auto store = ParameterStore::open(given("llama_gqa.gguf"));
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QVERIFY(store->find("blk.0.attn_q.weight") != nullptr);
}

HEADLIGHT_TEST_MAIN(TestGguf)
#include "tst_gguf.moc"
