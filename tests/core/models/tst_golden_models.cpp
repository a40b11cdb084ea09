// Every reference case in tests/golden: attention weights, hidden states, outputs and attention gradients against what
// huggingface/transformers computed with torch 1.13 (commit 9feae5fb, 2024-12-16; for newer families entry.json names it).

#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

#include <QDirIterator>

using namespace headlight;

class TestGoldenModels : public test::TestCase {
    Q_OBJECT
private slots:
    void agrees_data();
    void agrees();
    void everyFamilyHasACase();
};

namespace {

/// Largest |a - b| over rows whose mask is 1: padded query rows are undefined in the reference.
double largestDifference(const Tensor& got, const Tensor& expected, const std::vector<std::int64_t>& mask, int queryAxis)
{
    const Shape& shape = expected.shape();
    std::int64_t inner = 1;
    for (int axis = queryAxis + 1; axis < shape.rank(); ++axis)
        inner *= shape[axis];
    const std::int64_t queries = shape[queryAxis], perExample = shape.count() / shape[0];
    double largest = 0.0;
    for (std::int64_t i = 0; i < shape.count(); ++i) {
        const std::int64_t row = i / perExample * queries + i / inner % queries;
        if (!mask.empty() && mask[std::size_t(row)] == 0)
            continue;
        const double difference = std::abs(double(got.at(i)) - double(expected.at(i)));
        largest = difference <= largest ? largest : difference; // NaN wins
        if (std::isnan(difference))
            return difference;
    }
    return largest;
}

double magnitude(const Tensor& tensor)
{
    double largest = 0.0;
    for (float value : tensor.floats())
        largest = std::max(largest, std::abs(double(value)));
    return largest;
}

/// As the fixtures' README suggests.
double tolerance(const std::string& name, const Tensor& expected)
{
    if (name.find("attention_grads") != std::string::npos)
        return 5e-5 * std::max(1.0, magnitude(expected));
    if (name.find("attentions") != std::string::npos)
        return 2e-5;
    return name.find("logits") != std::string::npos ? 2e-4 : 1e-4;
}

bool isInput(const std::string& name)
{
    static const std::set<std::string> inputs { "input_ids", "attention_mask", "token_type_ids", "pixel_values", "pixel_mask",
        "global_attention_mask", "decoder_input_ids", "input_features", "input_values", "grad_target_index" };
    return inputs.contains(name);
}

} // namespace

void TestGoldenModels::agrees_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("file");
    // Beside the repository there may be more cases than it has room for.
    std::set<QString> rows;
    for (const char* place : { "tests/golden", "../shared/golden" }) {
        QDirIterator files(test::sourcePath(place), { "expected.*.safetensors" }, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QFileInfo info(files.next());
            if (info.fileName().contains(".explain.") || !QFile::exists(info.path() + "/config.json"))
                continue;
            const QString row = info.dir().dirName() + '/' + info.completeBaseName().mid(9);
            if (rows.insert(row).second)
                QTest::newRow(qPrintable(row)) << info.path() << info.filePath();
        }
    }
}

void TestGoldenModels::agrees()
{
    QFETCH(QString, folder);
    QFETCH(QString, file);
    const auto loaded = loadModel(folder.toStdString());
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    QVERIFY(loaded->unusedParameters.empty());
    const auto reference = SafetensorsFile::open(file.toStdString());
    QVERIFY(reference);
    const auto& expected = reference->tensors();

    PassRequest request;
    request.trace.hiddenStates = true;
    if (reference->metadata().contains("grad_target_tensor"))
        request.gradient = GradientTarget { reference->metadata().at("grad_target_tensor"), expected.at("grad_target_index").integers() };
    const auto inputs = inputsFromTensors(expected, loaded->model->info());
    QVERIFY2(inputs, inputs ? "" : inputs.error().message.c_str());
    std::vector<std::map<std::string, Tensor>> rows;
    const JobControl control;
    for (const ModelInput& input : *inputs) {
        const auto pass = runPass(*loaded->model, input, request, control);
        QVERIFY2(pass, pass ? "" : pass.error().message.c_str());
        QVERIFY(pass->trace->largestRowSumError() < 1e-5f);
        rows.push_back(namedTensors(*pass->trace, loaded->model->info()));
    }
    auto got = stackRows(rows);
    loaded->model->joinBatch(got);
    const auto mask = expected.contains("attention_mask") ? expected.at("attention_mask").integers() : std::vector<std::int64_t>();
    int compared = 0;
    for (const auto& [name, tensor] : expected) {
        if (isInput(name) || tensor.dtype() != DType::F32)
            continue;
        QVERIFY2(got.contains(name), name.c_str());
        QVERIFY2(got.at(name).shape() == tensor.shape(), (name + got.at(name).shape().toString()).c_str());
        const int tokenAxis = tensor.shape().rank() >= 4 ? 2 : 1;
        const bool ofDecoder = name.starts_with("decoder") || name.starts_with("cross");
        const bool perToken = tensor.shape().rank() >= 3 && !mask.empty() && !ofDecoder
            && tensor.shape()[0] * tensor.shape()[tokenAxis] == std::int64_t(mask.size());
        const double difference = largestDifference(got.at(name), tensor, perToken ? mask : std::vector<std::int64_t>(), tokenAxis);
        QVERIFY2(difference <= tolerance(name, tensor), qPrintable(QString("%1 differs by %2").arg(name.c_str()).arg(difference)));
        ++compared;
    }
    QVERIFY(compared >= 3);
}

void TestGoldenModels::everyFamilyHasACase()
{
    std::set<std::string> tried;
    QDirIterator configs(test::sourcePath("tests/golden"), { "config.json" }, QDir::Files, QDirIterator::Subdirectories);
    while (configs.hasNext())
        if (const auto config = Config::open(QFileInfo(configs.next()).path().toStdString()))
            tried.insert(config->modelType());
    for (const ModelFamily* family : families())
        QVERIFY2(tried.contains(std::string(family->id)), family->id.data());
}

HEADLIGHT_TEST_MAIN(TestGoldenModels)
#include "tst_golden_models.moc"
