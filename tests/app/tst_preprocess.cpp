// headlight preprocess, run as a script would; numbers are those of tests/golden/image_preprocessing (Hugging
// Face's image processors) and tests/golden/whisper_logmel (its feature extractors).

#include "core/io/safetensors.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPreprocess : public test::TestCase {
    Q_OBJECT
private slots:
    void writesWhatTheReferenceFeeds();
    void writesTheMaskOfDetectors();
    void writesTheSpectrogramOfASound();
    void wrongUsage_data();
    void wrongUsage();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    const QString m_golden = test::sourcePath("tests/golden/image_preprocessing/");
    const QString m_sounds = test::sourcePath("tests/golden/whisper_logmel/");
    const QString m_picture = m_golden + "images/rgba_90x70.png";
};

void TestPreprocess::writesWhatTheReferenceFeeds()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath("fed.safetensors");
    const auto run =
        test::runProgram({ "preprocess", m_golden + "clip_shortest_crop", "--image", m_picture, "-o", out });
    QCOMPARE(run.err, QString());
    QCOMPARE(run.status, 0);
    QCOMPARE(run.out, QString());
    const auto written = SafetensorsFile::open(out.toStdString());
    const auto expected =
        SafetensorsFile::open((m_golden + "clip_shortest_crop/expected.safetensors").toStdString());
    QVERIFY(written && expected);
    QCOMPARE(written->tensors().size(), std::size_t(2));
    const Tensor values = written->tensors().at("pixel_values"),
                 resized = written->tensors().at("resized_u8");
    QCOMPARE(values.shape().toString(), std::string("[1, 3, 48, 48]"));
    QCOMPARE(resized.integers(), expected->tensors().at("rgba_90x70.resized_u8").integers());
    const Tensor reference = expected->tensors().at("rgba_90x70.pixel_values").toFloat();
    QVERIFY(std::ranges::equal(values.toFloat().floats(), reference.floats()));
}

void TestPreprocess::writesTheMaskOfDetectors()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath("fed.safetensors");
    QCOMPARE(
        test::runProgram({ "preprocess", m_golden + "detr", "--image", m_picture, "-o", out }).status, 0);
    const auto written = SafetensorsFile::open(out.toStdString());
    QVERIFY(written);
    QCOMPARE(written->tensors().at("pixel_mask").shape().toString(), std::string("[1, 50, 64]"));
}

void TestPreprocess::writesTheSpectrogramOfASound()
{
    const QTemporaryDir folder;
    const QString out = folder.filePath("fed.safetensors");
    const auto run = test::runProgram(
        { "preprocess", m_sounds + "mel80_3s", "--audio", m_sounds + "chirp_up.wav", "-o", out });
    QCOMPARE(run.err, QString());
    QCOMPARE(run.status, 0);
    const auto written = SafetensorsFile::open(out.toStdString());
    const auto expected = SafetensorsFile::open((m_sounds + "mel80_3s/expected.safetensors").toStdString());
    QVERIFY(written && expected);
    QCOMPARE(written->tensors().size(), std::size_t(1));
    const Tensor values = written->tensors().at("input_features"),
                 reference = expected->tensors().at("input_features");
    QCOMPARE(values.shape().toString(), std::string("[1, 80, 300]"));
    for (std::int64_t i = 0; i < values.count(); ++i)
        QVERIFY(std::abs(values.at(i) - reference.at(i)) < 1e-4f);
}

void TestPreprocess::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing to prepare") << QStringList{ m_golden + "beit", "-o", "x.safetensors" };
    QTest::newRow("two things") << QStringList{ m_golden + "beit", "--image", m_picture, "--audio", "a.wav",
        "-o", "x" };
    QTest::newRow("no output") << QStringList{ m_golden + "beit", "--image", m_picture };
}

void TestPreprocess::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QCOMPARE(test::runProgram(QStringList{ "preprocess" } + arguments).status, 2);
}

void TestPreprocess::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QStringList>("input");
    QTest::addColumn<QString>("words");
    QTest::newRow("no processor") << m_golden + "images" << QStringList{ "--image", m_picture }
                                  << "preprocessor_config.json";
    QTest::newRow("no such model") << "nobody/nothing" << QStringList{ "--image", m_picture }
                                   << "\"nobody/nothing\"";
    QTest::newRow("no such picture") << m_golden + "beit" << QStringList{ "--image", "no.png" } << "no.png";
    QTest::newRow("no picture") << m_golden + "beit" << QStringList{ "--image", m_golden + "README.md" }
                                << "is a text";
    QTest::newRow("sound for pictures") << m_golden + "beit" << QStringList{ "--audio", "a.wav" }
                                        << "prepares pictures; give one with --image";
    QTest::newRow("picture for sounds") << m_sounds + "mel80_3s" << QStringList{ "--image", m_picture }
                                        << "prepares sounds; give one with --audio";
    QTest::newRow("no such sound") << m_sounds + "mel80_3s" << QStringList{ "--audio", "no.wav" } << "no.wav";
    QTest::newRow("no sound") << m_sounds + "mel80_3s" << QStringList{ "--audio", m_picture }
                              << "is not a sound that can be read";
}

void TestPreprocess::saysWhatIsWrong()
{
    QFETCH(QString, model);
    QFETCH(QStringList, input);
    QFETCH(QString, words);
    const QTemporaryDir folder;
    const QString out = folder.filePath("fed.safetensors");
    const auto run = test::runProgram(QStringList{ "preprocess", model } + input + QStringList{ "-o", out });
    QCOMPARE(run.status, 1);
    QVERIFY2(run.err.contains(words), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
    QVERIFY(!QFileInfo::exists(out));
}

HEADLIGHT_TEST_MAIN(TestPreprocess)
#include "tst_preprocess.moc"
