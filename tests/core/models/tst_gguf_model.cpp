// Models from GGUF files against what huggingface/transformers computed for the same parameters (llama.cpp
// gives the same logits) and, quantised, against llama.cpp (tests/golden/gguf/README.md); and what becomes of
// their metadata.

#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/checkpoint.h"
#include "core/models/families.h"
#include "core/models/gguf/architectures.h"
#include "core/models/gguf/gguf_tokenizer.h"
#include "core/text/tokenizer.h"
#include "tests/support/differences.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <QDirIterator>

using namespace headlight;

class TestGgufModel : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithTheReference_data();
    void agreesWithTheReference();
    void metadataBecomeConfiguration_data();
    void metadataBecomeConfiguration();
    void everyTensorHasAName_data();
    void everyTensorHasAName();
    void namesAreTranslated_data();
    void namesAreTranslated();
    void normsLoseTheirOne();
    void carriedVocabulariesEncodeAsTheReference_data();
    void carriedVocabulariesEncodeAsTheReference();
    void filesWithoutVocabularyHaveNoTokenizer();
    void foldersWithOneFileAreThatFile();
    void brokenFilesSayWhat();
};

namespace {

std::filesystem::path given(const std::string& name)
{
    return test::sourcePath("tests/golden/gguf/").toStdString() + name;
}

bool isKnown(const std::string& family)
{
    return std::any_of(
        families().begin(), families().end(), [&](const ModelFamily* f) { return f->id == family; });
}

QStringList models()
{
    QStringList names;
    for (const QFileInfo& info :
        QDir(QString::fromStdString(given("").string())).entryInfoList({ "*.expected.safetensors" }))
        names << info.fileName().section('.', 0, 0);
    return names;
}

} // namespace

void TestGgufModel::agreesWithTheReference_data()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : models())
        if (isKnown(Checkpoint::open(given(name.toStdString() + ".gguf"))->config()->modelType()))
            QTest::newRow(qPrintable(name)) << name;
}

void TestGgufModel::agreesWithTheReference()
{
    QFETCH(QString, name);
    const auto loaded = loadModel(given(name.toStdString() + ".gguf"));
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    QVERIFY2(loaded->unusedParameters.empty(),
        loaded->unusedParameters.empty() ? "" : loaded->unusedParameters.front().c_str());
    const auto reference = SafetensorsFile::open(given(name.toStdString() + ".expected.safetensors"));
    QVERIFY(reference);
    const auto inputs = inputsFromTensors(reference->tensors(), loaded->model->info());
    QVERIFY2(inputs, inputs ? "" : inputs.error().message.c_str());
    const JobControl control;
    PassRequest request;
    request.trace.hiddenStates = true;
    const auto pass = runPass(*loaded->model, inputs->front(), request, control);
    QVERIFY2(pass, pass ? "" : pass.error().message.c_str());
    int compared = 0;
    for (const auto& [output, tensor] : namedTensors(*pass->trace, loaded->model->info())) {
        const auto expected = reference->tensors().find(output);
        if (expected == reference->tensors().end())
            continue;
        const double tolerance =
            output.starts_with("attentions") ? 2e-5 : 2e-4; // as the golden README suggests
        const double difference = test::largestDifference(tensor, expected->second.toFloat());
        QVERIFY2(difference <= tolerance,
            qPrintable(QString("%1 differs by %2").arg(output.c_str()).arg(difference)));
        ++compared;
    }
    QVERIFY(compared >= (reference->tensors().contains("attentions.0") ? 3 : 1));
}

void TestGgufModel::metadataBecomeConfiguration_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const QStringList& lines) { QTest::newRow(name) << name << lines; };
    row("llama_gqa",
        { R"("model_type": "llama")", R"("hidden_size": 32)", R"("num_key_value_heads": 2)",
            R"("head_dim": 8)", R"("vocab_size": 150)", R"("rope_interleaved": true)",
            R"("tie_word_embeddings": false)", R"("bos_token_id": 1)" });
    row("llama_rope3",
        { R"("rope_type": "longrope")", R"("attention_factor": 1.0)", R"("rope_theta": 500000.0)",
            R"("tie_word_embeddings": true)" });
    row("llama_linear", { R"("rope_type": "linear")", R"("factor": 2.5)" });
    row("mistral_sw", { R"("model_type": "mistral")", R"("sliding_window": 8)" });
    row("qwen2_lm",
        { R"("model_type": "qwen2")", R"("attention_bias": true)", R"("rope_interleaved": false)" });
    row("gemma_lm",
        { R"("model_type": "gemma")", R"("hidden_activation": "gelu_pytorch_tanh")", R"("head_dim": 16)" });
    row("gemma2_lm",
        { R"("attn_logit_softcapping": 5.0)", R"("final_logit_softcapping": 6.0)",
            R"("query_pre_attn_scalar": 16)" });
    row("phi3_lm", { R"("model_type": "phi3")", R"("rms_norm_eps": 9.99)" });
    row("stablelm_lm",
        { R"("partial_rotary_factor": 0.25)", R"("use_qkv_bias": true)",
            R"("use_parallel_residual": false)" });
    row("bert_model",
        { R"("model_type": "bert")", R"("type_vocab_size": 2)", R"("max_position_embeddings": 80)",
            R"("layer_norm_eps": 9.99)" });
    row("kinds", { R"("model_type": "test")" });
}

void TestGgufModel::metadataBecomeConfiguration()
{
    QFETCH(QString, name);
    QFETCH(QStringList, lines);
    const auto checkpoint = Checkpoint::open(given(name.toStdString() + ".gguf"));
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    const auto config = checkpoint->config();
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    for (const QString& line : lines)
        QVERIFY2(config->dump().find(line.toStdString()) != std::string::npos,
            (line.toStdString() + " in " + config->dump()).c_str());
}

void TestGgufModel::everyTensorHasAName_data()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : models())
        QTest::newRow(qPrintable(name)) << name;
}

void TestGgufModel::everyTensorHasAName()
{
    QFETCH(QString, name);
    const auto checkpoint = Checkpoint::open(given(name.toStdString() + ".gguf"));
    QVERIFY(checkpoint);
    const auto parameters = checkpoint->parameters();
    QVERIFY(parameters);
    for (const auto& [parameter, tensor] : parameters->tensors())
        QVERIFY2(parameter.starts_with("model.") || parameter.starts_with("lm_head.")
                || parameter.starts_with("e"),
            parameter.c_str());
}

void TestGgufModel::namesAreTranslated_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<QString>("gguf");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* architecture, const char* gguf, const char* expected) {
        QTest::newRow(gguf) << architecture << gguf << expected;
    };
    row("llama", "blk.12.attn_q.weight", "model.layers.12.self_attn.q_proj.weight");
    row("llama", "output.weight", "lm_head.weight");
    row("phi3", "blk.0.ffn_up.weight", "model.layers.0.mlp.gate_up_proj.weight");
    row("qwen2", "blk.3.attn_k.bias", "model.layers.3.self_attn.k_proj.bias");
    row("gemma2", "blk.3.ffn_norm.weight", "model.layers.3.pre_feedforward_layernorm.weight");
    row("bert", "blk.1.layer_output_norm.bias", "encoder.layer.1.output.LayerNorm.bias");
    row("bert", "blk.1.unheard_of.bias", "blk.1.unheard_of.bias");
    row("bert", "blk.", "blk.");
    row("bert", "nothing", "nothing");
}

void TestGgufModel::namesAreTranslated()
{
    QFETCH(QString, architecture);
    QFETCH(QString, gguf);
    QFETCH(QString, expected);
    const GgufArchitecture* found = findGgufArchitecture(architecture.toStdString());
    QVERIFY(found != nullptr);
    QCOMPARE(QString::fromStdString(huggingFaceName(*found, gguf.toStdString())), expected);
}

void TestGgufModel::normsLoseTheirOne()
{
    const auto stored = GgufFile::open(given("gemma_lm.gguf"));
    const auto parameters = Checkpoint::open(given("gemma_lm.gguf"))->parameters();
    QVERIFY(stored && parameters);
    QCOMPARE(parameters->find("model.norm.weight")->toFloat().at(3),
        stored->tensors().at("output_norm.weight").toFloat().at(3) - 1.0f);
    const Tensor *words = parameters->find("model.embed_tokens.weight"),
                 *gate = parameters->find("model.layers.0.mlp.gate_proj.weight");
    QCOMPARE(words->owner(), gate->owner()); // the mapping: nothing else was copied
}

void TestGgufModel::carriedVocabulariesEncodeAsTheReference_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<std::vector<std::int64_t>>("ids"); // llama_tokenize of llama.cpp
    using Ids = std::vector<std::int64_t>;
    QTest::newRow("words") << "Once upon a time" << Ids { 1, 403, 407, 261, 378 };
    QTest::newRow("bytes") << QString::fromUtf8("Lily saw a na\u00efve \u4e2d\u6587 dog.")
                           << Ids { 1, 317, 394, 261, 297, 412, 198, 178, 360, 410, 231, 187, 176, 233, 153, 138, 400, 428, 426 };
    QTest::newRow("spaces") << "  two  spaces " << Ids { 1, 410, 410, 259, 424, 414, 410, 262, 427, 412, 331, 419, 410 };
    QTest::newRow("letter") << "x" << Ids { 1, 410, 444 };
}

void TestGgufModel::carriedVocabulariesEncodeAsTheReference()
{
    QFETCH(QString, text);
    QFETCH(std::vector<std::int64_t>, ids);
    const auto file = GgufFile::open(given("stories260K.gguf"));
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const auto tokenizer = ggufTokenizer(*file);
    QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().message.c_str());
    QCOMPARE((*tokenizer)->encode(text.toStdString()).ids, ids);
    QCOMPARE((*tokenizer)->special().bos, std::optional<std::int64_t>(1));
}

void TestGgufModel::filesWithoutVocabularyHaveNoTokenizer()
{
    const auto tokenizer = ggufTokenizer(*GgufFile::open(given("llama_gqa.gguf")));
    QVERIFY(tokenizer && *tokenizer == nullptr);
}

void TestGgufModel::foldersWithOneFileAreThatFile()
{
    const test::ScratchFolder folder;
    std::filesystem::copy(given("llama_gqa.gguf"), folder / "a.gguf");
    const auto one = Checkpoint::open(folder.path());
    QVERIFY(one && one->gguf() != nullptr);
    QCOMPARE(one->folder(), folder.path());
    std::filesystem::copy(given("llama_gqa.gguf"), folder / "b.gguf");
    const auto two = Checkpoint::open(folder.path());
    QVERIFY(!two);
    QVERIFY2(two.error().message.find("2 GGUF files") != std::string::npos, two.error().message.c_str());
    QVERIFY(writeSafetensors(folder / "model.safetensors", { { "x", Tensor::zeros({ 1 }) } }, {}));
    const auto folderItself = Checkpoint::open(folder.path());
    QVERIFY(folderItself && folderItself->gguf() == nullptr);
}

void TestGgufModel::brokenFilesSayWhat()
{
    const test::ScratchFolder folder;
    test::writeBytes(folder / "x.gguf", "not this");
    const auto broken = Checkpoint::open(folder / "x.gguf");
    QVERIFY(!broken);
    QVERIFY2(
        broken.error().message.find("no GGUF file") != std::string::npos, broken.error().message.c_str());
    const auto unknown = loadModel(given("kinds.gguf"));
    QVERIFY(!unknown);
    QVERIFY2(unknown.error().message.find("\"test\"") != std::string::npos, unknown.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestGgufModel)
#include "tst_gguf_model.moc"
