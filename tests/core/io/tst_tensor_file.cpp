// Tensors for other programs: npz byte by byte against what NumPy 1.24.2 writes and the zip format says (APPNOTE.TXT
// 4.3), JSON against the numbers themselves.

#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/io/tensor_file.h"
#include "tests/support/files.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;
using namespace std::string_literals;

Q_DECLARE_METATYPE(headlight::Tensor)

class TestTensorFile : public test::TestCase {
    Q_OBJECT
private slots:
    void membersAreAsNumpyWritesThem_data();
    void membersAreAsNumpyWritesThem();
    void longShapesStayAligned();
    void equalTensorsGiveEqualArchives();
    void jsonHoldsTheNumbers();
    void theEndingSaysTheFormat();
    void anOlderFileSurvives_data();
    void anOlderFileSurvives();

private:
    test::ScratchFolder m_folder;
};

namespace {

std::uint32_t little(const std::string& bytes, std::size_t at, int count)
{
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i)
        value |= std::uint32_t(std::uint8_t(bytes.at(at + std::size_t(i)))) << (8 * i);
    return value;
}

/// CRC-32 of ISO 3309, bit by bit.
std::uint32_t crc(const std::string& bytes)
{
    std::uint32_t value = ~0u;
    for (const char c : bytes) {
        value ^= std::uint8_t(c);
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0u);
    }
    return ~value;
}

/// Name → content of an archive of stored members, found through its central directory.
std::map<std::string, std::string> members(const std::string& zip)
{
    std::map<std::string, std::string> found;
    const std::size_t end = zip.rfind("PK\5\6");
    if (end == std::string::npos)
        return found;
    std::size_t at = little(zip, end + 16, 4);
    for (std::uint32_t i = 0; i < little(zip, end + 10, 2); ++i) {
        if (zip.substr(at, 4) != "PK\1\2" || little(zip, at + 10, 2) != 0) // 0: stored
            return {};
        const std::uint32_t size = little(zip, at + 24, 4), nameSize = little(zip, at + 28, 2);
        const std::size_t local = little(zip, at + 42, 4);
        const std::string name = zip.substr(at + 46, nameSize);
        const std::size_t begin = local + 30 + little(zip, local + 26, 2) + little(zip, local + 28, 2);
        const std::string content = zip.substr(begin, size);
        if (zip.substr(local, 4) != "PK\3\4" || little(zip, at + 20, 4) != size || crc(content) != little(zip, at + 16, 4))
            return {};
        found[name] = content;
        at += 46 + nameSize + little(zip, at + 30, 2) + little(zip, at + 32, 2);
    }
    return found;
}

Tensor stored(const Shape& shape, DType type, const std::string& bytes)
{
    std::vector<std::byte> copy(bytes.size());
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    return Tensor::fromBytes(shape, type, std::move(copy));
}

} // namespace

void TestTensorFile::membersAreAsNumpyWritesThem_data()
{
    // numpy.lib.format.write_array(f, array, version=(1, 0)) of the arrays named in each row
    QTest::addColumn<Tensor>("tensor");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("data");
    const auto row = [](const char* array, const Tensor& tensor, const char* header, const char* hex) {
        QTest::newRow(array) << tensor << QByteArray(header) << QByteArray::fromHex(hex);
    };
    row("arange(6, '<f4').reshape(2, 3) - 2.5", Tensor::fromVector({ 2, 3 }, { -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f }),
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "000020c00000c0bf000000bf0000003f0000c03f00002040");
    row("array([1, -2, 3], '<i8')", Tensor::fromIntegers({ 3 }, { 1, -2, 3 }), "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }",
        "0100000000000000feffffffffffffff0300000000000000");
    row("array(1.5, '<f8')", stored({}, DType::F64, "\0\0\0\0\0\0\xf8\x3f"s), "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "000000000000f83f");
    row("array([[True], [False]])", stored({ 2, 1 }, DType::Bool, "\1\0"s), "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1), }", "0100");
    row("array([1.5, -2], '<f2')", Tensor::fromVector({ 2 }, { 1.5f, -2.0f }).converted(DType::F16), "{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", "003e00c0");
    row("array([1, 255], 'u1')", stored({ 2 }, DType::U8, "\x01\xff"s), "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "01ff");
    row("array([-1], 'i1')", stored({ 1 }, DType::I8, "\xff"s), "{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }", "ff");
    row("array([-3], '<i4')", stored({ 1 }, DType::I32, "\xfd\xff\xff\xff"s), "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", "fdffffff");
    row("array([-3], '<i2')", stored({ 1 }, DType::I16, "\xfd\xff"s), "{'descr': '<i2', 'fortran_order': False, 'shape': (1,), }", "fdff");
    row("zeros((0, 4), '<f4')", Tensor::zeros({ 0, 4 }), "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }", "");
    row("array([1.5, -2], '<f4'), as NumPy has no bfloat16", Tensor::fromVector({ 2 }, { 1.5f, -2.0f }).converted(DType::BF16),
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "0000c03f000000c0");
}

void TestTensorFile::membersAreAsNumpyWritesThem()
{
    QFETCH(Tensor, tensor);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, data);
    const auto path = m_folder / "arrays.npz";
    QVERIFY(writeTensors(path, { { "attentions.0", tensor }, { "other", Tensor::zeros({ 2 }) } }, {}));
    const auto found = members(test::readBytes(path));
    QCOMPARE(found.size(), std::size_t(2));
    const std::string& member = found.at("attentions.0.npy");
    const QByteArray expected = QByteArray("\x93NUMPY\x01\x00\x76\x00", 10) + header + QByteArray(117 - header.size(), ' ') + '\n' + data;
    QCOMPARE(QByteArray::fromStdString(member), expected);
}

void TestTensorFile::longShapesStayAligned()
{
    const std::int64_t huge = std::int64_t(1) << 60;
    const auto path = m_folder / "long.npz";
    QVERIFY(writeTensors(path, { { "x", Tensor::zeros({ 0, huge, huge, huge, huge }) } }, {}));
    const std::string member = members(test::readBytes(path)).at("x.npy");
    QCOMPARE(member.size() % 64, std::size_t(0));
    QCOMPARE(little(member, 8, 2) + 10, std::uint32_t(member.size()));
    QCOMPARE(member.back(), '\n');
}

void TestTensorFile::equalTensorsGiveEqualArchives()
{
    const std::map<std::string, Tensor> tensors { { "a", test::randomTensor({ 30, 7 }, 1) }, { "b", test::randomTensor({ 5 }, 2) } };
    QVERIFY(writeTensors(m_folder / "one.npz", tensors, {}));
    QVERIFY(writeTensors(m_folder / "two.npz", tensors, {}));
    const std::string one = test::readBytes(m_folder / "one.npz");
    QCOMPARE(test::readBytes(m_folder / "two.npz"), one);
    // The two may have been written in the same tick of the clock: no member carries the time of writing.
    for (const char* header : { "PK\3\4", "PK\1\2" })
        for (std::size_t at = one.find(header); at != std::string::npos; at = one.find(header, at + 4))
            QCOMPARE(little(one, at + (header[2] == 3 ? 10 : 12), 4), 0x0021'0000u); // midnight of 1980-01-01
}

void TestTensorFile::jsonHoldsTheNumbers()
{
    const auto path = m_folder / "numbers.json";
    const float third = 1.0f / 3.0f;
    const Tensor broken = Tensor::fromVector({ 2 }, { std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity() });
    QVERIFY(writeTensors(path, { { "x", Tensor::fromVector({ 2, 1, 2 }, { 1, third, -3, 1e-30f }) }, { "ids", Tensor::fromIntegers({ 2 }, { 7, 8 }) },
                                   { "scalar", Tensor::filled({}, 4.0f) }, { "none", Tensor::zeros({ 2, 0 }) }, { "broken", broken } },
        { { "model", "tiny" }, { "bad", "\xff" } }));
    const Json document = Json::parse(test::readBytes(path));
    const Json& tensors = document.at("tensors");
    QCOMPARE(tensors.at("x").size(), std::size_t(2));
    QCOMPARE(tensors.at("x").at(0).at(0).at(1).get<float>(), third); // every digit that f32 has
    QCOMPARE(tensors.at("x").at(1).at(0).at(1).get<float>(), 1e-30f);
    QCOMPARE(tensors.at("ids"), Json::parse("[7, 8]"));
    QCOMPARE(tensors.at("scalar"), Json(4.0));
    QCOMPARE(tensors.at("none"), Json::parse("[[], []]"));
    QCOMPARE(tensors.at("broken"), Json::parse("[null, null]")); // JSON has neither
    QCOMPARE(document.at("metadata").at("model"), Json("tiny"));
}

void TestTensorFile::theEndingSaysTheFormat()
{
    const std::map<std::string, Tensor> tensors { { "x", Tensor::filled({ 2 }, 1.5f) } };
    QVERIFY(writeTensors(m_folder / "x.safetensors", tensors, { { "a", "b" } }));
    const auto opened = SafetensorsFile::open(m_folder / "x.safetensors");
    QVERIFY(opened && opened->tensors().at("x").at(1) == 1.5f && opened->metadata().at("a") == "b");
    for (const char* name : { "x", "x.txt", "x.npy", ".npz", "npz" }) {
        const Status status = writeTensors(m_folder / name, tensors, {});
        QVERIFY(!status);
        QCOMPARE(int(status.error().kind), int(ErrorKind::BadInput));
        QVERIFY2(status.error().message.find(".safetensors, .npz or .json") != std::string::npos, status.error().message.c_str());
    }
}

void TestTensorFile::anOlderFileSurvives_data()
{
    QTest::addColumn<QString>("ending");
    for (const char* ending : { "safetensors", "npz", "json" })
        QTest::newRow(ending) << ending;
}

void TestTensorFile::anOlderFileSurvives()
{
    QFETCH(QString, ending);
    const test::ScratchFolder folder;
    const std::map<std::string, Tensor> tensors { { "x", Tensor::filled({ 2 }, 1.5f) } };
    const std::string name = "result." + ending.toStdString();
    std::filesystem::create_directory(folder / name); // cannot be replaced by a file
    test::writeBytes(folder / (name + "/inside"), "x");
    const Status onto = writeTensors(folder / name, tensors, {});
    QVERIFY(!onto);
    QCOMPARE(int(onto.error().kind), int(ErrorKind::Unwritable));
    QCOMPARE(folder.entries(), QStringList { QString::fromStdString(name) });
    const Status nowhere = writeTensors(folder / ("none/" + name), tensors, {});
    QVERIFY(!nowhere);
    QVERIFY2(nowhere.error().message.find("No such file or directory") != std::string::npos, nowhere.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestTensorFile)
#include "tst_tensor_file.moc"
