// headlight train as a script calls it: a folder comes out, previews are pictures, and what is wrong is one line.

#include "tests/support/program.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace headlight;

namespace {

const QByteArray tiny = R"({ "name": "tiny", "seed": 4,
  "model": { "model_type": "vit", "image_size": 16, "patch_size": 8, "hidden_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "intermediate_size": 16 },
  "stages": [ { "task": "scenes", "steps": 4, "batch": 4, "learning_rate": 0.001, "evaluate_every": 2,
      "settings": { "drawn_size": 32, "validation": 6, "test": 9, "rollouts": 3 } } ] })";

} // namespace

class TestTrainCommand : public test::TestCase {
    Q_OBJECT
private slots:
    void aFolderComesOut();
    void threadsChangeNoByte();
    void previewsArePictures();
    void wrongCallsAreOneLine_data();
    void wrongCallsAreOneLine();

private:
    QString write(const QString& name, const QByteArray& content)
    {
        QFile file(m_folder.filePath(name));
        [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
        file.write(content);
        return file.fileName();
    }
    QByteArray parametersWith(const QString& threads)
    {
        const QString output = m_folder.filePath("threads" + threads);
        const auto run = test::runProgram({ "train", write("tiny.json", tiny), "-o", output, "--threads", threads });
        QFile file(output + "/model.safetensors");
        return run.status == 0 && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
};

void TestTrainCommand::aFolderComesOut()
{
    const QString output = m_folder.filePath("tiny");
    const auto run = test::runProgram({ "train", write("tiny.json", tiny), "-o", output });
    QVERIFY2(run.status == 0, qPrintable(run.err));
    QVERIFY(run.out.isEmpty());
    QVERIFY2(run.err.contains("step 4 of 4, loss "), qPrintable(run.err));
    for (const char* file : { "config.json", "model.safetensors", "preprocessor_config.json", "README.md", "recipe.json" })
        QVERIFY2(QFileInfo::exists(output + '/' + file), file);
    const auto inspected = test::runProgram({ "inspect", output });
    QCOMPARE(inspected.status, 0);
}

void TestTrainCommand::threadsChangeNoByte()
{
    const QByteArray one = parametersWith("1");
    QVERIFY(!one.isEmpty());
    QVERIFY(parametersWith("3") == one);
}

void TestTrainCommand::previewsArePictures()
{
    const QString output = m_folder.filePath("pictures");
    const auto run = test::runProgram(
        { "train", write("tiny.json", tiny), "--preview", "2", "--preview-size", "50", "-o", output });
    QVERIFY2(run.status == 0, qPrintable(run.err));
    const QStringList files = QDir(output).entryList({ "*.png" });
    QCOMPARE(files.size(), 2);
    QCOMPARE(QImage(output + '/' + files[0]).size(), QSize(50, 50));
}

void TestTrainCommand::wrongCallsAreOneLine_data()
{
    QTest::addColumn<QByteArray>("recipe");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    QTest::newRow("no such setting") << QByteArray(tiny).replace("\"rollouts\"", "\"rolouts\"")
                                      << QStringList { "-o", m_folder.filePath("wrong") } << 1 << "no setting \"rolouts\"";
    QTest::newRow("not JSON") << QByteArray("steps: 4") << QStringList() << 1 << "not valid JSON";
    QTest::newRow("unwritable") << tiny << QStringList { "-o", "/proc/nowhere" } << 1 << "could not be made";
    QTest::newRow("no threads") << tiny << QStringList { "--threads", "0" } << 2 << "--threads";
    QTest::newRow("no steps") << tiny << QStringList { "--steps", "-3" } << 2 << "--steps";
}

void TestTrainCommand::wrongCallsAreOneLine()
{
    QFETCH(QByteArray, recipe);
    QFETCH(QStringList, options);
    QFETCH(int, status);
    QFETCH(QString, says);
    const auto run = test::runProgram(QStringList { "train", write("wrong.json", recipe), "--data", m_folder.path() }
        + options);
    QCOMPARE(run.status, status);
    QVERIFY2(run.err.contains(says), qPrintable(run.err));
}

HEADLIGHT_TEST_MAIN(TestTrainCommand)
#include "tst_train_command.moc"
