// preprocessor_config.json of all ages. What older and emptier files mean is what the classes of Hugging Face
// transformers 4.48 take as their defaults; wrong values name the file, the key and what was expected.

#include "core/vision/image_processor_config.h"

#include "core/vision/image_processor_types.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestImageProcessorConfig : public test::TestCase {
    Q_OBJECT
private slots:
    void knowsTheDefaultsOfEachClass_data();
    void knowsTheDefaultsOfEachClass();
    void readsEveryWritingOfSize_data();
    void readsEveryWritingOfSize();
    void readsAStepSwitchedOff();
    void goesByTheModelWithoutAClass();
    void refusesWrongValues_data();
    void refusesWrongValues();
    void unknownClassesNameTheKnownOnes_data();
    void unknownClassesNameTheKnownOnes();
    void writesWhatItReads();
    void missingFileIsNotFound();
};

namespace {

/// Steps and sizes in one line, to compare with.
QString summary(const ImageProcessorConfig& config)
{
    QStringList parts{ QString::fromStdString(config.type) };
    if (config.resize) {
        const ResizeRule& rule = *config.resize;
        if (rule.fit == ResizeRule::Fit::Exact)
            parts += QString("to %1x%2").arg(rule.size.width).arg(rule.size.height);
        else
            parts += QString("edge %1").arg(rule.shortestEdge);
        if (rule.longestEdge)
            parts += QString("to %1").arg(*rule.longestEdge);
        if (rule.multipleOf > 1)
            parts += QString("by %1").arg(rule.multipleOf);
        parts += QString("filter %1").arg(int(rule.resample));
    }
    if (config.crop)
        parts += QString("crop %1x%2").arg(config.crop->width).arg(config.crop->height);
    if (config.rescale)
        parts += QString("scale 1/%1").arg(1.0 / *config.rescale);
    if (config.normalise)
        parts += QString("mean %1").arg(config.normalise->mean[0]);
    if (config.padding)
        parts += config.padding->givesMask ? "pad with mask" : "pad";
    return parts.join(", ");
}

Expected<ImageProcessorConfig> parse(const QByteArray& json)
{
    return parseImageProcessorConfig(json.toStdString(), "the file");
}

void write(const QTemporaryDir& folder, const char* name, const char* text)
{
    QFile file(folder.filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

void TestImageProcessorConfig::knowsTheDefaultsOfEachClass_data()
{
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* expected) { QTest::newRow(name) << QString(expected); };
    row("ViTImageProcessor", "ViT, to 224x224, filter 2, scale 1/255, mean 0.5");
    row("ViTImageProcessorFast", "ViT, to 224x224, filter 2, scale 1/255, mean 0.5");
    row("DeiTFeatureExtractor", "DeiT, to 256x256, filter 3, crop 224x224, scale 1/255, mean 0.5");
    row("CLIPFeatureExtractor", "CLIP, edge 224, filter 3, crop 224x224, scale 1/255, mean 0.481455");
    row("SiglipImageProcessor", "Siglip, to 224x224, filter 3, scale 1/255, mean 0.5");
    row("BitImageProcessor", "Bit, edge 224, filter 3, crop 224x224, scale 1/255, mean 0.481455");
    row("BeitImageProcessor", "Beit, to 256x256, filter 3, crop 224x224, scale 1/255, mean 0.5");
    row("BlipImageProcessor", "Blip, to 384x384, filter 3, scale 1/255, mean 0.481455");
    row("DetrFeatureExtractor", "Detr, edge 800, to 1333, filter 2, scale 1/255, mean 0.485, pad with mask");
    row("YolosImageProcessor", "Yolos, edge 800, to 1333, by 16, filter 2, scale 1/255, mean 0.485, pad");
}

void TestImageProcessorConfig::knowsTheDefaultsOfEachClass()
{
    QFETCH(QString, expected);
    for (const char* key : { "image_processor_type", "feature_extractor_type" }) {
        const auto config = parse(QString(R"({"%1": "%2"})").arg(key, QTest::currentDataTag()).toUtf8());
        QVERIFY2(config, config ? "" : config.error().message.c_str());
        QCOMPARE(summary(*config), expected);
    }
}

void TestImageProcessorConfig::readsEveryWritingOfSize_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("expected"); // begin of the summary
    const auto row = [](const char* json, const char* expected) {
        QTest::newRow(json) << QByteArray("{\"image_processor_type\": \"") + json + "}" << QString(expected);
    };
    row(R"(ViTImageProcessor", "size": 384, "resample": 3)", "ViT, to 384x384, filter 3");
    row(R"(ViTImageProcessor", "size": {"height": 32, "width": 44})", "ViT, to 44x32, filter 2");
    row(R"(ViTImageProcessor", "size": [32, 44])", "ViT, to 44x32, filter 2");
    row(R"(Qwen2VLImageProcessor", "patch_size": 14, "min_pixels": 3136, "max_pixels": 1003520)", "Qwen2VL, edge 0, by 28, filter 3");
    row(R"(Qwen2VLImageProcessorFast", "patch_size": 16, "size": {"shortest_edge": 65536, "longest_edge": 16777216})",
        "Qwen2VL, edge 0, by 32, filter 3");
    row(R"(SmolVLMImageProcessor", "size": {"longest_edge": 2048}, "max_image_size": {"longest_edge": 512})",
        "SmolVLM, edge 0, to 2048, filter 1");
    row(R"(Siglip2ImageProcessor", "patch_size": 16, "max_num_patches": 256)", "Siglip2, edge 0, by 16, filter 2");
    row(R"(Gemma3ImageProcessor", "size": {"height": 896, "width": 896})", "Gemma3, to 896x896, filter 2");
    row(R"(CLIPImageProcessor", "size": 336, "crop_size": 336)", "CLIP, edge 336, filter 3, crop 336x336");
    row(R"(CLIPImageProcessor", "size": {"height": 30, "width": 40})", "CLIP, to 40x30, filter 3");
    row(R"(BitImageProcessor", "size": {"shortest_edge": 256})", "Bit, edge 256, filter 3, crop 224x224");
    row(R"(BeitImageProcessor", "crop_size": {"height": 9, "width": 8})",
        "Beit, to 256x256, filter 3, crop 8x9");
    row(R"(DetrImageProcessor", "size": 600)", "Detr, edge 600, to 1333, filter 2");
    row(R"(DetrImageProcessor", "size": 600, "max_size": 900)", "Detr, edge 600, to 900, filter 2");
    row(R"(YolosImageProcessor", "size": {"shortest_edge": 512, "longest_edge": 864})",
        "Yolos, edge 512, to 864, by 16");
    row(R"(DetrImageProcessor", "size": {"shortest_edge": 512})", "Detr, edge 512, filter 2");
    row(R"(DetrImageProcessor", "size": {"height": 30, "width": 40})", "Detr, to 40x30, filter 2");
}

void TestImageProcessorConfig::readsEveryWritingOfSize()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, expected);
    const auto config = parse(json);
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    QCOMPARE(summary(*config).left(expected.size()), expected);
}

void TestImageProcessorConfig::readsAStepSwitchedOff()
{
    const auto config = parse(R"({"image_processor_type": "CLIPImageProcessor", "do_resize": false,
        "do_center_crop": false, "do_rescale": false, "do_normalize": false, "image_std": [0, 0, 0]})");
    QVERIFY(config);
    QCOMPARE(summary(*config), QString("CLIP"));
    const auto detr =
        parse(R"({"image_processor_type": "DetrImageProcessor", "pad_and_return_pixel_mask": false})");
    QVERIFY(detr && !detr->padding);
}

void TestImageProcessorConfig::goesByTheModelWithoutAClass()
{
    const QTemporaryDir folder;
    write(folder, "preprocessor_config.json", R"({"do_resize": true, "size": 240})");
    QVERIFY(!readImageProcessorConfig(folder.path().toStdString()));
    write(folder, "config.json", R"({"model_type": "vit"})");
    const auto plain = readImageProcessorConfig(folder.path().toStdString());
    QVERIFY(plain);
    QCOMPARE(summary(*plain), QString("ViT, to 240x240, filter 2, scale 1/255, mean 0.5"));
    write(folder, "config.json",
        R"({"model_type": "vision-encoder-decoder", "encoder": {"model_type": "deit"}})");
    const auto pair = readImageProcessorConfig(folder.path().toStdString());
    QVERIFY(pair);
    QCOMPARE(pair->type, std::string("DeiT"));
    write(folder, "config.json", R"({"model_type": "bert"})");
    const auto text = readImageProcessorConfig(folder.path().toStdString());
    QVERIFY(!text);
    QCOMPARE(text.error().kind, ErrorKind::Unsupported);
    QVERIFY(text.error().message.find("\"bert\"") != std::string::npos);
}

void TestImageProcessorConfig::refusesWrongValues_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("word"); // that the message names
    const auto row = [](const char* rest, const char* word) {
        QTest::newRow(rest) << QByteArray(R"({"image_processor_type": "CLIPImageProcessor", )") + rest + "}"
                            << QByteArray(word);
    };
    row(R"("size": 0)", "\"size\" is 0");
    row(R"("size": -3)", "\"size\" is -3");
    row(R"("size": 1e12)", "\"size\"");
    row(R"("size": "large")", "\"large\"");
    row(R"("size": [1, 2, 3])", "[1,2,3]");
    row(R"("size": {"height": 4})", "\"size\" is {\"height\":4}");
    row(R"("size": {"height": 4, "width": "x"})", "\"x\"");
    row(R"("size": {"shortest_edge": 99999})", "99999");
    row(R"("size": {"max_height": 5, "max_width": 5})", "\"shortest_edge\"");
    row(R"("crop_size": {"shortest_edge": 5})", "\"crop_size\"");
    row(R"("resample": 6)", "\"resample\" is 6");
    row(R"("resample": "bicubic")", "\"resample\"");
    row(R"("do_resize": "yes")", "\"do_resize\"");
    row(R"("rescale_factor": [1])", "\"rescale_factor\"");
    row(R"("image_mean": [0.5, 0.5])", "\"image_mean\"");
    row(R"("image_std": [0.5, 0, 0.5])", "\"image_std\"");
    row(R"("image_std": [0.5, "a", 0.5])", "\"image_std\"");
    QTest::newRow("no object") << QByteArray("[1]") << QByteArray("an object was expected");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray("the file");
}

void TestImageProcessorConfig::refusesWrongValues()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, word);
    const auto config = parse(json);
    QVERIFY(!config);
    QVERIFY(config.error().kind == ErrorKind::BadFile || config.error().kind == ErrorKind::Unsupported);
    QVERIFY2(
        config.error().message.find(word.toStdString()) != std::string::npos, config.error().message.c_str());
}

void TestImageProcessorConfig::unknownClassesNameTheKnownOnes_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("unknown") << QByteArray(R"({"image_processor_type": "OwlViTImageProcessor"})");
    QTest::newRow("sound") << QByteArray(R"({"feature_extractor_type": "WhisperFeatureExtractor"})");
    QTest::newRow("none") << QByteArray("{}");
    QTest::newRow("empty stem") << QByteArray(R"({"image_processor_type": "ImageProcessor"})");
}

void TestImageProcessorConfig::unknownClassesNameTheKnownOnes()
{
    QFETCH(QByteArray, json);
    const auto config = parse(json);
    QVERIFY(!config);
    QCOMPARE(config.error().kind, ErrorKind::Unsupported);
    for (const ImageProcessorType& type : imageProcessorTypes())
        QVERIFY(config.error().message.find(type.name) != std::string::npos);
}

void TestImageProcessorConfig::writesWhatItReads()
{
    const QTemporaryDir folder;
    for (const ImageProcessorType& type : imageProcessorTypes()) {
        ImageProcessorConfig config = type.defaults;
        QVERIFY(writeImageProcessorConfig(folder.path().toStdString(), config));
        const auto all = readImageProcessorConfig(folder.path().toStdString());
        QVERIFY(all);
        QCOMPARE(summary(*all), summary(config));
        QCOMPARE(all->normalise->deviation, config.normalise->deviation);
        config = { config.type, {}, {}, {}, {}, {} };
        QVERIFY(writeImageProcessorConfig(folder.path().toStdString(), config));
        QCOMPARE(summary(*readImageProcessorConfig(folder.path().toStdString())), summary(config));
    }
    const QString nowhere = folder.filePath("missing");
    QCOMPARE(writeImageProcessorConfig(nowhere.toStdString(), {}).error().kind, ErrorKind::Unwritable);
}

void TestImageProcessorConfig::missingFileIsNotFound()
{
    const QTemporaryDir folder;
    const auto config = readImageProcessorConfig(folder.path().toStdString());
    QVERIFY(!config);
    QCOMPARE(config.error().kind, ErrorKind::NotFound);
    QVERIFY(config.error().message.find("preprocessor_config.json") != std::string::npos);
}

HEADLIGHT_TEST_MAIN(TestImageProcessorConfig)
#include "tst_image_processor_config.moc"
