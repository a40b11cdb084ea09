// Thousands of damaged copies of the reference models: loading one never crashes, it succeeds or says in a sentence
// what is wrong; what loads can be run. Seeded, so that every run damages them in the same way.

#include "core/engine/pass.h"
#include "core/models/families.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;

class TestDamagedModels : public test::TestCase {
    Q_OBJECT
private slots:
    void damaged_data();
    void damaged();
};

namespace {

/// Values that numbers of a header or a configuration are replaced by.
constexpr std::array<std::string_view, 16> oddValues { "-1", "0", "1", "2", "3", "7", "1e400", "1e300", "0.5", "2147483648",
    "9223372036854775807", "18446744073709551615", "null", "\"text\"", "[]", "{}" };

class Damage {
public:
    explicit Damage(std::uint32_t seed)
        : m_random(seed)
    {
    }
    /// One to three injuries within the first `reach` bytes.
    std::string operator()(std::string bytes, std::size_t reach)
    {
        for (std::size_t i = 0, count = 1 + below(3); i < count; ++i)
            injure(bytes, std::min(reach, bytes.size()));
        return bytes;
    }

private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : m_random() % bound; }

    void injure(std::string& bytes, std::size_t reach)
    {
        const std::size_t at = below(reach), length = std::min(below(40), bytes.size() - at);
        switch (below(7)) {
        case 0:
            bytes.resize(below(bytes.size() + 1));
            break;
        case 1:
            bytes.erase(at, length);
            break;
        case 2:
            bytes.insert(at, bytes.substr(at, length));
            break;
        case 3:
            replaceNumber(bytes, at);
            break;
        case 4:
            replaceNumber(bytes, at);
            break;
        case 5:
            if (at < bytes.size())
                bytes[at] = char(below(256));
            break;
        default:
            if (at < bytes.size())
                bytes[at] = char(bytes[at] ^ (1 << below(8)));
        }
    }
    /// The next run of digits after `at`.
    void replaceNumber(std::string& bytes, std::size_t at)
    {
        const std::size_t first = bytes.find_first_of("0123456789", at);
        if (first == std::string::npos)
            return;
        const std::size_t last = std::min(bytes.find_first_not_of("0123456789", first), bytes.size());
        bytes.replace(first, last - first, oddValues[below(oddValues.size())]);
    }

    std::mt19937 m_random;
};

bool isSentence(const std::string& message)
{
    return message.size() > 10 && (message.ends_with('.') || message.ends_with('?'));
}

ModelInput smallInput(const ModelInfo& info)
{
    ModelInput input;
    if (info.input == InputKind::Text)
        input.ids = { 2, 5, 1, 3 };
    else
        input.pixelValues = Tensor::filled({ info.channels, info.patchSize * 2, info.patchSize * 3 }, 0.5f);
    return input;
}

/// Empty, or what is wrong with how the folder was received.
std::string complaint(const std::filesystem::path& folder, int& loadedCount)
{
    const auto loaded = loadModel(folder);
    if (!loaded)
        return isSentence(loaded.error().message) ? "" : "no sentence: " + loaded.error().message;
    ++loadedCount;
    const ModelInfo& info = loaded->model->info();
    if (info.input == InputKind::Image && info.patchSize > 64)
        return {}; // honest, but slow
    const auto pass = runPass(*loaded->model, smallInput(info), {}, JobControl());
    return pass || isSentence(pass.error().message) ? "" : "no sentence: " + pass.error().message;
}

} // namespace

void TestDamagedModels::damaged_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("copies");
    for (const char* model : { "bert_mlm_f16", "bert_seqcls", "vit_cls", "vit_model" }) {
        QTest::addRow("parameters of %s", model) << model << "model.safetensors" << 600;
        QTest::addRow("configuration of %s", model) << model << "config.json" << 300;
    }
}

void TestDamagedModels::damaged()
{
    QFETCH(QString, model);
    QFETCH(QString, file);
    QFETCH(int, copies);
    const test::ScratchFolder folder(test::sourcePath("tests/golden/") + model);
    const std::string whole = test::readBytes(folder / file.toStdString());
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, whole.data(), 8);
    const bool parameters = file.endsWith(".safetensors");
    int loaded = 0;
    for (int copy = 0; copy < copies; ++copy) {
        Damage damage { std::uint32_t(copy) };
        // Three in four hit the header, where lies are told; the rest hits the numbers.
        const std::size_t reach = parameters && copy % 4 != 0 ? 8 + std::size_t(headerBytes) : whole.size();
        test::writeBytes(folder / file.toStdString(), damage(whole, reach));
        std::string wrong;
        try {
            wrong = complaint(folder.path(), loaded);
        } catch (const std::exception& error) {
            wrong = error.what();
        }
        QVERIFY2(wrong.empty(), qPrintable(QString("seed %1: %2").arg(copy).arg(wrong.c_str())));
    }
    QVERIFY2(loaded > 0 && loaded < copies, qPrintable(QString("%1 of %2 copies could be loaded").arg(loaded).arg(copies)));
}

HEADLIGHT_TEST_MAIN(TestDamagedModels)
#include "tst_damaged_models.moc"
