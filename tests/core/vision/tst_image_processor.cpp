// Every processor and picture of tests/golden/image_preprocessing (made by Hugging Face transformers; its
// README says which version), and what configurations of other ages, wrong values and odd pictures do.

#include "core/vision/image_processor.h"

#include "core/io/safetensors.h"
#include "core/vision/image_reader.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestImageProcessor : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
    void padsBatchAsReference_data();
    void padsBatchAsReference();
    void mapsBackToThePicture_data();
    void mapsBackToThePicture();
    void padsToAFixedSize();
    void skipsStepsThatAreSwitchedOff();
    void refusesPicturesThatDoNotFit();
};

namespace {

const QString goldenFolder = "tests/golden/image_preprocessing/";

/// Name → tensor of a reference file; empty when it cannot be read.
std::map<std::string, Tensor> reference(const QString& folder)
{
    const auto file = SafetensorsFile::open(
        test::sourcePath(goldenFolder + folder + "/expected.safetensors").toStdString());
    return file ? file->tensors() : std::map<std::string, Tensor>();
}

Image picture(const QString& name)
{
    const auto image = readImage(test::sourcePath(goldenFolder + "images/" + name + ".png").toStdString());
    return image ? *image : Image();
}

ImageProcessor processor(const char* json)
{
    return ImageProcessor::fromConfig(*parseImageProcessorConfig(json, "test"));
}

Image grey(int width, int height, std::uint8_t level)
{
    return Image::make(
        width, height, [level](std::span<std::uint8_t> out) { std::ranges::fill(out, level); });
}

/// The largest difference of two f32 tensors; infinite when their shapes differ but for a leading 1.
double largestDifference(const Tensor& a, const Tensor& b)
{
    if (a.count() != b.count() || a.shape()[-1] != b.shape()[-1] || a.shape()[-2] != b.shape()[-2])
        return INFINITY;
    double largest = 0.0;
    const Tensor left = a.toFloat(), right = b.toFloat();
    for (std::int64_t i = 0; i < a.count(); ++i)
        largest = std::max(largest, std::abs(double(left.at(i)) - right.at(i)));
    return largest;
}

} // namespace

void TestImageProcessor::agreesWithReference_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("image");
    const QDir golden(test::sourcePath(goldenFolder));
    for (const QString& folder : golden.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        for (const auto& [key, tensor] : reference(folder)) {
            const QString name = QString::fromStdString(key);
            if (name.endsWith(".resized_u8"))
                QTest::newRow(qPrintable(folder + " " + name.section('.', 0, 0)))
                    << folder << name.section('.', 0, 0);
        }
    }
}

void TestImageProcessor::agreesWithReference()
{
    QFETCH(QString, folder);
    QFETCH(QString, image);
    const QString path = test::sourcePath(goldenFolder + folder);
    const auto expectedTensors = reference(folder);
    const auto opened = ImageProcessor::open(path.toStdString());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const auto processed = opened->process(picture(image));
    QVERIFY(processed);
    const Tensor resized = planes(processed->resized);
    const Tensor& expected = expectedTensors.at(image.toStdString() + ".resized_u8");
    QCOMPARE(resized.shape().toString(), expected.shape().toString());
    QCOMPARE(resized.integers(), expected.integers());
    if (expectedTensors.count(image.toStdString() + ".pixel_values") != 0)
        QCOMPARE(largestDifference(
                     processed->pixelValues, expectedTensors.at(image.toStdString() + ".pixel_values")),
            0.0);
    if (processed->pixelMask)
        QCOMPARE(processed->pixelMask->integers(),
            std::vector<std::int64_t>(std::size_t(expected.count() / 3), 1));
}

void TestImageProcessor::padsBatchAsReference_data()
{
    QTest::addColumn<QString>("folder");
    QTest::newRow("detr") << "detr";
    QTest::newRow("yolos") << "yolos";
}

void TestImageProcessor::padsBatchAsReference()
{
    QFETCH(QString, folder);
    const QString path = test::sourcePath(goldenFolder + folder);
    const auto expectedTensors = reference(folder);
    const auto opened = ImageProcessor::open(path.toStdString());
    QVERIFY(opened);
    const Image images[] = { picture("rgb_137x91"), picture("rgb_300x200") };
    const auto batch = opened->processBatch(images);
    QVERIFY(batch);
    QCOMPARE(largestDifference(batch->pixelValues, expectedTensors.at("batch.pixel_values")), 0.0);
    QCOMPARE(batch->pixelMask.has_value(), expectedTensors.count("batch.pixel_mask") == 1);
    if (batch->pixelMask)
        QCOMPARE(batch->pixelMask->integers(), expectedTensors.at("batch.pixel_mask").integers());
}

void TestImageProcessor::mapsBackToThePicture_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<QRectF>("area");
    // Worked out by hand: scale of the resize, then the corner and size of the crop.
    QTest::newRow("stretched") << QByteArray(R"({"image_processor_type":"ViTImageProcessor","size":10})")
                               << 30 << 20 << QRectF(0, 0, 30, 20);
    QTest::newRow("cropped") << QByteArray(
        R"({"image_processor_type":"CLIPImageProcessor","size":20,"crop_size":10})")
                             << 80 << 40 << QRectF(30, 10, 20, 20);
    QTest::newRow("bordered") << QByteArray(
        R"({"image_processor_type":"CLIPImageProcessor","do_resize":false,"crop_size":10})")
                              << 6 << 7 << QRectF(-2, -2, 10, 10);
    QTest::newRow("padded") << QByteArray(R"({"image_processor_type":"DetrImageProcessor","do_resize":false,
        "pad_size":{"height":30,"width":40}})")
                            << 20 << 20 << QRectF(0, 0, 40, 30);
}

void TestImageProcessor::mapsBackToThePicture()
{
    QFETCH(QByteArray, json);
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(QRectF, area);
    const auto processed = processor(json.constData()).process(grey(width, height, 200));
    QVERIFY(processed);
    const PictureArea found = processed->area;
    QCOMPARE(QRectF(found.left, found.top, found.width, found.height), area);
}

void TestImageProcessor::padsToAFixedSize()
{
    const auto processed =
        processor(R"({"feature_extractor_type":"DetrFeatureExtractor","do_resize":false,"pad_size":[3,4]})")
            .process(grey(2, 2, 255));
    QVERIFY(processed);
    QCOMPARE(processed->pixelValues.shape().toString(), std::string("[1, 3, 3, 4]"));
    QCOMPARE(
        processed->pixelMask->integers(), (std::vector<std::int64_t>{ 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0 }));
    QCOMPARE(processed->pixelValues.at(0), (1.0f - 0.485f) / 0.229f);
    QCOMPARE(processed->pixelValues.at(2), 0.0f);
    QCOMPARE(processed->resized.at(1, 1)[0], std::uint8_t(255));
    QCOMPARE(processed->resized.at(2, 1)[0], std::uint8_t(0));
}

void TestImageProcessor::skipsStepsThatAreSwitchedOff()
{
    const auto raw =
        processor(R"({"image_processor_type":"ViTImageProcessor","do_resize":false,"do_rescale":false,
        "do_normalize":false})")
            .process(grey(5, 3, 77));
    QVERIFY(raw);
    QCOMPARE(raw->pixelValues.shape().toString(), std::string("[1, 3, 3, 5]"));
    QCOMPARE(raw->pixelValues.at(14), 77.0f);
    QVERIFY(!raw->pixelMask);
    const auto normalised =
        processor(R"({"image_processor_type":"ViTImageProcessor","size":2,"do_rescale":false,
        "image_mean":7,"image_std":2})")
            .process(grey(5, 3, 77));
    QVERIFY(normalised);
    QCOMPARE(normalised->pixelValues.at(0), 35.0f);
}

void TestImageProcessor::refusesPicturesThatDoNotFit()
{
    const auto narrow =
        processor(R"({"image_processor_type":"CLIPImageProcessor"})").process(grey(1, 1'000'000, 0));
    QVERIFY(!narrow);
    QCOMPARE(narrow.error().kind, ErrorKind::BadInput);
    QVERIFY(narrow.error().message.find("1x1000000") != std::string::npos);
    const auto small = processor(R"({"image_processor_type":"YolosImageProcessor","size":{"shortest_edge":9,
        "longest_edge":99}})")
                           .process(grey(20, 20, 0));
    QVERIFY(!small);
    QCOMPARE(small.error().kind, ErrorKind::BadInput);
    const auto padding =
        processor(R"({"image_processor_type":"DetrImageProcessor","do_resize":false,"pad_size":4})");
    QVERIFY(!padding.process(grey(5, 1, 0)));
    const Image different[] = { grey(5, 5, 0), grey(6, 5, 0) };
    QVERIFY(!processor(R"({"image_processor_type":"ViTImageProcessor","do_resize":false})")
                 .processBatch(different));
}

HEADLIGHT_TEST_MAIN(TestImageProcessor)
#include "tst_image_processor.moc"
