// From recipe to folder, end to end on a small scale: what is written opens again and says the same; stopped and resumed
// gives the same file; a vocabulary, two stages and data on disk work together.

#include "core/base/parallel_for.h"
#include "core/io/file.h"
#include "core/models/families.h"
#include "core/text/tokenizer.h"
#include "core/train/recipe_training.h"
#include "core/vision/image_processor.h"
#include "core/vision/image_reader.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace headlight;

namespace {

constexpr const char* scenes = R"({
  "name": "tiny", "title": "Tiny shapes", "license": "cc0-1.0", "about": ["Drawn."], "limits": ["Tiny."], "seed": 4,
  "model": { "model_type": "vit", "image_size": 16, "patch_size": 8, "hidden_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 16 },
  "stages": [
    { "task": "scenes", "steps": 3, "batch": 4, "learning_rate": 0.001, "evaluate_every": 2, "dropout": 0.2,
      "settings": { "fewest_distractors": 0, "most_distractors": 0, "drawn_size": 32, "validation": 6, "test": 9, "rollouts": 3 } },
    { "task": "scenes", "steps": 6, "batch": 4, "learning_rate": 0.001, "evaluate_every": 2, "checkpoint_every": 2,
      "settings": { "drawn_size": 32, "validation": 6, "test": 9, "rollouts": 3 } }
  ] })";

constexpr const char* texts = R"({
  "name": "mood", "seed": 1, "storage": "float32",
  "model": { "model_type": "bert", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 32, "max_position_embeddings": 16, "initializer_range": 0.1 },
  "vocabulary": { "size": 120, "maximum_length": 16, "sources": [ { "file": "mood.tsv", "text": "text" } ] },
  "stages": [
    { "task": "masked-language", "steps": 5, "batch": 8, "learning_rate": 0.003, "evaluate_every": 5,
      "settings": { "sources": [ { "file": "mood.tsv", "text": "text", "repeats": 2 } ] } },
    { "task": "text-classification", "steps": 150, "batch": 16, "learning_rate": 0.005, "evaluate_every": 25,
      "settings": { "classes": ["sad", "glad"], "word_dropout": 0.05, "label_smoothing": 0.05, "balance": "equal classes",
        "sources": [ { "name": "moods", "file": "mood.tsv", "text": "text", "label": "label",
          "labels": { "+": "glad", "-": "sad", "0": null } } ] } }
  ] })";

QByteArray moodTable()
{
    QByteArray table = "label\ttext\n";
    const char* subjects[] = { "the day", "my dog", "this book", "our trip", "the soup", "his song" };
    for (int i = 0; i < 300; ++i) {
        const char* moods[] = { "awful", "lovely", "there" };
        table += QByteArray(i % 3 == 0 ? "-" : i % 3 == 1 ? "+" : "0") + '\t' + subjects[i % 6] + " was " + moods[i % 3] + ' '
            + QByteArray::number(i) + '\n';
    }
    return table;
}

std::string contentOf(const std::filesystem::path& file)
{
    const auto content = readFile(file);
    return content ? *content : std::string();
}

} // namespace

class TestRecipeTraining : public test::TestCase {
    Q_OBJECT
private slots:
    void scenesBecomeAFolderThatOpens();
    void stoppedAndResumedIsTheSameFile();
    void textsBecomeAFolderThatKnowsTheMood();
    void previewsArePictures();
    void textsHaveNoPreview();
    void problemsAreErrors_data();
    void problemsAreErrors();

private:
    std::filesystem::path folder(const char* name) const { return m_folder.filePath(name).toStdString(); }
    Recipe recipe(const char* text) const
    {
        Recipe parsed = Recipe::parse(text, "recipe").value();
        parsed.folder = m_folder.path().toStdString();
        return parsed;
    }
    RecipeTraining into(const char* name) const
    {
        RecipeTraining request;
        request.output = folder(name);
        return request;
    }

    QTemporaryDir m_folder;
};

void TestRecipeTraining::scenesBecomeAFolderThatOpens()
{
    RecipeTraining request = into("shapes");
    std::vector<std::size_t> stages;
    request.observer = [&](std::size_t stage, const TrainingReport&) { stages.push_back(stage); };
    const Status status = train(recipe(scenes), request, {});
    QVERIFY2(status.ok(), status.error().message.c_str());
    QCOMPARE(stages, (std::vector<std::size_t> { 0, 0, 1, 1, 1 }));

    const auto loaded = loadModel(request.output);
    QVERIFY2(loaded.hasValue(), loaded ? "" : loaded.error().message.c_str());
    QCOMPARE(int(loaded->storedType), int(DType::F16));
    QCOMPARE(loaded->model->info().labels.size(), std::size_t(7));
    QCOMPARE(loaded->model->info().labels[3], std::string("star"));
    QVERIFY(loaded->unusedParameters.empty());
    QVERIFY(ImageProcessor::open(request.output).hasValue());
    QVERIFY(!std::filesystem::exists(request.output / ".training"));

    const QString card = QString::fromStdString(contentOf(request.output / "README.md"));
    for (const char* part : { "license: cc0-1.0", "# Tiny shapes", "accuracy on 9 held-out scenes | 0.", "rollout inside the marked object",
             "the object's share of the area: 0.", "float16" })
        QVERIFY2(card.contains(part), qPrintable(card));
}

void TestRecipeTraining::stoppedAndResumedIsTheSameFile()
{
    QVERIFY(train(recipe(scenes), into("straight"), {}).ok());
    RecipeTraining request = into("resumed");
    for (int stop = 2; stop <= 8; stop += 3) {
        std::stop_source source;
        int left = 3; // three steps at a time
        const JobControl control(source.get_token(), [&](double, std::string_view) {
            if (--left == 0)
                source.request_stop();
        });
        const Status status = train(recipe(scenes), request, control);
        QVERIFY(!status.ok());
        QCOMPARE(int(status.error().kind), int(ErrorKind::Cancelled));
        QVERIFY(!std::filesystem::exists(request.output / "model.safetensors"));
        request.resume = true;
    }
    const Status status = train(recipe(scenes), request, {});
    QVERIFY2(status.ok(), status.error().message.c_str());
    for (const char* file : { "model.safetensors", "config.json", "README.md" })
        QVERIFY2(contentOf(folder("resumed") / file) == contentOf(folder("straight") / file), file);
}

void TestRecipeTraining::textsBecomeAFolderThatKnowsTheMood()
{
    QVERIFY(writeFile(folder("mood.tsv"), moodTable().toStdString()).ok());
    const RecipeTraining request = into("mood");
    const Status status = train(recipe(texts), request, {});
    QVERIFY2(status.ok(), status.error().message.c_str());
    const auto loaded = loadModel(request.output);
    const auto tokenizer = Tokenizer::open(request.output);
    QVERIFY2(loaded.hasValue(), loaded ? "" : loaded.error().message.c_str());
    QVERIFY(tokenizer.hasValue());
    QCOMPARE(loaded->model->info().vocabulary, (*tokenizer)->vocabularySize());
    QCOMPARE(loaded->model->info().labels, (std::vector<std::string> { "sad", "glad" }));
    const JobControl control;
    Run run(control);
    for (const auto& [text, mood] : { std::pair { "the picture was lovely", 1 }, { "the picture was awful", 0 } }) {
        ModelInput input;
        input.ids = (*tokenizer)->encode(text).ids;
        const Tensor logits = loaded->model->forward({ &input, 1 }, run).at("logits").value.value();
        QCOMPARE(logits.at(1) > logits.at(0) ? 1 : 0, mood);
    }
    QVERIFY(QString::fromStdString(contentOf(request.output / "README.md")).contains("bag-of-words logistic regression: "));
}

void TestRecipeTraining::previewsArePictures()
{
    QVERIFY(previewRecipe(recipe(scenes), { folder("preview"), 3, 40 }).ok());
    int pictures = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder("preview"))) {
        const auto image = readImage(entry.path());
        QVERIFY(image.hasValue());
        QCOMPARE(image->width(), 40);
        ++pictures;
    }
    QCOMPARE(pictures, 3);
}

void TestRecipeTraining::textsHaveNoPreview()
{
    const Status status = previewRecipe(recipe(texts), { folder("none"), 3, 40 });
    QVERIFY(!status.ok());
    QCOMPARE(int(status.error().kind), int(ErrorKind::Unsupported));
}

void TestRecipeTraining::problemsAreErrors_data()
{
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("expected");
    QTest::newRow("unknown task") << "\"scenes\", \"steps\": 6" << "\"poems\", \"steps\": 6" << "no training task \"poems\"; known are: scenes";
    QTest::newRow("unknown family") << "\"vit\"" << "\"vat\"" << "Supported families";
    QTest::newRow("heads do not fit") << "\"num_attention_heads\": 2" << "\"num_attention_heads\": 3" << "cannot be shared by 3 heads";
    QTest::newRow("unknown setting") << "\"rollouts\": 3 } },\n" << "\"rolouts\": 3 } },\n" << "there is no setting \"rolouts\"";
}

void TestRecipeTraining::problemsAreErrors()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, expected);
    QString text(scenes);
    QVERIFY(text.contains(from));
    const Status status = train(recipe(qPrintable(text.replace(from, to))), into("wrong"), {});
    QVERIFY(!status.ok());
    QVERIFY2(QString::fromStdString(status.error().message).contains(expected), status.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestRecipeTraining)
#include "tst_recipe_training.moc"
