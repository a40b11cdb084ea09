// What models say of single tokens: words that ELECTRA's discriminator takes for replaced, and classes of tokens. The
// logits are those of tst_golden_models; for classes of tokens, a reference model's answer logits under other names.

#include "core/engine/engine.h"
#include "core/io/safetensors.h"
#include "tests/support/tiny_model.h"

using namespace headlight;

class TestTokenPredictions : public test::TestCase {
    Q_OBJECT
private slots:
    void replacedWordsComeLikeliestFirst();
    void tokenClassesComeInTheOrderOfTheText();

private:
    std::shared_ptr<const AnalysisResult> run(const test::ScratchFolder& folder, const std::vector<std::int64_t>& ids) const
    {
        AnalysisRequest request;
        request.input = IdsInput { ids };
        const auto opened = m_engine.open(folder.path().string(), {});
        if (!opened)
            qFatal("%s", opened.error().message.c_str());
        const auto result = m_engine.run(*opened, request, {});
        if (!result)
            qFatal("%s", result.error().message.c_str());
        return *result;
    }
    const Engine m_engine { Resources("/no/such/resources") };
};

namespace {

void changeBias(const test::ScratchFolder& folder, float by)
{
    auto tensors = SafetensorsFile::open(folder / "model.safetensors")->tensors();
    Tensor& bias = tensors.at("discriminator_predictions.dense_prediction.bias");
    bias = Tensor::filled({ 1 }, bias.at(0) + by);
    QVERIFY(writeSafetensors(folder / "model.safetensors", tensors, {}));
}

} // namespace

void TestTokenPredictions::replacedWordsComeLikeliestFirst()
{
    const test::ScratchFolder folder(test::sourcePath("tests/golden/electra_disc"));
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 40; ++i)
        ids.push_back(3 + i * 11 % 120);
    // The reference model finds nothing replaced; its bias is moved so that half of the tokens are.
    const Tensor unmoved = run(folder, ids)->trace->outputs().at("logits");
    std::vector<float> before(unmoved.floats().begin(), unmoved.floats().end());
    std::ranges::sort(before);
    changeBias(folder, -before[before.size() / 2]);
    const auto result = run(folder, ids);
    QCOMPARE(result->predictions.size(), std::size_t(1));
    QCOMPARE(result->predictions[0].title, std::string("replaced"));
    const auto& found = result->predictions[0].classes;
    const Tensor& logits = result->trace->outputs().at("logits");
    QCOMPARE(logits.shape(), (Shape { 1, 40 }));
    const auto positive = std::size_t(std::ranges::count_if(logits.floats(), [](float x) { return x > 0.0f; }));
    QVERIFY(positive > 0);
    QCOMPARE(found.size(), std::min<std::size_t>(positive, 10));
    QCOMPARE(found[0].logit, *std::ranges::max_element(logits.floats()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        QCOMPARE(found[i].logit, logits.at(found[i].index));
        QVERIFY(std::fabs(double(found[i].probability) - 1.0 / (1.0 + std::exp(-double(found[i].logit)))) < 1e-6);
        QVERIFY(i == 0 || found[i].logit <= found[i - 1].logit);
    }
}

void TestTokenPredictions::tokenClassesComeInTheOrderOfTheText()
{
    const std::vector<std::int64_t> ids { 5, 9, 40, 7, 88, 23, 61, 14 };
    const test::ScratchFolder answers(test::sourcePath("tests/golden/bert_qa"));
    const auto outputs = run(answers, ids)->trace->outputs();
    const test::ScratchFolder folder(test::sourcePath("tests/golden/bert_qa"));
    auto tensors = SafetensorsFile::open(folder / "model.safetensors")->tensors();
    for (const char* part : { "weight", "bias" }) {
        auto node = tensors.extract(std::string("qa_outputs.") + part);
        node.key() = std::string("classifier.") + part;
        tensors.insert(std::move(node));
    }
    QVERIFY(writeSafetensors(folder / "model.safetensors", tensors, {}));
    QString config = QString::fromStdString(test::readBytes(folder / "config.json"));
    config.replace("BertForQuestionAnswering", "BertForTokenClassification");
    config.replace("\"model_type\"", "\"id2label\": {\"0\": \"O\", \"1\": \"B-PER\"}, \"model_type\"");
    test::writeBytes(folder / "config.json", config.toStdString());
    const auto result = run(folder, ids);
    const Tensor logits = result->trace->outputs().at("logits"), start = outputs.at("start_logits"), end = outputs.at("end_logits");
    QCOMPARE(logits.shape(), (Shape { 1, 8, 2 }));
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 0; i < 8; ++i) {
        QVERIFY(std::fabs(logits.at(2 * i) - start.at(i)) < 1e-6f && std::fabs(logits.at(2 * i + 1) - end.at(i)) < 1e-6f);
        if (end.at(i) > start.at(i))
            expected.push_back(i);
    }
    QVERIFY(!expected.empty() && expected.size() < 8);
    std::vector<std::int64_t> got;
    for (const ClassProbability& one : result->predictions.at(0).classes) {
        got.push_back(one.index);
        QVERIFY(one.label.ends_with(": B-PER") && one.probability > 0.5f);
    }
    QCOMPARE(got, expected);
}

HEADLIGHT_TEST_MAIN(TestTokenPredictions)
#include "tst_token_predictions.moc"
