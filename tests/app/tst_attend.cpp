// headlight attend, run as a script would: its files against the reference's numbers (tests/golden), what it refuses
// and with which status, and that nothing is lost when it fails.

#include "core/io/safetensors.h"
#include "tests/support/program.h"
#include "tests/support/tiny_model.h"

#include <QRegularExpression>

#include <csignal>
#include <set>

using namespace headlight;

class TestAttend : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithTheReference_data();
    void agreesWithTheReference();
    void threeFormatsHoldTheSame();
    void sinksAndExpertsGoWithIt();
    void saysWhatItRan();
    void sumsUpWithoutAFile();
    void sumsUpAPair();
    void keepsLayers();
    void wrongUsage_data();
    void wrongUsage();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void cutsWhenAsked();
    void anOlderFileSurvives_data();
    void anOlderFileSurvives();
    void aFullStandardOutputIsAnError();
    void interruptedWhileWorking();
    void interruptedWhileReading();

private:
    QString model() const { return QString::fromStdString(m_model.path().string()); }
    QString out(const char* name) const { return QString::fromStdString((m_out / name).string()); }
    test::ProgramRun attend(const QStringList& arguments) const { return test::runProgram(QStringList { "attend", model() } + arguments); }

    const test::TinyModel m_model;
    const test::ScratchFolder m_out;
};

namespace {

/// Until the program takes its signals itself.
bool listensToSignals(qint64 process)
{
    for (int tries = 0; tries < 1000; ++tries) {
        QFile status(QString("/proc/%1/status").arg(process));
        if (!status.open(QIODevice::ReadOnly))
            return false;
        const QByteArray text = status.readAll(), key = "SigBlk:\t";
        const qsizetype at = text.indexOf(key);
        if (at >= 0 && (text.mid(at + key.size(), 16).toULongLong(nullptr, 16) & (1u << (SIGINT - 1))) != 0)
            return true;
        QTest::qSleep(10);
    }
    return false;
}

} // namespace

void TestAttend::agreesWithTheReference_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("example");
    for (const char* name : { "bert_mlm/short", "bert_mlm_f16/short", "bert_model/long", "bert_qa/short", "bert_seqcls/short", "bart_lm/padded", "bart_seqcls/short", "t5_relu/short", "vit_cls/batch2", "vit_cls/othersize", "vit_model/image" }) {
        const QStringList parts = QString(name).split('/');
        QTest::newRow(name) << parts[0] << parts[1];
    }
}

void TestAttend::agreesWithTheReference()
{
    QFETCH(QString, model);
    QFETCH(QString, example);
    const QString folder = test::sourcePath("tests/golden/" + model), file = folder + "/expected." + example + ".safetensors";
    const auto expected = SafetensorsFile::open(file.toStdString());
    QVERIFY(expected);
    QStringList arguments { "attend", folder, "--input", file, "--hidden", "-o", out("got.safetensors") };
    if (expected->metadata().contains("grad_target_tensor")) {
        QStringList index;
        for (const std::int64_t i : expected->tensors().at("grad_target_index").integers())
            index << QString::number(i);
        arguments << "--grad" << index.join(',') << "--grad-of" << QString::fromStdString(expected->metadata().at("grad_target_tensor"));
    }
    const auto run = test::runProgram(arguments);
    QCOMPARE(run.err, QString());
    QCOMPARE(run.status, 0);
    const auto got = SafetensorsFile::open(out("got.safetensors").toStdString());
    QVERIFY(got);
    int compared = 0;
    for (const auto& [name, tensor] : got->tensors()) {
        const Tensor reference = expected->tensors().at(name).toFloat();
        QCOMPARE(tensor.shape().toString(), reference.shape().toString());
        for (std::int64_t i = 0; i < tensor.count(); ++i)
            QVERIFY2(std::abs(tensor.at(i) - reference.at(i)) < 2e-4f, name.c_str());
        ++compared;
    }
    QVERIFY2(compared >= 5, qPrintable(QString::number(compared)));
}

void TestAttend::threeFormatsHoldTheSame()
{
    for (const char* name : { "a.safetensors", "a.npz", "a.json" }) {
        const auto run = attend({ "--text", "the cat sat", "-o", out(name) });
        QCOMPARE(run.status, 0);
        QCOMPARE(run.out + run.err, QString());
    }
    const auto file = SafetensorsFile::open(out("a.safetensors").toStdString());
    const std::string zip = test::readBytes(m_out / "a.npz");
    const Json document = Json::parse(test::readBytes(m_out / "a.json"));
    QCOMPARE(file->tensors().size(), std::size_t(3)); // two layers and logits
    QCOMPARE(document.at("tensors").size(), std::size_t(3));
    for (const auto& [name, tensor] : file->tensors()) {
        // NumPy's members are stored as they are: the tensor's bytes stand in the archive.
        const std::string bytes(reinterpret_cast<const char*>(tensor.data()), tensor.bytes());
        QVERIFY2(zip.find(name + ".npy") != std::string::npos && zip.find(bytes) != std::string::npos, name.c_str());
        const Json* numbers = &document.at("tensors").at(name);
        while (numbers->front().is_array())
            numbers = &numbers->front();
        QCOMPARE(numbers->at(1).get<float>(), tensor.toFloat().at(1));
    }
}

/// gpt-oss has both. Rows and the share of their sink sum to one; the experts of a token are different ones, and
/// what they count sums to one.
void TestAttend::sinksAndExpertsGoWithIt()
{
    const auto ran = test::runProgram({ "attend", test::sourcePath("tests/golden/gpt_oss_lm"), "--ids", "1,5,9,3,7", "-o", out("sinks.safetensors") });
    QVERIFY2(ran.status == 0, qPrintable(ran.err));
    const auto saved = SafetensorsFile::open(out("sinks.safetensors").toStdString());
    QVERIFY(saved);
    const auto tensors = saved->tensors();
    const Tensor &maps = tensors.at("attentions.0"), &sinks = tensors.at("attention_sinks.0");
    const std::int64_t heads = maps.shape()[1], length = maps.shape()[2];
    QVERIFY(sinks.shape() == (Shape { 1, heads, length }));
    for (std::int64_t row = 0; row < heads * length; ++row) {
        double sum = double(sinks.floats()[std::size_t(row)]);
        QVERIFY(sum > 0);
        for (std::int64_t key = 0; key < length; ++key)
            sum += double(maps.floats()[std::size_t(row * length + key)]);
        QVERIFY(std::abs(sum - 1) < 1e-5);
    }
    const Tensor &experts = tensors.at("experts.0"), &counts = tensors.at("expert_weights.0");
    QVERIFY(experts.shape() == counts.shape() && experts.shape()[1] == length);
    const auto chosen = std::size_t(experts.shape()[2]);
    for (std::size_t token = 0; token < std::size_t(length); ++token) {
        double sum = 0;
        std::set<float> different;
        for (std::size_t i = token * chosen; i < (token + 1) * chosen; ++i) {
            sum += double(counts.floats()[i]);
            different.insert(experts.floats()[i]);
        }
        QVERIFY(different.size() == chosen && std::abs(sum - 1) < 1e-5);
    }
    const auto plain = test::runProgram({ "attend", model(), "--ids", "1,2", "-o", out("plain.json") });
    QVERIFY2(plain.status == 0, qPrintable(plain.err));
    QVERIFY(test::readBytes(out("plain.json").toStdString()).find("attention_sinks") == std::string::npos);
}

void TestAttend::saysWhatItRan()
{
    QCOMPARE(attend({ "--text", "the cat", "--text-pair", "dog", "--grad", "7", "-o", out("meta.safetensors") }).status, 0);
    const auto file = SafetensorsFile::open(out("meta.safetensors").toStdString());
    const auto& metadata = file->metadata();
    QCOMPARE(metadata.at("model"), m_model.path().filename().string());
    QCOMPARE(metadata.at("architecture"), std::string("BertForMaskedLM"));
    QCOMPARE(metadata.at("tokens"), std::string("[CLS]\nthe\ncat\n[SEP]\ndog\n[SEP]"));
    QCOMPARE(metadata.at("grad_target_tensor"), std::string("logits"));
    QCOMPARE(metadata.at("grad_target_index"), std::string("7"));
    QVERIFY((file->tensors().at("attention_grads.1").shape() == Shape { 1, 4, 6, 6 }));
}

void TestAttend::sumsUpWithoutAFile()
{
    const auto run = attend({ "--text", "the [MASK] sat" });
    QCOMPARE(run.status, 0);
    QCOMPARE(run.err, QString());
    for (const char* words : { "BertForMaskedLM, 2 layers × 4 heads, 5 tokens", "[MASK] 1", "entropy" })
        QVERIFY2(run.out.contains(words), qPrintable(run.out));
    QCOMPARE(run.out.count('\n'), 1 + 5 + 1 + 8); // title, five fills, head of the table, eight heads
}

/// Each stack is named, and each token is of the text its map is about.
void TestAttend::sumsUpAPair()
{
    const test::TinyModel pair("bart_lm");
    const QString folder = QString::fromStdString(pair.path().string());
    const auto run = test::runProgram({ "attend", folder, "--text", "cat", "--target", "dog" });
    QCOMPARE(run.status, 0);
    const QStringList lines = run.out.split('\n');
    const auto of = [&](const QString& place) { return lines.filter(QRegularExpression("^ *" + place + " ")).join('\n'); };
    QCOMPARE(of("encoder 1").count('\n'), 3);
    QVERIFY(!of("encoder [01]").contains("dog"));
    QVERIFY(!of("decoder [01]").contains("cat"));
    QVERIFY(of("cross [01]").contains(QRegularExpression("(dog|\\[CLS\\]) → (\\[CLS\\]|cat|\\[SEP\\])")));
    const QStringList written { "attend", folder, "--text", "cat", "--decoder-ids", "2,9,8", "-o", out("pair.safetensors") };
    QCOMPARE(test::runProgram(written).status, 0);
    const auto file = SafetensorsFile::open(out("pair.safetensors").toStdString());
    QVERIFY((file->tensors().at("cross_attentions.1").shape() == Shape { 1, 4, 3, 3 }));
}

void TestAttend::keepsLayers()
{
    QCOMPARE(attend({ "--ids", "2,9,3", "--layers", "1", "--hidden", "-o", out("some.safetensors") }).status, 0);
    const auto file = SafetensorsFile::open(out("some.safetensors").toStdString());
    QStringList names;
    for (const auto& [name, tensor] : file->tensors())
        names << QString::fromStdString(name);
    QCOMPARE(names.join(' '), QString("attentions.1 hidden_states.0 hidden_states.1 hidden_states.2 logits"));
}

void TestAttend::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("words");
    QTest::newRow("no input") << QStringList {} << "one of --text, --turns, --image, --audio, --ids, --input is needed";
    QTest::newRow("two inputs") << QStringList { "--text", "a", "--ids", "5" } << "--text and --ids do not go together";
    QTest::newRow("pair alone") << QStringList { "--text-pair", "a" } << "--text";
    QTest::newRow("gradient of nothing") << QStringList { "--text", "a", "--grad-of", "logits" } << "--grad";
    for (const char* ids : { "", ",", "1,", "1,,2", "1 2", "one", "1.5", "99999999999999999999", "0x5" })
        QTest::addRow("ids \"%s\"", ids) << QStringList { "--ids", ids } << "--ids";
    QTest::newRow("class that is no number") << QStringList { "--text", "a", "--grad", "first" } << "--grad";
    QTest::newRow("class that is nothing") << QStringList { "--text", "a", "--grad", "" } << "--grad";
    QTest::newRow("layer that is no number") << QStringList { "--text", "a", "--layers", "last" } << "--layers";
    QTest::newRow("layer that is nothing") << QStringList { "--text", "a", "--layers", "" } << "--layers";
    QTest::newRow("no such layer") << QStringList { "--text", "a", "--layers", "0,2" } << "there is no layer 2; the model has 0 to 1";
    QTest::newRow("layer below zero") << QStringList { "--text", "a", "--layers", "-1" } << "there is no layer -1";
    QTest::newRow("layer beyond 32 bits") << QStringList { "--text", "a", "--layers", "4294967296" } << "there is no layer 4294967296";
    QTest::newRow("decoder fed twice") << QStringList { "--text", "a", "--target", "b", "--decoder-ids", "5" } << "--target";
    QTest::newRow("decoder ids that are none") << QStringList { "--text", "a", "--decoder-ids", "b" } << "--decoder-ids";
    QTest::newRow("option nobody knows") << QStringList { "--text", "a", "--colour" } << "--colour";
}

void TestAttend::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    const auto run = attend(arguments);
    QCOMPARE(run.status, 2);
    QCOMPARE(run.out, QString());
    QVERIFY2(run.err.startsWith("headlight: ") && run.err.contains(words), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
}

void TestAttend::saysWhatIsWrong_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("words");
    test::writeBytes(m_out / "broken.safetensors", "version https://git-lfs.github.com/spec/v1");
    QVERIFY(writeSafetensors(m_out / "empty.safetensors", { { "other", Tensor::zeros({ 1 }) } }, {}));
    QTest::newRow("empty text") << QStringList { "--text", "" } << "the text is empty";
    QTest::newRow("too long") << QStringList { "--text", QString("cat ").repeated(90) } << "92 tokens long; this model has positions for 80";
    QTest::newRow("unknown id") << QStringList { "--ids", "5,500" } << "Token id 500";
    QTest::newRow("negative id") << QStringList { "--ids", "-5" } << "Token id -5";
    QTest::newRow("no decoder") << QStringList { "--text", "a", "--target", "b" } << "has no decoder that could be fed";
    QTest::newRow("no such picture") << QStringList { "--image", out("none.png") } << "none.png";
    QTest::newRow("a picture for a text model") << QStringList { "--image", test::sourcePath("tests/golden/image_preprocessing/images/small_25x19.png") } << "takes text, not a picture";
    QTest::newRow("no such tensors") << QStringList { "--input", out("none.safetensors") } << "There is no file " + out("none.safetensors");
    QTest::newRow("broken tensors") << QStringList { "--input", out("broken.safetensors") } << "broken.safetensors";
    QTest::newRow("tensors of something else") << QStringList { "--input", out("empty.safetensors") } << "input_ids";
    QTest::newRow("no such output tensor") << QStringList { "--text", "a", "--grad", "1", "--grad-of", "start_logits" } << "it has logits";
    QTest::newRow("no such class") << QStringList { "--text", "a", "--grad", "128" } << "There is no entry";
    QTest::newRow("index of a wrong length") << QStringList { "--text", "a", "--grad", "0,1" } << "has 2 indices";
}

void TestAttend::saysWhatIsWrong()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    const auto run = attend(arguments + QStringList { "-o", out("never.npz") });
    QCOMPARE(run.status, 1);
    QCOMPARE(run.out, QString());
    QVERIFY2(run.err.startsWith("headlight: ") && run.err.contains(words), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
    QVERIFY(!QFile::exists(out("never.npz")));
}

void TestAttend::cutsWhenAsked()
{
    QCOMPARE(attend({ "--text", QString("cat ").repeated(90), "--cut", "-o", out("cut.safetensors") }).status, 0);
    const auto file = SafetensorsFile::open(out("cut.safetensors").toStdString());
    QVERIFY((file->tensors().at("attentions.0").shape() == Shape { 1, 4, 80, 80 }));
}

void TestAttend::anOlderFileSurvives_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("words");
    for (const char* name : { "older.safetensors", "older.npz", "older.json" })
        QTest::addRow("bad input, %s", name) << name << QStringList { "--text", "" } << "empty";
    QTest::newRow("unknown ending") << "older.txt" << QStringList { "--text", "a" } << "older.txt should end in .safetensors, .npz or .json";
    for (const char* name : { "folder.safetensors", "folder.npz", "folder.json", "none/a.safetensors", "none/a.npz", "none/a.json" })
        QTest::newRow(name) << name << QStringList { "--text", "a" } << "cannot be written";
}

void TestAttend::anOlderFileSurvives()
{
    QFETCH(QString, name);
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    const test::ScratchFolder folder;
    const QString path = QString::fromStdString((folder / name.toStdString()).string());
    if (name.startsWith("older"))
        test::writeBytes(path.toStdString(), "older");
    else if (name.startsWith("folder"))
        std::filesystem::create_directories(folder / (name.toStdString() + "/inside"));
    const QStringList before = folder.entries();
    const auto run = attend(arguments + QStringList { "-o", path });
    QCOMPARE(run.status, 1);
    QVERIFY2(run.err.contains(words) && run.err.count('\n') == 1, qPrintable(run.err));
    QCOMPARE(folder.entries(), before);
    if (name.startsWith("older"))
        QCOMPARE(test::readBytes(path.toStdString()), std::string("older"));
}

void TestAttend::aFullStandardOutputIsAnError()
{
    QProcess process;
    process.setProcessEnvironment(test::displaylessEnvironment());
    process.setStandardOutputFile("/dev/full");
    process.start(HEADLIGHT_PROGRAM, { "attend", model(), "--text", "the cat" });
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 1);
    const QString message = process.readAllStandardError();
    QVERIFY2(message.contains("standard output: No space left on device"), qPrintable(message));
}

void TestAttend::interruptedWhileWorking()
{
    // A batch that takes minutes.
    const Tensor ids = Tensor::fromIntegers({ 200'000, 80 }, std::vector<std::int64_t>(200'000 * 80, 9));
    QVERIFY(writeSafetensors(m_out / "batch.safetensors", { { "input_ids", ids } }, {}));
    test::writeBytes(m_out / "result.safetensors", "older");
    QProcess process;
    process.setProcessEnvironment(test::displaylessEnvironment());
    process.start(HEADLIGHT_PROGRAM, { "attend", model(), "--input", out("batch.safetensors"), "--layers", "0", "-o", out("result.safetensors") });
    QVERIFY(process.waitForStarted());
    QVERIFY(listensToSignals(process.processId()));
    QTest::qSleep(300);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QCOMPARE(process.readAllStandardError(), QByteArray());
    QCOMPARE(test::readBytes(m_out / "result.safetensors"), std::string("older"));
}

void TestAttend::interruptedWhileReading()
{
    QProcess process;
    process.setProcessEnvironment(test::displaylessEnvironment());
    process.start(HEADLIGHT_PROGRAM, { "tokenize", model(), "--jsonl", "-" });
    process.write("{\"text\": \"the cat\"}\n");
    QVERIFY(process.waitForReadyRead(60'000)); // it answered, and waits for the next line
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QCOMPARE(process.readAllStandardError(), QByteArray());
}

HEADLIGHT_TEST_MAIN(TestAttend)
#include "tst_attend.moc"
