// safetensors against bytes written by hand as the format is published (github.com/huggingface/safetensors, "Format"):
// 8 bytes little-endian header length, a JSON header, then the data without holes. And everything that can be a lie.

#include "core/io/parameter_store.h"
#include "tests/support/files.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;
using namespace std::string_literals;

class TestSafetensors : public test::TestCase {
    Q_OBJECT
private slots:
    void readsBytesWrittenByHand();
    void writesTheBytesOfTheFormat();
    void roundTripsEveryType();
    void tensorsKeepTheFileAlive();
    void everyTruncationIsRefused();
    void refusesHostileHeaders_data();
    void refusesHostileHeaders();
    void refusesWhatIsNoSafetensors_data();
    void refusesWhatIsNoSafetensors();
    void emptyTensorsLieAnywhere();
    void unalignedDataIsRead();
    void textThatIsNoUtf8IsWritten();
    void storesParametersByName();

private:
    test::ScratchFolder m_folder;
};

namespace {

std::string length(std::uint64_t bytes)
{
    std::string text;
    for (int i = 0; i < 8; ++i)
        text += char(bytes >> (8 * i) & 0xff);
    return text;
}

std::string file(const std::string& header, const std::string& data)
{
    return length(header.size()) + header + data;
}

/// "first" [2] F32 = 1, -2; "second" [1,3] I16 = 1, -1, 256.
const std::string header = R"({"first":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                           R"("second":{"dtype":"I16","shape":[1,3],"data_offsets":[8,14]},"__metadata__":{"format":"pt"}})";
const std::string data = "\x00\x00\x80\x3f\x00\x00\x00\xc0\x01\x00\xff\xff\x00\x01"s;

} // namespace

void TestSafetensors::readsBytesWrittenByHand()
{
    test::writeBytes(m_folder / "hand.safetensors", file(header, data));
    const auto opened = SafetensorsFile::open(m_folder / "hand.safetensors");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(opened->tensors().size(), std::size_t(2));
    const Tensor first = opened->tensors().at("first").toFloat();
    QVERIFY((first.shape() == Shape { 2 }));
    QCOMPARE(first.at(0), 1.0f);
    QCOMPARE(first.at(1), -2.0f);
    const Tensor second = opened->tensors().at("second");
    QVERIFY((second.shape() == Shape { 1, 3 }));
    QCOMPARE(second.integers(), (std::vector<std::int64_t> { 1, -1, 256 }));
    QCOMPARE(opened->metadata(), (std::map<std::string, std::string> { { "format", "pt" } }));
}

void TestSafetensors::writesTheBytesOfTheFormat()
{
    const auto path = m_folder / "written.safetensors";
    QVERIFY(writeSafetensors(path, { { "b", Tensor::fromVector({ 1 }, { 1.0f }) }, { "a", Tensor::fromIntegers({ 1 }, { 258 }) } }, {}));
    const std::string expected = R"({"a":{"data_offsets":[0,8],"dtype":"I64","shape":[1]},"b":{"data_offsets":[8,12],"dtype":"F32","shape":[1]}})";
    const std::string bytes = test::readBytes(path);
    const std::size_t padded = (expected.size() + 7) / 8 * 8; // data begins at a multiple of 8
    QCOMPARE(bytes.substr(0, 8), length(padded));
    QCOMPARE(bytes.substr(8, padded), expected + std::string(padded - expected.size(), ' '));
    QCOMPARE(bytes.substr(8 + padded), "\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x80\x3f"s);
}

void TestSafetensors::roundTripsEveryType()
{
    std::map<std::string, Tensor> tensors { { "scalar", Tensor::filled({}, 3.5f) }, { "none", Tensor::zeros({ 0, 7 }) } };
    for (int type = 0; type <= int(DType::Bool); ++type) {
        std::vector<std::byte> bytes(6 * byteSize(DType(type)));
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::byte(i * 37 + std::size_t(type));
        tensors.emplace(name(DType(type)), Tensor::fromBytes({ 3, 1, 2 }, DType(type), std::move(bytes)));
    }
    const std::map<std::string, std::string> metadata { { "model", "naïve \"quoted\"\n" }, { "empty", "" } };
    const auto path = m_folder / "all.safetensors";
    QVERIFY(writeSafetensors(path, tensors, metadata));
    const auto opened = SafetensorsFile::open(path);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(opened->metadata(), metadata);
    QCOMPARE(opened->tensors().size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
        const Tensor& read = opened->tensors().at(name);
        QVERIFY(read.dtype() == tensor.dtype() && read.shape() == tensor.shape());
        QVERIFY(std::equal(read.data(), read.data() + read.bytes(), tensor.data()));
    }
}

void TestSafetensors::tensorsKeepTheFileAlive()
{
    test::writeBytes(m_folder / "short-lived.safetensors", file(header, data));
    Tensor kept;
    {
        const auto opened = SafetensorsFile::open(m_folder / "short-lived.safetensors");
        kept = opened->tensors().at("first");
        std::filesystem::remove(m_folder / "short-lived.safetensors");
    }
    QCOMPARE(kept.toFloat().at(1), -2.0f);
}

void TestSafetensors::everyTruncationIsRefused()
{
    const std::string whole = file(header, data);
    const auto path = m_folder / "cut.safetensors";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        test::writeBytes(path, whole.substr(0, size));
        const auto opened = SafetensorsFile::open(path);
        QVERIFY2(!opened, qPrintable(QString::number(size)));
        QCOMPARE(int(opened.error().kind), int(ErrorKind::BadFile));
        QVERIFY2(opened.error().message.find("cut.safetensors") != std::string::npos, opened.error().message.c_str());
    }
    test::writeBytes(path, whole);
    QVERIFY(SafetensorsFile::open(path));
}

void TestSafetensors::refusesHostileHeaders_data()
{
    QTest::addColumn<QByteArray>("entry");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const QByteArray& entry, const char* words) { QTest::newRow(name) << entry << words; };
    row("type nobody knows", R"({"dtype":"Q9","shape":[4],"data_offsets":[0,16]})", "Q9");
    row("no type", R"({"shape":[4],"data_offsets":[0,16]})", "dtype");
    row("type is a number", R"({"dtype":4,"shape":[4],"data_offsets":[0,16]})", "dtype");
    row("no shape", R"({"dtype":"F32","data_offsets":[0,16]})", "shape");
    row("shape is null", R"({"dtype":"F32","shape":null,"data_offsets":[0,16]})", "shape");
    row("shape is no list", R"({"dtype":"F32","shape":4,"data_offsets":[0,16]})", "shape");
    row("shape of halves", R"({"dtype":"F32","shape":[1.5,4],"data_offsets":[0,16]})", "shape");
    row("negative extent", R"({"dtype":"F32","shape":[-4],"data_offsets":[0,16]})", "negative");
    row("two negative extents", R"({"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]})", "negative");
    row("extent beyond 64 bits", R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,16]})", "shape");
    row("product overflows to 16", R"({"dtype":"F32","shape":[4611686018427387908],"data_offsets":[0,16]})", "larger than any file");
    row("product overflows to zero", R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})", "larger than any file");
    row("six axes", R"({"dtype":"F32","shape":[1,1,1,1,1,4],"data_offsets":[0,16]})", "6 axes");
    row("offsets of another size", R"({"dtype":"F32","shape":[3],"data_offsets":[0,16]})", "12 bytes");
    row("offsets backwards", R"({"dtype":"F32","shape":[4],"data_offsets":[16,0]})", "offsets");
    row("negative offset", R"({"dtype":"F32","shape":[4],"data_offsets":[-16,0]})", "data_offsets");
    row("offsets around the end of 64 bits", R"({"dtype":"F32","shape":[4],"data_offsets":[18446744073709551608,8]})", "offsets");
    row("one offset", R"({"dtype":"F32","shape":[4],"data_offsets":[0]})", "offsets");
    row("three offsets", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16,16]})", "offsets");
    row("beyond the end", R"({"dtype":"F32","shape":[4],"data_offsets":[4,20]})", "incomplete download");
    row("far beyond the end", R"({"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]})", "incomplete download");
    row("a hole in front", R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})", "belong to no tensor");
    row("bytes left over", R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", "the file holds 16");
    row("entry is a number", "7", "dtype");
    row("entry is null", "null", "dtype");
    row("overlap", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"y":{"dtype":"F32","shape":[1],"data_offsets":[12,16]})", "overlap");
    row("same place", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"y":{"dtype":"F32","shape":[4],"data_offsets":[0,16]})", "overlap");
    row("name twice", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]})", "twice");
    row("metadata is a list", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"__metadata__":[1])", "__metadata__");
    row("metadata is no text", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]},"__metadata__":{"a":1})", "__metadata__");
}

void TestSafetensors::refusesHostileHeaders()
{
    QFETCH(QByteArray, entry);
    QFETCH(QString, words);
    test::writeBytes(m_folder / "hostile.safetensors", file("{\"x\":" + entry.toStdString() + '}', std::string(16, '\0')));
    const auto opened = SafetensorsFile::open(m_folder / "hostile.safetensors");
    QVERIFY(!opened);
    const QString message = QString::fromStdString(opened.error().message);
    QVERIFY2(message.contains(words), qPrintable(message));
    QVERIFY2(message.contains("hostile.safetensors") && (message.endsWith('.') || message.endsWith('?')), qPrintable(message));
}

void TestSafetensors::refusesWhatIsNoSafetensors_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const std::string& content, const char* words, const QByteArray& more = {}) {
        QTest::newRow(name) << QByteArray::fromStdString(content) + more << words;
    };
    row("empty", "", "0 bytes long");
    row("Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 267832558\n", "Git LFS pointer");
    row("web page", "<!DOCTYPE html><html><body>404 Not Found</body></html>", "not a safetensors");
    row("zip", "PK\x03\x04", "The header of", QByteArray(100'000'000, '\0'));
    row("header length of zero", length(0), "The header of");
    row("header length one too long", length(3) + "{}", "the header says it is 3 bytes");
    row("header length of 2 to the 63", length(std::uint64_t(1) << 63) + "{}", "cut short");
    row("header length of all ones", length(~std::uint64_t(0)) + "{}", "cut short");
    row("header is a list", file("[]", ""), "not a JSON object");
    row("header is text", file("\"x\"", ""), "not a JSON object");
    row("header is cut", file("{\"x\":", ""), "not valid JSON");
    row("header of zeros", file(std::string(64, '\0'), ""), "not valid JSON");
    row("header of brackets", file(std::string(1'000'000, '['), ""), "levels deep");
    row("data without tensors", file("{}", "data"), "the file holds 4");
}

void TestSafetensors::refusesWhatIsNoSafetensors()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, words);
    test::writeBytes(m_folder / "other.safetensors", content.toStdString());
    const auto opened = SafetensorsFile::open(m_folder / "other.safetensors");
    QVERIFY(!opened);
    QCOMPARE(int(opened.error().kind), int(ErrorKind::BadFile));
    QVERIFY2(QString::fromStdString(opened.error().message).contains(words), opened.error().message.c_str());
    QVERIFY(!SafetensorsFile::open(m_folder.path()));
    QCOMPARE(int(SafetensorsFile::open(m_folder / "none").error().kind), int(ErrorKind::NotFound));
}

void TestSafetensors::emptyTensorsLieAnywhere()
{
    // Names sort the empty ones before, between and after; each starts where another does.
    const std::string header = R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                               R"("c":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"d":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}})";
    test::writeBytes(m_folder / "empties.safetensors", file(header, std::string(9, '\1')));
    const auto opened = SafetensorsFile::open(m_folder / "empties.safetensors");
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QVERIFY(!opened->tensors().at("a").empty());
    QVERIFY(opened->tensors().at("c").toFloat().floats().empty());
    test::writeBytes(m_folder / "nothing.safetensors", file("{}", ""));
    QVERIFY(SafetensorsFile::open(m_folder / "nothing.safetensors"));
}

void TestSafetensors::unalignedDataIsRead()
{
    for (std::size_t padding = 0; padding < 4; ++padding) {
        test::writeBytes(m_folder / "shifted.safetensors", file(header + std::string(padding, ' '), data));
        const auto opened = SafetensorsFile::open(m_folder / "shifted.safetensors");
        QVERIFY(opened);
        QCOMPARE(opened->tensors().at("first").toFloat().at(1), -2.0f);
        QCOMPARE(opened->tensors().at("second").integers().back(), std::int64_t(256));
    }
}

void TestSafetensors::textThatIsNoUtf8IsWritten()
{
    const auto path = m_folder / "latin.safetensors";
    QVERIFY(writeSafetensors(path, { { "x", Tensor::zeros({ 1 }) } }, { { "model", "caf\xe9" } }));
    const auto opened = SafetensorsFile::open(path);
    QVERIFY(opened);
    QCOMPARE(opened->metadata().at("model"), std::string("caf\xef\xbf\xbd")); // U+FFFD
}

void TestSafetensors::storesParametersByName()
{
    const test::ScratchFolder folder;
    const auto none = ParameterStore::open(folder.path());
    QVERIFY(!none);
    QVERIFY(none.error().message.find("model.safetensors") != std::string::npos);
    const Tensor large = test::randomTensor({ 10, 10 }, 1).converted(DType::F16);
    QVERIFY(writeSafetensors(folder / "model.safetensors", { { "large", large }, { "small", Tensor::zeros({ 3 }) } }, {}));
    const auto store = ParameterStore::open(folder.path());
    QVERIFY(store);
    QVERIFY(store->find("small") != nullptr && store->find("smal") == nullptr);
    QCOMPARE(int(store->dominantType()), int(DType::F16));
    QCOMPARE(int(ParameterStore({}).dominantType()), int(DType::F32));
}

HEADLIGHT_TEST_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
