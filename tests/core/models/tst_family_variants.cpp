// What configurations say beyond the golden models: each variant is rewritten so that it must equal a golden model (which
// tst_golden_models holds against the reference), or a number worked out by hand.

#include "core/engine/pass.h"
#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "core/models/rope_settings.h"
#include "tests/support/files.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestFamilyVariants : public test::TestCase {
    Q_OBJECT
private slots:
    void equalExpertsAreOneFeedForward();
    void layersMayBeConfiguredOneByOne();
    void bareReadersOfPictures_data();
    void bareReadersOfPictures();
    void headsAreTiedWhereNoneIsStored_data();
    void headsAreTiedWhereNoneIsStored();
    void unmentionedScalingIsTheUsualOne_data();
    void unmentionedScalingIsTheUsualOne();
    void classesAreReadAtTheLastRealToken();
    void expertsMayHaveBiases();
    void textVectorsMayBeNarrower();
    void sharesAreCutInDoubles();
    void unknownLayersAreRefused();
};

namespace {

using Tensors = std::map<std::string, Tensor>;

class Variant {
public:
    explicit Variant(const QString& model)
        : m_folder(test::sourcePath("tests/golden/" + model))
    {
    }
    void config(const std::function<void(Json&)>& change) const
    {
        Json json = Json::parse(test::readBytes(m_folder / "config.json"));
        change(json);
        test::writeBytes(m_folder / "config.json", json.dump());
    }
    void parameters(const std::function<void(Tensors&)>& change) const
    {
        Tensors tensors = SafetensorsFile::open(m_folder / "model.safetensors")->tensors();
        change(tensors);
        const Status status = writeSafetensors(m_folder / "model.safetensors", tensors, {});
        QVERIFY2(status, status ? "" : status.error().message.c_str());
    }
    Expected<LoadedModel> load() const { return loadModel(m_folder.path()); }

private:
    test::ScratchFolder m_folder;
};

std::vector<std::int64_t> words(std::int64_t count)
{
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < count; ++i)
        ids.push_back(3 + i * 7 % 40);
    return ids;
}

std::shared_ptr<const Trace> traced(const Variant& variant, const std::vector<std::int64_t>& ids = words(12))
{
    const auto loaded = variant.load();
    if (!loaded) {
        qWarning("%s", loaded.error().message.c_str());
        return nullptr;
    }
    ModelInput input;
    input.ids = ids;
    PassRequest request;
    request.trace.hiddenStates = true;
    const JobControl control;
    const auto pass = runPass(*loaded->model, input, request, control);
    return pass ? pass->trace : nullptr;
}

/// The largest difference of two outputs; huge where one is missing or of another size.
double distance(const Tensor& a, const Tensor& b)
{
    if (a.count() != b.count() || a.empty())
        return 1e9;
    double largest = 0.0;
    for (std::int64_t i = 0; i < a.count(); ++i)
        largest = std::max(largest, std::fabs(double(a.at(i)) - double(b.at(i))));
    return largest;
}

Tensor output(const Variant& variant, const char* name, const std::vector<std::int64_t>& ids = words(12))
{
    const auto trace = traced(variant, ids);
    return trace && trace->outputs().contains(name) ? trace->outputs().at(name) : Tensor();
}

Tensor stacked(const std::vector<const Tensor*>& parts, const Shape& shape)
{
    std::vector<float> numbers;
    for (const Tensor* part : parts)
        for (std::int64_t i = 0; i < part->count(); ++i)
            numbers.push_back(part->at(i));
    return Tensor::fromVector(shape, std::move(numbers));
}

void renamePrefix(Tensors& tensors, const std::string& from, const std::string& to)
{
    Tensors renamed;
    for (const auto& [name, tensor] : tensors)
        renamed.emplace(name.starts_with(from) ? to + name.substr(from.size()) : name, tensor);
    tensors = std::move(renamed);
}

} // namespace

/// Three experts that are the feed-forward part itself, the part made silent, and norms that change nothing that is normed
/// already: the model is the one without experts, whatever the router chooses and however it weighs.
void TestFamilyVariants::equalExpertsAreOneFeedForward()
{
    const Variant plain("gemma4_lm"), routed("gemma4_lm");
    for (const Variant* each : { &plain, &routed })
        each->config([](Json& json) { json["use_double_wide_mlp"] = false; });
    const auto narrow = [](Tensors& tensors) { // the wide parts of layers that share, cut in half
        for (auto& [name, tensor] : tensors) {
            const bool in = name.ends_with("gate_proj.weight") || name.ends_with("up_proj.weight");
            const bool out = name.ends_with("down_proj.weight");
            if (!(in && tensor.shape()[0] == 64) && !(out && tensor.shape()[1] == 64))
                continue;
            const Tensor whole = tensor;
            const std::int64_t columns = whole.shape()[1], kept = out ? columns / 2 : columns;
            const std::int64_t rows = in ? whole.shape()[0] / 2 : whole.shape()[0];
            tensor = Tensor::make({ rows, kept }, [&](std::span<float> numbers) {
                for (std::int64_t i = 0; i < rows * kept; ++i)
                    numbers[std::size_t(i)] = whole.at(i / kept * columns + i % kept);
            });
        }
    };
    plain.parameters(narrow);
    routed.config([](Json& json) {
        json["enable_moe_block"] = true;
        json["num_experts"] = 3;
        json["top_k_experts"] = 2;
        json["moe_intermediate_size"] = 32;
    });
    routed.parameters([&](Tensors& tensors) {
        narrow(tensors);
        for (int i = 0; i < 4; ++i) {
            const std::string name = "model.layers." + std::to_string(i) + ".", mlp = name + "mlp.";
            const Tensor gate = tensors.at(mlp + "gate_proj.weight"), up = tensors.at(mlp + "up_proj.weight"),
                         down = tensors.at(mlp + "down_proj.weight");
            tensors[name + "experts.gate_up_proj"] = stacked({ &gate, &up, &gate, &up, &gate, &up }, { 3, 64, 32 });
            tensors[name + "experts.down_proj"] = stacked({ &down, &down, &down }, { 3, 32, 32 });
            tensors[mlp + "down_proj.weight"] = Tensor::zeros({ 32, 32 });
            tensors[name + "router.proj.weight"] = test::randomTensor({ 3, 32 }, std::uint32_t(i));
            tensors[name + "router.scale"] = Tensor::filled({ 32 }, 3.0f);
            tensors[name + "router.per_expert_scale"] = Tensor::filled({ 3 }, 40.0f);
            tensors[name + "pre_feedforward_layernorm_2.weight"] = tensors.at(name + "pre_feedforward_layernorm.weight");
            for (const char* norm : { "post_feedforward_layernorm_1.weight", "post_feedforward_layernorm_2.weight" })
                tensors[name + norm] = Tensor::filled({ 32 }, 1.0f);
        }
    });
    const auto trace = traced(routed);
    QVERIFY(trace && trace->experts({ AttentionKind::Decoder, 3 }) != nullptr);
    QVERIFY(trace->experts({ AttentionKind::Decoder, 3 })->weights.front() > 20.0f); // one of two, times 40
    QVERIFY(distance(trace->outputs().at("logits"), output(plain, "logits")) < 2e-3);
}

/// The newest files give full layers a configuration of their own instead of "global_head_dim".
void TestFamilyVariants::layersMayBeConfiguredOneByOne()
{
    const Variant older("gemma4_lm"), newer("gemma4_lm");
    newer.config([](Json& json) {
        json.erase("global_head_dim");
        json["per_layer_config"] = { { "1", { { "head_dim", 16 } } }, { "3", { { "head_dim", 16 } } } };
    });
    QCOMPARE(distance(output(newer, "logits"), output(older, "logits")), 0.0);
}

void TestFamilyVariants::bareReadersOfPictures_data()
{
    QTest::addColumn<QString>("architecture");
    QTest::addColumn<QString>("prefix"); // that a bare model's file does not have
    QTest::newRow("smolvlm") << "SmolVLMModel" << "model.";
    QTest::newRow("idefics3") << "Idefics3Model" << "model.";
    QTest::newRow("qwen2_5_vl") << "Qwen2_5_VLModel" << "";
    QTest::newRow("qwen3_vl") << "Qwen3VLModel" << "model.";
    QTest::newRow("gemma3_mm") << "Gemma3Model" << "";
}

void TestFamilyVariants::bareReadersOfPictures()
{
    QFETCH(QString, architecture);
    QFETCH(QString, prefix);
    const Variant whole(QTest::currentDataTag()), bare(QTest::currentDataTag());
    bare.config([&](Json& json) { json["architectures"] = { architecture.toStdString() }; });
    bare.parameters([&](Tensors& tensors) {
        std::erase_if(tensors, [](const auto& each) { return each.first.ends_with("lm_head.weight"); });
        if (!prefix.isEmpty())
            renamePrefix(tensors, prefix.toStdString(), "");
    });
    const auto reads = traced(whole);
    QVERIFY(reads && !reads->hiddenStates().empty());
    QCOMPARE(distance(output(bare, "last_hidden_state"), reads->hiddenStates().back().value), 0.0);
}

void TestFamilyVariants::headsAreTiedWhereNoneIsStored_data()
{
    QTest::addColumn<QString>("embedding");
    QTest::addColumn<QString>("head");
    QTest::newRow("smolvlm") << "model.text_model.embed_tokens.weight" << "lm_head.weight";
    QTest::newRow("qwen2_5_vl") << "model.embed_tokens.weight" << "lm_head.weight";
    QTest::newRow("gemma3_mm") << "language_model.model.embed_tokens.weight" << "language_model.lm_head.weight";
}

/// Where several parts have configurations, "tie_word_embeddings" of one may contradict that of another.
void TestFamilyVariants::headsAreTiedWhereNoneIsStored()
{
    QFETCH(QString, embedding);
    QFETCH(QString, head);
    const Variant stored(QTest::currentDataTag()), tied(QTest::currentDataTag());
    stored.parameters([&](Tensors& tensors) { tensors[head.toStdString()] = tensors.at(embedding.toStdString()); });
    tied.parameters([&](Tensors& tensors) { tensors.erase(head.toStdString()); });
    tied.config([](Json& json) { json["tie_word_embeddings"] = false; });
    QCOMPARE(distance(output(tied, "logits"), output(stored, "logits")), 0.0);
}

void TestFamilyVariants::unmentionedScalingIsTheUsualOne_data()
{
    QTest::addColumn<QString>("scaling");
    QTest::newRow("gpt_oss_lm") << R"({ "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": false,
        "original_max_position_embeddings": 4096, "rope_theta": 150000.0 })";
    QTest::newRow("ministral3_lm") << R"({ "type": "yarn", "rope_theta": 1000000.0, "factor": 16.0, "mscale_all_dim": 1.0,
        "original_max_position_embeddings": 16384, "mscale": 1.0, "llama_4_scaling_beta": 0.1 })";
}

void TestFamilyVariants::unmentionedScalingIsTheUsualOne()
{
    QFETCH(QString, scaling);
    const Variant silent(QTest::currentDataTag()), explicitly(QTest::currentDataTag()), unscaled(QTest::currentDataTag());
    for (const Variant* each : { &silent, &explicitly, &unscaled })
        each->config([](Json& json) {
            for (const char* key : { "rope_scaling", "rope_parameters", "rope_theta" })
                json.erase(key);
        });
    explicitly.config([&](Json& json) { json["rope_parameters"] = Json::parse(scaling.toStdString()); });
    unscaled.config([](Json& json) { json["rope_scaling"] = nullptr; });
    const Tensor logits = output(silent, "logits");
    QCOMPARE(distance(logits, output(explicitly, "logits")), 0.0);
    QVERIFY(distance(logits, output(unscaled, "logits")) > 1e-4);
}

/// Padding inside of a text is a token like any other; behind it, it is none. Classes are one product by hand.
void TestFamilyVariants::classesAreReadAtTheLastRealToken()
{
    const Variant plain("qwen2_lm"), classes("qwen2_lm");
    const Tensor score = test::randomTensor({ 3, 32 }, 5);
    const std::int64_t width = Json::parse(test::readBytes(
        test::sourcePath("tests/golden/qwen2_lm/config.json").toStdString()))["hidden_size"].get<std::int64_t>();
    QCOMPARE(width, std::int64_t(32));
    classes.config([](Json& json) {
        json["architectures"] = { "Qwen2ForSequenceClassification" };
        json["num_labels"] = 3;
        json["pad_token_id"] = 0;
    });
    classes.parameters([&](Tensors& tensors) {
        tensors.erase("lm_head.weight");
        tensors["score.weight"] = score;
    });
    for (const auto& [ids, row] : { std::pair(std::vector<std::int64_t> { 5, 0, 9, 7, 0, 0 }, 3),
             std::pair(std::vector<std::int64_t> { 0, 0, 9, 7 }, 3), std::pair(std::vector<std::int64_t> { 0, 0 }, 0) }) {
        const auto states = traced(plain, ids);
        const Tensor logits = output(classes, "logits", ids);
        QVERIFY(states && logits.count() == 3);
        const Tensor last = states->hiddenStates().back().value;
        for (std::int64_t c = 0; c < 3; ++c) {
            double expected = 0.0;
            for (std::int64_t i = 0; i < width; ++i)
                expected += double(last.at(row * width + i)) * double(score.at(c * width + i));
            QVERIFY(std::fabs(double(logits.at(c)) - expected) < 1e-4);
        }
    }
}

/// "mlp_bias" of DeepSeek-V2: biases of zero change nothing, others do.
void TestFamilyVariants::expertsMayHaveBiases()
{
    const Variant plain("deepseek_v2_lm"), silent("deepseek_v2_lm"), loud("deepseek_v2_lm");
    for (const auto& [variant, bias] : { std::pair(&silent, 0.0f), std::pair(&loud, 0.5f) }) {
        variant->config([](Json& json) { json["mlp_bias"] = true; });
        variant->parameters([&](Tensors& tensors) {
            const Tensors before = tensors;
            for (const auto& [name, tensor] : before)
                if (name.ends_with("_proj.weight") && name.find("mlp.") != std::string::npos)
                    tensors[name.substr(0, name.size() - 6) + "bias"] = Tensor::filled({ tensor.shape()[0] }, bias);
        });
    }
    const Tensor logits = output(plain, "logits");
    QCOMPARE(distance(output(silent, "logits"), logits), 0.0);
    QVERIFY(distance(output(loud, "logits"), logits) > 1e-3);
}

void TestFamilyVariants::textVectorsMayBeNarrower()
{
    const Variant whole("siglip_text"), narrow("siglip_text");
    const std::int64_t kept = 5;
    narrow.config([&](Json& json) { json["projection_size"] = kept; });
    narrow.parameters([&](Tensors& tensors) {
        for (auto& [name, tensor] : tensors) {
            if (!name.starts_with("text_model.head."))
                continue;
            const Tensor all = tensor;
            const std::int64_t columns = all.shape().rank() == 2 ? all.shape()[1] : 1;
            tensor = Tensor::make(all.shape().rank() == 2 ? Shape { kept, columns } : Shape { kept },
                [&](std::span<float> numbers) { std::ranges::copy(all.floats().first(std::size_t(kept * columns)), numbers.begin()); });
        }
    });
    const Tensor all = output(whole, "pooler_output", words(8)), first = output(narrow, "pooler_output", words(8));
    QCOMPARE(first.count(), kept);
    for (std::int64_t i = 0; i < kept; ++i)
        QVERIFY(std::fabs(first.at(i) - all.at(i)) < 1e-6f);
}

/// 0.9 of 40 numbers are 36, not the 35 that f32 makes of them; of 7 numbers the last turns with the next one.
void TestFamilyVariants::sharesAreCutInDoubles()
{
    Config config = std::move(*Config::parse(R"({ "partial_rotary_factor": 0.9 })", "config.json"));
    const std::vector<double> whole = readRope(config, { .headSize = 40 }).usual.frequencies;
    QCOMPARE(whole.size(), std::size_t(18));
    QVERIFY(std::fabs(whole[17] / std::pow(10000.0, -34.0 / 36.0) - 1.0) < 1e-5);
    Config odd = std::move(*Config::parse(R"({ "partial_rotary_factor": 0.5 })", "config.json"));
    const std::vector<double> frequencies = readRope(odd, { .headSize = 14 }).usual.frequencies;
    QCOMPARE(frequencies.size(), std::size_t(4));
    for (std::size_t i = 0; i < 4; ++i)
        QVERIFY(std::fabs(frequencies[i] - std::pow(10000.0, -2.0 * double(i) / 7.0)) < 1e-6);
}

void TestFamilyVariants::unknownLayersAreRefused()
{
    const Variant variant("qwen3_yarn");
    variant.config([](Json& json) { json["layer_types"] = { "full_attention", "linear_attention", "full_attention" }; });
    const auto loaded = variant.load();
    QVERIFY(!loaded);
    QVERIFY(QString::fromStdString(loaded.error().message).contains("linear_attention"));
}

HEADLIGHT_TEST_MAIN(TestFamilyVariants)
#include "tst_family_variants.moc"
