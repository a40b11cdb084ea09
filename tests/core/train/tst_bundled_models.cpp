// The bundled models against their own recipes: what the cards promise holds for the files that are shipped, and the
// generator still draws what the model learned. Sentences are ours.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/models/families.h"
#include "core/text/tokenizer.h"
#include "core/train/recipe.h"
#include "core/train/tasks.h"
#include "core/vision/image_processor.h"
#include "core/vision/image_reader.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

std::filesystem::path folder(const QString& name)
{
    return test::sourcePath("resources/models/" + name).toStdString();
}

std::string best(const Model& model, const ModelInput& input)
{
    const JobControl control;
    Run run(control);
    const std::array<ModelInput, 1> batch { input };
    const Tensor logits = model.forward(batch, run).at("logits").value.value();
    const std::span<const float> row = logits.row(0);
    return model.info().labels[std::size_t(std::max_element(row.begin(), row.end()) - row.begin())];
}

} // namespace

class TestBundledModels : public test::TestCase {
    Q_OBJECT
private slots:
    void filesAreComplete_data();
    void filesAreComplete();
    void shapesAreNamedAsTheCardSays();
    void examplePicturesAreNamed();
    void sentencesHaveTheirMood_data();
    void sentencesHaveTheirMood();
};

void TestBundledModels::filesAreComplete_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("sentiment") << "sentiment";
    QTest::newRow("shapes") << "shapes";
}

void TestBundledModels::filesAreComplete()
{
    QFETCH(QString, name);
    const auto loaded = loadModel(folder(name));
    QVERIFY2(loaded.hasValue(), loaded ? "" : loaded.error().message.c_str());
    QCOMPARE(int(loaded->storedType), int(DType::F16));
    QVERIFY(loaded->unusedParameters.empty());
    const auto card = readFile(folder(name) / "README.md");
    QVERIFY(card.hasValue());
    for (const char* section : { "license:", "## Data", "## Training", "## Measured quality", "## Limits" })
        QVERIFY2(card->find(section) != std::string::npos, section);
}

void TestBundledModels::shapesAreNamedAsTheCardSays()
{
    const auto recipe = Recipe::read(folder("shapes") / "recipe.json");
    const auto loaded = loadModel(folder("shapes"));
    QVERIFY(recipe.hasValue() && loaded.hasValue());
    const RecipeStage& stage = recipe->stages.back();
    Json settings = *parseJson(stage.taskSettings, "settings");
    settings["test"] = 400;
    RecipeFields fields(settings, "shapes");
    TaskContext context;
    context.imageSize = loaded->model->info().imageSize;
    const auto task = (*taskKind(stage.task))->make(fields, context);
    QVERIFY(task.hasValue());
    const Evaluation result = (*task)->evaluate(*loaded->model, Split::Test, {});
    QCOMPARE(result.examples, std::int64_t(400));
    QVERIFY2(result.accuracy >= 0.97, qPrintable(QString::number(result.accuracy)));
}

void TestBundledModels::examplePicturesAreNamed()
{
    const auto loaded = loadModel(folder("shapes"));
    const auto processor = ImageProcessor::open(folder("shapes"));
    QVERIFY(loaded.hasValue() && processor.hasValue());
    const QDir examples(test::sourcePath("resources/examples"));
    const QStringList files = examples.entryList({ "shapes-*.png" });
    QVERIFY(files.size() >= 3);
    for (const QString& file : files) {
        const auto image = readImage(examples.filePath(file).toStdString());
        QVERIFY(image.hasValue());
        const Tensor values = processor->process(*image)->pixelValues;
        ModelInput input;
        input.pixelValues = values.reshaped({ values.shape()[1], values.shape()[2], values.shape()[3] });
        QCOMPARE("shapes-" + QString::fromStdString(best(*loaded->model, input)) + ".png", file);
    }
}

void TestBundledModels::sentencesHaveTheirMood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("mood");
    QTest::newRow("praise") << "What a lovely evening, thank you all for coming!" << "positive";
    QTest::newRow("blame") << "The worst meal I ever had, it was terrible." << "negative";
    QTest::newRow("negation") << "The soup was not good, and nobody enjoyed it." << "negative";
}

void TestBundledModels::sentencesHaveTheirMood()
{
    QFETCH(QString, text);
    QFETCH(QString, mood);
    const auto loaded = loadModel(folder("sentiment"));
    const auto tokenizer = Tokenizer::open(folder("sentiment"));
    QVERIFY(loaded.hasValue() && tokenizer.hasValue());
    ModelInput input;
    input.ids = (*tokenizer)->encode(text.toStdString()).ids;
    QCOMPARE(QString::fromStdString(best(*loaded->model, input)), mood);
}

HEADLIGHT_TEST_MAIN(TestBundledModels)
#include "tst_bundled_models.moc"
