// Opening model folders: what does not fit is named, what fits in another spelling is read, fresh models repeat, and
// examples that are packed together do not see each other.

#include "core/engine/pass.h"
#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "tests/support/files.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

Q_DECLARE_METATYPE(headlight::ModelInput)

class TestFamilies : public test::TestCase {
    Q_OBJECT
private slots:
    void badConfigurations_data();
    void badConfigurations();
    void unknownFamiliesAreToldTheKnownOnes();
    void missingFiles();
    void missingParametersAreNamed();
    void wrongShapesAreNamed();
    void oldNamesAreRead();
    void unusedParametersAreListed();
    void dataMayBeUnaligned_data();
    void dataMayBeUnaligned();
    void freshModelsRepeat();
    void freshParametersAreDrawnAsSaid();
    void packedExamplesDoNotMix_data();
    void packedExamplesDoNotMix();
    void inputsAreChecked_data();
    void inputsAreChecked();
    void overflowIsAnError();
};

namespace {

const QString golden = test::sourcePath("tests/golden/");

using Tensors = std::map<std::string, Tensor>;

void changeConfig(const test::ScratchFolder& folder, const std::string& key, const Json& value)
{
    Json config = Json::parse(test::readBytes(folder / "config.json"));
    config[key] = value;
    test::writeBytes(folder / "config.json", config.dump());
}

void changeParameters(const test::ScratchFolder& folder, const std::function<void(Tensors&)>& change)
{
    Tensors tensors = SafetensorsFile::open(folder / "model.safetensors")->tensors();
    change(tensors);
    const Status status = writeSafetensors(folder / "model.safetensors", tensors, {});
    QVERIFY2(status, status ? "" : status.error().message.c_str());
}

QString errorOf(const test::ScratchFolder& folder)
{
    const auto loaded = loadModel(folder.path());
    return loaded ? QString() : QString::fromStdString(loaded.error().message);
}

ModelInput exampleFor(const ModelInfo& info, int number)
{
    ModelInput input;
    if (info.input == InputKind::Image) {
        const std::int64_t size = info.imageSize + (number == 1 ? info.patchSize : 0);
        input.pixelValues = test::randomTensor({ info.channels, size, info.imageSize }, std::uint32_t(number));
        return input;
    }
    for (int i = 0; i < 5 + 3 * number; ++i) {
        input.ids.push_back(1 + (i * 7 + number) % 100);
        input.typeIds.push_back(i > 3 && number == 1 ? 1 : 0);
    }
    if (number == 2)
        input.attentionMask.assign(input.ids.size(), 1), input.attentionMask.back() = 0;
    return input;
}

std::vector<float> outputOf(const Model& model, const std::vector<ModelInput>& batch, const std::string& name)
{
    const JobControl control;
    Run run(control);
    const Tensor output = model.forward(batch, run).at(name).value.value();
    return { output.floats().begin(), output.floats().end() };
}

} // namespace

void TestFamilies::badConfigurations_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* model, const char* key, const char* value, const char* words) {
        QTest::addRow("%s with %s = %s", model, key, value) << model << key << QByteArray(value) << words;
    };
    row("bert_mlm", "hidden_size", "0", "hidden_size = 0");
    row("bert_mlm", "hidden_size", "-32", "hidden_size = -32");
    row("bert_mlm", "hidden_size", "1e300", "hidden_size");
    row("bert_mlm", "hidden_size", "\"wide\"", "hidden_size");
    row("bert_mlm", "hidden_size", "33", "hidden_size 33 cannot be shared by 4 heads");
    row("bert_mlm", "hidden_size", "16777216", "expected");
    row("bert_mlm", "num_attention_heads", "0", "num_attention_heads = 0");
    row("bert_mlm", "num_attention_heads", "5", "cannot be shared by 5 heads");
    row("bert_mlm", "num_hidden_layers", "1000000", "num_hidden_layers = 1000000");
    row("bert_mlm", "num_hidden_layers", "1000", "bert.encoder.layer.2.attention");
    row("bert_mlm", "vocab_size", "9223372036854775807", "vocab_size");
    row("bert_mlm", "vocab_size", "129", "bert.embeddings.word_embeddings.weight has shape [128, 32], expected [129, 32]");
    row("bert_mlm", "max_position_embeddings", "512", "has shape [80, 32], expected [512, 32]");
    row("bert_mlm", "intermediate_size", "0.5", "intermediate_size");
    row("bert_mlm", "hidden_act", "\"snake\"", "The activation \"snake\" is not known.");
    row("llama_rope3", "num_key_value_heads", "3", "3 key heads cannot be shared by 4 heads");
    row("llama_rope3", "head_dim", "7", "7 numbers of a head of 7 cannot turn with the positions.");
    row("llama_rope3", "head_dim", "8", "model.layers.0.self_attn.q_proj.weight has shape [64, 32], expected [32, 32]");
    row("llama_rope3", "rope_scaling", "{\"rope_type\": \"spiral\"}", "\"spiral\" are not known");
    row("mistral_sw", "sliding_window", "0", "A window of 0 keys");
    row("mistral_sw", "layer_types", "[\"full_attention\"]", "1 layer_types do not fit 2 layers");
    row("gemma2_lm", "query_pre_attn_scalar", "-1", "query_pre_attn_scalar must be above 0");
    row("gptj_lm", "rotary_dim", "9", "rotary_dim 9 does not fit heads of 8");
    row("gpt_neo_lm", "attention_layers", "[\"global\", \"nearby\"]", "\"nearby\" is not known");
    row("gpt_neo_lm", "attention_layers", "[\"global\"]", "names 1 kinds for 2 layers");
    row("falcon_lm", "num_ln_in_parallel_attn", "2", "two norms before parallel parts is not known");
    row("bloom_lm", "n_head", "5", "A width of 32 cannot be shared by 5 heads");
    row("stablelm_lm", "qk_layernorm", "true", "self_attn.q_layernorm.norms.0.weight is missing (expected [16])");
    row("bert_mlm", "position_embedding_type", "\"relative_key\"", "attention.self.distance_embedding.weight is missing (expected [159, 8])");
    row("bert_mlm", "position_embedding_type", "\"sinus\"", "\"sinus\" is not known");
    row("bert_mlm", "is_decoder", "true", "decoder");
    row("bert_mlm", "tie_word_embeddings", "false", "cls.predictions.decoder.weight is missing");
    row("bert_mlm", "model_type", "7", "model_type");
    row("bert_mlm", "model_type", "\"\"", "does not say its model_type");
    row("bert_mlm", "architectures", "[\"BertForMultipleChoice\"]", "BertForSequenceClassification");
    row("bert_mlm", "architectures", "[\"ViTModel\"]", "ViTModel");
    row("bert_seqcls", "id2label", "{\"0\": \"only\"}", "classifier.weight has shape [3, 32], expected [1, 32]");
    row("roberta_seqcls", "pad_token_id", "79", "pad_token_id = 79 leaves none of 80 positions");
    row("albert_seqcls", "num_hidden_groups", "3", "3 groups of parameters are more than the 2 layers");
    row("bigbird_full_mlm", "attention_type", "\"spiral\"", "\"spiral\" is not known; original_full and block_sparse are");
    row("debertav2_mlm", "position_buckets", "1", "leaves no bucket");
    row("debertav2_mlm", "share_att_key", "false", "pos_key_proj.weight is missing (expected [32, 32])");
    row("debertav2_mlm", "conv_kernel_size", "4", "an odd number was expected");
    row("longformer_seqcls", "attention_window", "7", "attention_window = 7 is not an even number");
    row("longformer_seqcls", "attention_window", "[8, 8, 8]", "holds 3 widths for 2 layers");
    row("modernbert_mlm", "classifier_pooling", "\"last\"", "\"last\" is not known; cls and mean are");
    row("mpnet_mlm", "relative_attention_num_buckets", "16", "less than the 32");
    row("vit_cls", "image_size", "4", "smaller than a patch of 8");
    row("vit_cls", "image_size", "100000", "image_size = 100000");
    row("vit_cls", "image_size", "40", "has shape [1, 17, 32], expected [1, 26, 32]");
    row("vit_cls", "patch_size", "0", "patch_size = 0");
    row("vit_cls", "num_channels", "1", "expected [32, 1, 8, 8]");
    row("vit_cls", "hidden_act", "null, \"num_attention_heads\": 3", "cannot be shared by 3 heads");
}

void TestFamilies::badConfigurations()
{
    QFETCH(QString, model);
    QFETCH(QString, key);
    QFETCH(QByteArray, value);
    QFETCH(QString, words);
    const test::ScratchFolder folder(golden + model);
    const Json change = Json::parse("{\"" + key.toStdString() + "\": " + value.toStdString() + "}");
    for (const auto& [name, entry] : change.items())
        changeConfig(folder, name, entry);
    const QString message = errorOf(folder);
    QVERIFY2(message.contains(words), qPrintable(message));
    QVERIFY2(message.contains(QString::fromStdString(folder.path().string())) || message.endsWith('.'), qPrintable(message));
    QVERIFY2(message.size() < 1000, qPrintable(message)); // a sentence, not a list of thousands
}

void TestFamilies::unknownFamiliesAreToldTheKnownOnes()
{
    const test::ScratchFolder folder(golden + "bert_mlm");
    changeConfig(folder, "model_type", "mamba");
    const QString message = errorOf(folder);
    QVERIFY2(message.contains("\"mamba\""), qPrintable(message));
    for (const ModelFamily* family : families())
        QVERIFY2(message.contains(QString::fromUtf8(family->id.data(), qsizetype(family->id.size()))), qPrintable(message));
    QCOMPARE(int(loadModel(folder.path()).error().kind), int(ErrorKind::Unsupported));
}

void TestFamilies::missingFiles()
{
    const test::ScratchFolder folder(golden + "bert_mlm");
    std::filesystem::remove(folder / "model.safetensors");
    QVERIFY2(errorOf(folder).contains("model.safetensors"), qPrintable(errorOf(folder)));
    std::filesystem::create_directory(folder / "model.safetensors");
    QVERIFY2(errorOf(folder).contains("is a folder"), qPrintable(errorOf(folder)));
    std::filesystem::remove(folder / "config.json");
    QVERIFY2(errorOf(folder).contains("config.json"), qPrintable(errorOf(folder)));
    QVERIFY(loadModel("/no/such/folder").error().message.find("/no/such/folder") != std::string::npos);
}

void TestFamilies::missingParametersAreNamed()
{
    const test::ScratchFolder folder(golden + "bert_mlm");
    changeParameters(folder, [](Tensors& tensors) { tensors.erase("bert.encoder.layer.1.attention.self.key.bias"); });
    QCOMPARE(errorOf(folder),
        QString("The parameters of %1 do not fit its configuration: bert.encoder.layer.1.attention.self.key.bias is missing (expected [32]).")
            .arg(folder.path().c_str()));
    changeParameters(folder, [](Tensors& tensors) { tensors.clear(); });
    QVERIFY2(errorOf(folder).contains("and 39 more"), qPrintable(errorOf(folder))); // 42 in all
}

void TestFamilies::wrongShapesAreNamed()
{
    const test::ScratchFolder folder(golden + "vit_cls");
    changeParameters(folder, [](Tensors& tensors) { tensors["classifier.weight"] = Tensor::zeros({ 4, 32 }); });
    QVERIFY2(errorOf(folder).contains("classifier.weight has shape [4, 32], expected [5, 32]"), qPrintable(errorOf(folder)));
    changeParameters(folder, [](Tensors& tensors) { tensors["classifier.weight"] = Tensor::zeros({ 160 }); });
    QVERIFY2(errorOf(folder).contains("classifier.weight has shape [160], expected [5, 32]"), qPrintable(errorOf(folder)));
}

void TestFamilies::oldNamesAreRead()
{
    const test::ScratchFolder folder(golden + "bert_mlm");
    const auto before = loadModel(folder.path());
    changeParameters(folder, [](Tensors& tensors) {
        Tensors renamed;
        for (const auto& [name, tensor] : tensors) {
            QString old = QString::fromStdString(name); // as the first BERT checkpoints spell it
            old.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
            if (old.startsWith("bert."))
                old.remove(0, 5); // as a bare model is saved
            renamed.emplace(old.toStdString(), tensor);
        }
        tensors = renamed;
    });
    const auto after = loadModel(folder.path());
    QVERIFY2(after, after ? "" : after.error().message.c_str());
    QVERIFY(after->unusedParameters.empty());
    const std::vector<ModelInput> input { exampleFor(after->model->info(), 0) };
    QCOMPARE(outputOf(*after->model, input, "logits"), outputOf(*before->model, input, "logits"));
}

void TestFamilies::unusedParametersAreListed()
{
    const test::ScratchFolder folder(golden + "bert_mlm");
    changeParameters(folder, [](Tensors& tensors) { tensors["cls.seq_relationship.bias"] = Tensor::zeros({ 2 }); });
    const auto loaded = loadModel(folder.path());
    QVERIFY(loaded);
    QCOMPARE(loaded->unusedParameters, std::vector<std::string> { "cls.seq_relationship.bias" });
}

void TestFamilies::dataMayBeUnaligned_data()
{
    QTest::addColumn<QString>("model");
    for (const char* model : { "bert_mlm", "bert_mlm_f16", "bert_seqcls", "bert_qa", "vit_cls" })
        QTest::newRow(model) << model;
}

void TestFamilies::dataMayBeUnaligned()
{
    QFETCH(QString, model);
    const test::ScratchFolder folder(golden + model);
    const auto aligned = loadModel(folder.path());
    QVERIFY(aligned);
    std::string bytes = test::readBytes(folder / "model.safetensors");
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    bytes.insert(8 + std::size_t(header), " "); // the published format does not promise alignment
    ++header;
    std::memcpy(bytes.data(), &header, 8);
    test::writeBytes(folder / "shifted", bytes);
    std::filesystem::rename(folder / "shifted", folder / "model.safetensors"); // the other stays mapped
    const auto shifted = loadModel(folder.path());
    QVERIFY2(shifted, shifted ? "" : shifted.error().message.c_str());
    const std::string output = model == "bert_qa" ? "start_logits" : "logits";
    for (const int number : { 0, 1 }) {
        const std::vector<ModelInput> input { exampleFor(aligned->model->info(), number) };
        QCOMPARE(outputOf(*shifted->model, input, output), outputOf(*aligned->model, input, output));
    }
}

void TestFamilies::freshModelsRepeat()
{
    for (const char* model : { "bert_seqcls", "vit_cls" }) {
        const auto fresh = [&](std::uint64_t seed) {
            return *freshModel(*Config::open((golden + model).toStdString()), seed);
        };
        const LoadedModel first = fresh(1), again = fresh(1), other = fresh(2);
        std::size_t different = 0;
        for (std::size_t i = 0; i < first.model->parameters().size(); ++i) {
            const auto values = [i](const LoadedModel& m) { return m.model->parameters()[i]->value.floats(); };
            QVERIFY(std::ranges::equal(values(first), values(again)));
            different += std::ranges::equal(values(first), values(other)) ? 0 : 1;
        }
        QVERIFY(different > first.model->parameters().size() / 3); // all but biases and norms
        const auto stored = loadModel((golden + model).toStdString());
        QCOMPARE(first.model->parameterCount(), stored->model->parameterCount());
        QCOMPARE(first.model->info().architecture, stored->model->info().architecture);
    }
}

void TestFamilies::freshParametersAreDrawnAsSaid()
{
    const auto fresh = freshModel(*Config::parse(R"({"model_type": "bert", "vocab_size": 3000, "hidden_size": 64, "num_hidden_layers": 1,
        "num_attention_heads": 4, "intermediate_size": 64, "initializer_range": 0.05})", "x"), 7);
    QVERIFY2(fresh, fresh ? "" : fresh.error().message.c_str());
    for (const ParameterRef& parameter : fresh->model->parameters()) {
        double sum = 0.0, squares = 0.0;
        for (const float value : parameter->value.floats())
            sum += double(value), squares += double(value) * double(value);
        const double count = double(parameter->value.count()), mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
        const bool norm = parameter->name.find("LayerNorm") != std::string::npos, bias = parameter->name.ends_with("bias");
        QVERIFY2(std::abs(mean - (norm && !bias ? 1.0 : 0.0)) < 6 * 0.05 / std::sqrt(count), parameter->name.c_str());
        QVERIFY2(norm || bias ? deviation == 0.0 : std::abs(deviation / 0.05 - 1.0) < 6 / std::sqrt(2 * count), parameter->name.c_str());
    }
}

void TestFamilies::packedExamplesDoNotMix_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("output");
    QTest::newRow("bert, per sequence") << "bert_seqcls" << "logits";
    QTest::newRow("bert, per token") << "bert_mlm" << "logits";
    QTest::newRow("bert, spans") << "bert_qa" << "end_logits";
    QTest::newRow("bert, pooled") << "bert_model" << "pooler_output";
    QTest::newRow("albert, per sequence") << "albert_seqcls" << "logits";
    QTest::newRow("deberta, per sequence") << "debertav2_seqcls" << "logits";
    QTest::newRow("distilbert, per sequence") << "distilbert_seqcls" << "logits";
    QTest::newRow("electra, replaced words") << "electra_disc" << "logits";
    QTest::newRow("modernbert, per token") << "modernbert_mlm" << "logits";
    QTest::newRow("mpnet, per token") << "mpnet_mlm" << "logits";
    QTest::newRow("vit, pictures of two sizes") << "vit_cls" << "logits";
    QTest::newRow("vit, per patch") << "vit_model" << "last_hidden_state";
}

void TestFamilies::packedExamplesDoNotMix()
{
    QFETCH(QString, model);
    QFETCH(QString, output);
    const auto loaded = loadModel((golden + model).toStdString());
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    std::vector<ModelInput> batch;
    std::vector<float> alone;
    for (const int number : { 0, 1, 2 }) {
        batch.push_back(exampleFor(loaded->model->info(), number));
        const std::vector<float> one = outputOf(*loaded->model, { batch.back() }, output.toStdString());
        alone.insert(alone.end(), one.begin(), one.end());
    }
    const std::vector<float> together = outputOf(*loaded->model, batch, output.toStdString());
    QCOMPARE(together.size(), alone.size());
    float largest = 1.0f, difference = 0.0f; // rounding grows with the numbers
    for (std::size_t i = 0; i < alone.size(); ++i) {
        largest = std::max(largest, std::abs(alone[i]));
        difference = std::max(difference, std::abs(together[i] - alone[i]));
    }
    QVERIFY2(difference < 1e-5f * largest, qPrintable(QString("%1 of %2").arg(difference).arg(largest)));
}

void TestFamilies::inputsAreChecked_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<ModelInput>("input");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    const auto text = [](std::vector<std::int64_t> ids, std::vector<std::int64_t> types = {}, std::vector<std::uint8_t> mask = {}) {
        ModelInput input;
        input.ids = std::move(ids);
        input.typeIds = std::move(types);
        input.attentionMask = std::move(mask);
        return input;
    };
    const auto picture = [](const Shape& shape) {
        ModelInput input;
        input.pixelValues = Tensor::zeros(shape);
        return input;
    };
    const int bad = int(ErrorKind::BadInput);
    QTest::newRow("nothing") << "bert_mlm" << text({}) << bad << "empty";
    QTest::newRow("too long") << "bert_mlm" << text(std::vector<std::int64_t>(81, 5)) << int(ErrorKind::TooLong) << "81 tokens long; this model has positions for 80";
    QTest::newRow("too long behind the padding's number") << "roberta_seqcls" << text(std::vector<std::int64_t>(79, 5))
        << int(ErrorKind::TooLong) << "79 tokens long; this model has positions for 78";
    QTest::newRow("id too large") << "bert_mlm" << text({ 5, 128 }) << bad << "Token id 128";
    QTest::newRow("id below zero") << "bert_mlm" << text({ -1 }) << bad << "Token id -1";
    QTest::newRow("type too large") << "bert_mlm" << text({ 5 }, { 2 }) << bad << "Token type 2";
    QTest::newRow("types too few") << "bert_mlm" << text({ 5, 6 }, { 0 }) << bad << "2 token ids";
    QTest::newRow("mask too long") << "bert_mlm" << text({ 5 }, {}, { 1, 1 }) << bad << "1 token ids";
    QTest::newRow("a picture for BERT") << "bert_mlm" << picture({ 3, 32, 32 }) << bad << "empty";
    QTest::newRow("a text for ViT") << "vit_cls" << text({ 5 }) << bad << "takes a picture";
    QTest::newRow("one channel") << "vit_cls" << picture({ 1, 32, 32 }) << bad << "1 channels, this model takes 3";
    QTest::newRow("too low") << "vit_cls" << picture({ 3, 7, 32 }) << bad << "smaller than one patch of 8";
    QTest::newRow("no pixels") << "vit_cls" << picture({ 3, 0, 0 }) << bad << "smaller than one patch";
    QTest::newRow("a matrix") << "vit_cls" << picture({ 32, 32 }) << bad << "takes a picture";
}

void TestFamilies::inputsAreChecked()
{
    QFETCH(QString, model);
    QFETCH(ModelInput, input);
    QFETCH(int, kind);
    QFETCH(QString, words);
    const auto loaded = loadModel((golden + model).toStdString());
    const Status status = loaded->model->check(input);
    QVERIFY(!status);
    QCOMPARE(int(status.error().kind), kind);
    QVERIFY2(QString::fromStdString(status.error().message).contains(words), status.error().message.c_str());
}

void TestFamilies::overflowIsAnError()
{
    const test::ScratchFolder folder(golden + "bert_seqcls");
    for (const float value : { 1e38f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity() }) {
        changeParameters(folder, [value](Tensors& tensors) {
            tensors["bert.encoder.layer.0.attention.self.query.weight"] = Tensor::filled({ 32, 32 }, value);
            tensors["bert.encoder.layer.0.attention.self.key.weight"] = Tensor::filled({ 32, 32 }, value);
        });
        const auto loaded = loadModel(folder.path());
        QVERIFY(loaded);
        const auto pass = runPass(*loaded->model, exampleFor(loaded->model->info(), 0), {}, JobControl());
        QVERIFY(!pass);
        QCOMPARE(int(pass.error().kind), int(ErrorKind::BadFile));
        QVERIFY2(pass.error().message.find("damaged or overflow") != std::string::npos, pass.error().message.c_str());
    }
}

HEADLIGHT_TEST_MAIN(TestFamilies)
#include "tst_families.moc"
