// Recipes: what is read, and one clear sentence for everything that can be wrong in one. The bundled recipes are valid.

#include "core/io/json.h"
#include "core/train/recipe.h"
#include "core/train/tasks.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

std::string recipe(const char* stage)
{
    return std::string(R"({"name": "tiny", "seed": 4, "storage": "float32", "model": {"model_type": "vit", "image_size": 16},
        "stages": [)") + stage + "]}";
}

QString problemOf(const std::string& text)
{
    const auto parsed = Recipe::parse(text, "tiny.json");
    return parsed ? QString() : QString::fromStdString(parsed.error().message);
}

} // namespace

class TestRecipe : public test::TestCase {
    Q_OBJECT
private slots:
    void settingsAreRead();
    void problemsAreNamed_data();
    void problemsAreNamed();
    void bundledRecipesAreValid_data();
    void bundledRecipesAreValid();
    void tasksSayWhatTheyMiss_data();
    void tasksSayWhatTheyMiss();
    void aMissingFileIsNotFound();
};

void TestRecipe::settingsAreRead()
{
    const auto parsed = Recipe::parse(recipe(R"({"task": "scenes", "steps": 30, "batch": 8, "parts": 2, "learning_rate": 0.01,
        "warm_up": 5, "floor": 0.2, "decay": 0.1, "clip": 2.5, "patience": 3, "dropout": 0.2, "settings": {"test": 10}})"), "x");
    QVERIFY2(parsed.hasValue(), parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(parsed->name, std::string("tiny"));
    QCOMPARE(int(parsed->storage), int(DType::F32));
    const RecipeStage& stage = parsed->stages.at(0);
    QCOMPARE(stage.trainer.steps, std::int64_t(30));
    QCOMPARE(stage.trainer.batch, std::int64_t(8));
    QCOMPARE(stage.trainer.parts, std::int64_t(2));
    QCOMPARE(stage.trainer.schedule.peak, 0.01);
    QCOMPARE(stage.trainer.schedule.warmUp, std::int64_t(5));
    QCOMPARE(stage.trainer.schedule.floor, 0.2);
    QCOMPARE(stage.trainer.optimizer.decay, 0.1f);
    QCOMPARE(stage.trainer.clip, 2.5);
    QCOMPARE(stage.trainer.patience, std::int64_t(3));
    QCOMPARE(stage.trainer.seed, std::uint64_t(4));
    QCOMPARE(*stage.dropout, 0.2);
}

void TestRecipe::problemsAreNamed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& text, const char* expected) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QString(expected);
    };
    row("not JSON", "{\"name\": ", "line 1");
    row("a list", "[]", "not a JSON object");
    row("no stages", R"({"name": "x", "model": {}})", "has no \"stages\"");
    row("no model", R"({"name": "x", "stages": [{"task": "scenes", "steps": 1, "learning_rate": 1}]})", "\"model\" must be an object");
    row("misspelt", recipe(R"({"task": "scenes", "steps": 1, "learnig_rate": 1, "learning_rate": 1})"),
        "stages[0]: there is no setting \"learnig_rate\"; known here:");
    row("misspelt on top", R"({"nmae": "x", "name": "y", "model": {}, "stages": []})", "\"stages\"");
    row("no steps", recipe(R"({"task": "scenes", "learning_rate": 1})"), "\"steps\" must be a whole number from 1");
    row("a fraction of a step", recipe(R"({"task": "scenes", "steps": 2.5, "learning_rate": 1})"), "found 2.5");
    row("negative rate", recipe(R"({"task": "scenes", "steps": 2, "learning_rate": -1})"), "\"learning_rate\" must be a number");
    row("more parts than examples", recipe(R"({"task": "scenes", "steps": 2, "learning_rate": 1, "batch": 2, "parts": 3})"),
        "\"parts\" must be a whole number from 1 to 2");
    row("unknown storage", R"({"name": "x", "storage": "int3", "model": {}, "stages": []})", "float16, bfloat16 or float32");
    row("stages is no list", R"({"name": "x", "model": {}, "stages": 3})", "\"stages\" must be a list");
    row("a stage is no object", recipe("7"), "stages[0] is not a JSON object");
    row("a label that is no text", R"({"name": "x", "about": [1], "model": {}, "stages": []})", "must hold texts");
}

void TestRecipe::problemsAreNamed()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    const QString problem = problemOf(text.toStdString());
    QVERIFY2(problem.contains(expected), qPrintable(problem));
    QVERIFY(!problem.contains('\n'));
}

void TestRecipe::bundledRecipesAreValid_data()
{
    QTest::addColumn<QString>("name");
    const QDir models(test::sourcePath("resources/models"));
    for (const QString& name : models.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QTest::newRow(qPrintable(name)) << name;
}

void TestRecipe::bundledRecipesAreValid()
{
    QFETCH(QString, name);
    const auto read = Recipe::read(test::sourcePath("resources/models/" + name + "/recipe.json").toStdString());
    QVERIFY2(read.hasValue(), read ? "" : read.error().message.c_str());
    QCOMPARE(QString::fromStdString(read->name), name);
    QVERIFY(!read->title.empty() && !read->description.empty() && !read->license.empty());
    QVERIFY(!read->about.empty() && !read->limits.empty());
    for (const RecipeStage& stage : read->stages)
        QVERIFY(taskKind(stage.task).hasValue());
    QVERIFY(read->text.find("\"/") == std::string::npos); // no absolute path
}

void TestRecipe::tasksSayWhatTheyMiss_data()
{
    QTest::addColumn<QString>("task");
    QTest::addColumn<QByteArray>("settings");
    QTest::addColumn<QString>("expected");
    QTest::newRow("scenes without pictures") << "scenes" << QByteArray("{}") << "image_size";
    QTest::newRow("scenes, misspelt") << "scenes" << QByteArray(R"({"tset": 3})") << "there is no setting \"tset\"";
    QTest::newRow("texts without classes") << "text-classification" << QByteArray("{}") << "\"classes\" must name at least two";
    QTest::newRow("texts without vocabulary") << "text-classification" << QByteArray(R"({"classes": ["a", "b"]})") << "vocabulary";
    QTest::newRow("masked without vocabulary") << "masked-language" << QByteArray("{}") << "vocabulary";
    QTest::newRow("a source without file") << "masked-language" << QByteArray(R"({"sources": [{}]})") << "\"file\" must be a text";
}

void TestRecipe::tasksSayWhatTheyMiss()
{
    QFETCH(QString, task);
    QFETCH(QByteArray, settings);
    QFETCH(QString, expected);
    const auto kind = taskKind(task.toStdString());
    QVERIFY(kind.hasValue());
    RecipeFields fields(*parseJson(settings.toStdString(), "settings"), "stage 1");
    TaskContext context;
    context.positions = 64;
    const auto made = (*kind)->make(fields, context);
    QVERIFY(!made.hasValue());
    QVERIFY2(QString::fromStdString(made.error().message).contains(expected), made.error().message.c_str());
    QVERIFY(!taskKind("poetry").hasValue());
}

void TestRecipe::aMissingFileIsNotFound()
{
    const auto read = Recipe::read("/nowhere/recipe.json");
    QVERIFY(!read.hasValue());
    QCOMPARE(int(read.error().kind), int(ErrorKind::NotFound));
}

HEADLIGHT_TEST_MAIN(TestRecipe)
#include "tst_recipe.moc"
