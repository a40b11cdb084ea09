// The families of 2024 and later from GGUF: golden models are written as llama.cpp's converter writes them
// (names, order of q and k, merged experts, MXFP4 blocks), and must give the attention weights and logits
// that huggingface/transformers computed for the same parameters.

#include "core/engine/pass.h"
#include "core/models/checkpoint.h"
#include "core/models/families.h"
#include "tests/support/differences.h"
#include "tests/support/gguf_conversion.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestGgufFamilies : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithTheReference_data();
    void agreesWithTheReference();
    void unknownFormsAreRefused_data();
    void unknownFormsAreRefused();
};

namespace {

} // namespace

void TestGgufFamilies::agreesWithTheReference_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("id");
    QTest::addColumn<bool>("permuted"); // by the converter
    const auto row = [](const char* model, const char* id, bool permuted = false) {
        QTest::newRow(model) << QString(model) << QString(id) << permuted;
    };
    row("qwen3_yarn", "qwen3");
    row("qwen3_moe_lm", "qwen3moe");
    row("gemma3_linear", "gemma3");
    row("gpt_oss_lm", "gpt-oss");
    row("gpt_oss_mxfp4", "gpt-oss");
    row("phi4_mini_lm", "phi3");
    row("smollm3_lm", "smollm3", true);
    row("olmo2_lm", "olmo2");
    row("olmo3_lm", "olmo2");
    row("granite_lm", "granite", true);
    row("cohere_lm", "command-r");
    row("cohere2_lm", "cohere2");
    row("mixtral_lm", "llama", true);
    row("deepseek_v2_lm", "deepseek2");
    row("deepseek_v3_lm", "deepseek2");
    row("ministral3_lm", "mistral3", true);
}

void TestGgufFamilies::agreesWithTheReference()
{
    QFETCH(QString, model);
    QFETCH(QString, id);
    QFETCH(bool, permuted);
    const test::ScratchFolder folder;
    test::convert(
        model, id.toStdString(), permuted ? test::Pairs::Neighbours : test::Pairs::Halves, folder / "x.gguf");
    const auto loaded = loadModel(folder / "x.gguf");
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    QVERIFY2(loaded->unusedParameters.empty(),
        loaded->unusedParameters.empty() ? "" : loaded->unusedParameters.front().c_str());
    const auto reference = SafetensorsFile::open(test::golden(model) / "expected.short.safetensors");
    QVERIFY(reference);
    const auto inputs = inputsFromTensors(reference->tensors(), loaded->model->info());
    QVERIFY2(inputs, inputs ? "" : inputs.error().message.c_str());
    const JobControl control;
    PassRequest request;
    request.trace.hiddenStates = true;
    const auto pass = runPass(*loaded->model, inputs->front(), request, control);
    QVERIFY2(pass, pass ? "" : pass.error().message.c_str());
    int maps = 0, compared = 0;
    for (const auto& [output, tensor] : namedTensors(*pass->trace, loaded->model->info())) {
        const auto expected = reference->tensors().find(output);
        if (expected == reference->tensors().end())
            continue;
        const bool map = output.starts_with("attentions");
        const double difference = test::largestDifference(tensor, expected->second.toFloat());
        QVERIFY2(difference <= (map ? 5e-5 : 2e-4),
            qPrintable(QString("%1 differs by %2").arg(output.c_str()).arg(difference)));
        maps += map;
        ++compared;
    }
    QVERIFY(maps >= 2 && compared > maps);
}

void TestGgufFamilies::unknownFormsAreRefused_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("a family") << "mamba"
                              << "token_embd.weight"
                              << "\"mamba\"";
    QTest::newRow("experts of another family") << "granite"
                                               << "token_embd.weight"
                                               << "has routed experts, a form of it that is not read";
    QTest::newRow("experts one by one") << "llama"
                                        << "blk.0.ffn_gate.0.weight"
                                        << "a tensor for each expert";
}

void TestGgufFamilies::unknownFormsAreRefused()
{
    QFETCH(QString, id);
    QFETCH(QString, tensor);
    QFETCH(QString, sentence);
    const test::ScratchFolder folder;
    test::GgufWriter file;
    file.set("general.architecture", id.toStdString());
    file.set(id.toStdString() + ".expert_count", std::int64_t(8));
    file.addFloats(tensor.toStdString(), Tensor::zeros({ 4, 4 }));
    file.write(folder / "x.gguf");
    const auto loaded = loadModel(folder / "x.gguf");
    QVERIFY(!loaded);
    QVERIFY2(loaded.error().message.find(sentence.toStdString()) != std::string::npos,
        loaded.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestGgufFamilies)
#include "tst_gguf_families.moc"
