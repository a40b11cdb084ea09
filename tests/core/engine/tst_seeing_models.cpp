// Models that see, through the engine: what the rows and columns of their maps are, and what they say. The models are
// the reference's tiny ones in tests/golden; their numbers are tst_golden_models' business.

#include "core/engine/engine.h"
#include "core/io/safetensors.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestSeeingModels : public test::TestCase {
    Q_OBJECT
private slots:
    void textsAndPatchesOfTwoTowers();
    void oneTowerAlone();
    void scoresNeedBoth();
    void noTextBesideAPictureAlone();
    void cellsAndQueriesOfADetector();
    void detectionTokens();
    void windowsKnowTheirGrid();
    void registersAreNamed();
    void picturesOfAnyShape();
    void wrongPicturesAreRefused_data();
    void wrongPicturesAreRefused();

private:
    std::shared_ptr<const OpenModel> open(const char* name);
    std::map<std::string, Tensor> example(const char* name);
    std::shared_ptr<const AnalysisResult> run(const std::shared_ptr<const OpenModel>& model, AnalysisInput input);

    Engine m_engine { Resources::locate() };
};

std::shared_ptr<const OpenModel> TestSeeingModels::open(const char* name)
{
    const auto model = m_engine.open(test::sourcePath(QString("tests/golden/") + name).toStdString(), {});
    if (!model)
        qCritical("%s", model.error().message.c_str());
    return model ? *model : nullptr;
}

std::map<std::string, Tensor> TestSeeingModels::example(const char* name)
{
    const auto file
        = SafetensorsFile::open(test::sourcePath(QString("tests/golden/%1/expected.image.safetensors").arg(name)).toStdString());
    return file ? file->tensors() : std::map<std::string, Tensor>();
}

std::shared_ptr<const AnalysisResult> TestSeeingModels::run(const std::shared_ptr<const OpenModel>& model, AnalysisInput input)
{
    AnalysisRequest request;
    request.input = std::move(input);
    const auto result = m_engine.run(model, request, {});
    if (!result)
        qCritical("%s", result.error().message.c_str());
    return result ? *result : nullptr;
}

void TestSeeingModels::textsAndPatchesOfTwoTowers()
{
    const auto result = run(open("clip_quick"), TensorInput { example("clip_quick") });
    QVERIFY(result);
    QCOMPARE(result->tokens.size(), std::size_t(9));
    QCOMPARE(result->patchTokens.size(), std::size_t(17));
    for (const auto& layer : result->trace->layers()) {
        QCOMPARE(std::int64_t(result->queryTokens(layer->site).size()), layer->queries);
        QCOMPARE(std::int64_t(result->keyTokens(layer->site).size()), layer->keys);
    }
    // From the reference: the cosine is what the scale made logits_per_image of.
    const float logit = example("clip_quick").at("logits_per_image").at(0);
    QCOMPARE(result->predictions.size(), std::size_t(1));
    QVERIFY(std::abs(result->predictions[0].classes[0].logit - logit) < 1e-4f);
    QVERIFY(std::abs(result->predictions[0].classes[0].probability) <= 1.0f);
}

void TestSeeingModels::oneTowerAlone()
{
    const auto model = open("siglip");
    const auto text = run(model, IdsInput { example("siglip").at("input_ids").integers() });
    QVERIFY(text && !text->trace->outputs().contains("logits_per_image"));
    QCOMPARE(text->trace->outputs().at("text_embeds").count(), std::int64_t(32));
    const auto picture = run(model, TensorInput { { { "pixel_values", example("siglip").at("pixel_values") } } });
    QVERIFY(picture && picture->tokens.empty());
    QCOMPARE(picture->patchTokens.size(), std::size_t(16));
}

void TestSeeingModels::scoresNeedBoth()
{
    AnalysisRequest request;
    request.input = TensorInput { {} };
    const auto nothing = m_engine.run(open("clip_quick"), request, {});
    QVERIFY(!nothing);
    QVERIFY(nothing.error().message.find("pixel_values or input_ids") != std::string::npos);
}

void TestSeeingModels::noTextBesideAPictureAlone()
{
    AnalysisRequest request;
    request.input = ImageInput { Image::make(32, 32, [](std::span<std::uint8_t> out) { std::ranges::fill(out, 7); }), "a cat" };
    const auto result = m_engine.run(open("vit_cls"), request, {});
    QVERIFY(!result);
    QVERIFY(result.error().message.find("no text beside it") != std::string::npos);
}

void TestSeeingModels::cellsAndQueriesOfADetector()
{
    const auto result = run(open("detr_resnet"), TensorInput { example("detr_resnet") });
    QVERIFY(result && result->patches);
    QCOMPARE(result->patches->rows(), 5);
    QCOMPARE(result->patches->columns(), 6);
    QCOMPARE(result->decoderTokens.size(), std::size_t(5));
    for (const auto& layer : result->trace->layers()) {
        QCOMPARE(std::int64_t(result->queryTokens(layer->site).size()), layer->queries);
        QCOMPARE(std::int64_t(result->keyTokens(layer->site).size()), layer->keys);
    }
}

void TestSeeingModels::detectionTokens()
{
    const auto result = run(open("yolos_det"), TensorInput { example("yolos_det") });
    QVERIFY(result && result->patches);
    QCOMPARE(result->tokens.size(), std::size_t(1 + 4 * 6 + 6));
    QCOMPARE(result->tokens.back().label, std::string("object 5"));
    for (const DetectedBox& box : result->boxes)
        QVERIFY(box.token >= 25 && box.token < 31);
}

void TestSeeingModels::windowsKnowTheirGrid()
{
    const auto result = run(open("swin_cls"), TensorInput { example("swin_cls") });
    QVERIFY(result);
    const auto layers = result->trace->layers();
    QCOMPARE(layers.size(), std::size_t(4));
    QCOMPARE(layers[1]->title, std::string("stage 0, block 1"));
    QVERIFY(layers[1]->windows && layers[3]->windows);
    QCOMPARE(layers[1]->windows->rows * layers[1]->windows->columns, layers[1]->queries);
    QCOMPARE(layers[3]->windows->rows, std::int64_t(8));
    QCOMPARE(layers[3]->windows->cell, std::int64_t(2));
}

void TestSeeingModels::registersAreNamed()
{
    const auto result = run(open("dinov2_reg_cls"), TensorInput { example("dinov2_reg_cls") });
    QVERIFY(result);
    QCOMPARE(result->tokens.size(), std::size_t(1 + 4 + 16));
    QCOMPARE(result->tokens[0].label, std::string("[CLS]"));
    for (int i = 1; i <= 4; ++i) {
        QCOMPARE(result->tokens[std::size_t(i)].label, "[REG " + std::to_string(i) + "]");
        QVERIFY(result->tokens[std::size_t(i)].special && result->tokens[std::size_t(i)].patchRow < 0);
    }
    QCOMPARE(result->tokens[5].label, std::string("0,0"));
    QCOMPARE(result->model->network->info().registerTokens, 4);
}

/// SigLIP 2 takes whole pictures as well: the same numbers as for patches that were cut before.
void TestSeeingModels::picturesOfAnyShape()
{
    const auto model = open("siglip2_vision");
    QVERIFY(model);
    const auto tensors = example("siglip2_vision");
    const std::vector<std::int64_t> cells = tensors.at("spatial_shapes").integers();
    const std::int64_t rows = cells[0], columns = cells[1], patch = model->network->info().patchSize;
    const Tensor cut = tensors.at("pixel_values").toFloat();
    const std::int64_t numbers = cut.shape()[2], height = rows * patch, width = columns * patch;
    std::vector<float> pixels(std::size_t(3 * height * width));
    for (std::int64_t i = 0; i < rows * columns; ++i)
        for (std::int64_t k = 0; k < numbers; ++k) {
            const std::int64_t y = i / columns * patch + k / 3 / patch, x = i % columns * patch + k / 3 % patch;
            pixels[std::size_t((k % 3 * height + y) * width + x)] = cut.at(i * numbers + k);
        }
    const auto whole = run(model, TensorInput { { { "pixel_values", Tensor::fromVector({ 1, 3, height, width }, pixels) } } });
    QVERIFY(whole);
    const Tensor pooled = whole->trace->outputs().at("pooler_output"), expected = tensors.at("pooler_output");
    for (std::int64_t i = 0; i < expected.count(); ++i)
        QVERIFY(std::abs(pooled.at(i) - expected.at(i)) < 1e-4f);
    // Rows that came cut are shown as the picture they were cut from; what fills them up has no place in it.
    const auto given = run(model, TensorInput { tensors });
    QVERIFY(given && given->patches);
    QCOMPARE(given->patches->rows(), int(rows));
    QCOMPARE(given->patches->columns(), int(columns));
    QCOMPARE(given->tokens.size(), std::size_t(cut.shape()[1]));
    QCOMPARE(given->tokens[std::size_t(columns) + 1].label, std::string("1,1"));
    for (std::size_t i = std::size_t(rows * columns); i < given->tokens.size(); ++i)
        QCOMPARE(given->tokens[i].label, std::string("padding"));
}

void TestSeeingModels::wrongPicturesAreRefused_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QList<qint64>>("shape");
    QTest::addColumn<QString>("word");
    QTest::newRow("channels") << "beit_cls" << QList<qint64> { 1, 1, 32, 32 } << "channels";
    QTest::newRow("no patch") << "yolos_det" << QList<qint64> { 1, 3, 4, 32 } << "patch";
    QTest::newRow("no window") << "swin_cls" << QList<qint64> { 1, 3, 10, 10 } << "window";
    QTest::newRow("nothing to convolve") << "detr_resnet" << QList<qint64> { 1, 4, 32, 32 } << "channels";
}

void TestSeeingModels::wrongPicturesAreRefused()
{
    QFETCH(QString, model);
    QFETCH(QList<qint64>, shape);
    QFETCH(QString, word);
    AnalysisRequest request;
    request.input = TensorInput { { { "pixel_values", Tensor::zeros({ shape[0], shape[1], shape[2], shape[3] }) } } };
    const auto result = m_engine.run(open(qPrintable(model)), request, {});
    QVERIFY(!result);
    QVERIFY2(result.error().message.find(word.toStdString()) != std::string::npos, result.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestSeeingModels)
#include "tst_seeing_models.moc"
