// --turns, run as a script would: conversations from a file or as they are, and what is refused.

#include "core/io/safetensors.h"
#include "tests/support/chat_model.h"
#include "tests/support/program.h"

using namespace headlight;

class TestTurns : public test::TestCase {
    Q_OBJECT
private slots:
    void attendRunsAConversation();
    void replyIsAskedFor();
    void renderDrawsIt();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();

private:
    QString file(const char* name, const QByteArray& text) const
    {
        const auto path = m_out / name;
        test::writeBytes(path, text.toStdString());
        return QString::fromStdString(path.string());
    }
    QString model() const { return QString::fromStdString(m_model.folder()); }

    const test::ChatModel m_model;
    const test::ScratchFolder m_out;
};

void TestTurns::attendRunsAConversation()
{
    const QByteArray talk = R"([{"role": "user", "content": "Once upon a time"}])";
    const QString out = QString::fromStdString((m_out / "w.safetensors").string());
    for (const QString& given : { file("talk.json", talk), QString(talk) }) {
        const auto ran = test::runProgram({ "attend", model(), "--turns", given, "--generate", "5", "-o", out });
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        const auto saved = SafetensorsFile::open(out.toStdString());
        QVERIFY(saved);
        QCOMPARE(saved->metadata().at("turns_text"),
            std::string("<|im_start|>user\nOnce upon a time<|im_end|>\n<|im_start|>assistant\n"));
        const auto ids = QString::fromStdString(saved->metadata().at("generated_ids")).split(',');
        QVERIFY(ids.size() >= 1 && ids.size() <= 5);
    }
}

/// Without it the conversation ends behind its last turn.
void TestTurns::replyIsAskedFor()
{
    const QString out = QString::fromStdString((m_out / "r.safetensors").string());
    for (const bool asked : { false, true }) {
        const auto ran = test::runProgram(QStringList { "attend", model(), "--turns", R"([{"role": "user", "content": "Hi"}])", "-o", out }
            + (asked ? QStringList { "--reply" } : QStringList()));
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        const auto saved = SafetensorsFile::open(out.toStdString());
        QVERIFY(saved);
        QCOMPARE(saved->metadata().at("turns_text"),
            std::string("<|im_start|>user\nHi<|im_end|>\n") + (asked ? "<|im_start|>assistant\n" : ""));
    }
}

void TestTurns::renderDrawsIt()
{
    const QString out = QString::fromStdString((m_out / "f.svg").string());
    const auto ran = test::runProgram({ "render", model(), "--turns", file("talk.json", R"({"messages": [{"role": "user", "content": "Once"}]})"),
        "--view", "heatmap", "-o", out });
    QVERIFY2(ran.status == 0, qPrintable(ran.err));
    QVERIFY(test::readBytes(out.toStdString()).find("A conversation") != std::string::npos);
    const auto compared = test::runProgram({ "render", model(), "--turns", R"([{"role": "user", "content": "Once"}])", "--against-text", "Twice",
        "--view", "compare", "-o", out });
    QVERIFY2(compared.status == 0, qPrintable(compared.err));
}

void TestTurns::saysWhatIsWrong_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("no such file") << QStringList { "--turns", "/no/such/talk.json" } << "/no/such/talk.json";
    QTest::newRow("no JSON") << QStringList { "--turns", file("bad.json", "{oops") } << "bad.json";
    QTest::newRow("another shape") << QStringList { "--turns", file("shape.json", R"([{"user": "hello"}])") } << "turn 1 has no \"role\"";
    const QString picture = test::sourcePath("resources/examples/shapes-moon.png");
    QTest::newRow("a picture for words") << QStringList { "--turns", R"([{"role": "user", "content": "a"}])", "--image", picture } << "reads words alone";
    QTest::newRow("no picture for its place") << QStringList { "--turns", R"([{"role": "user", "content": [{"type": "image"}]}])" } << "1 place for pictures, and 0 are given";
    QTest::newRow("two for one place") << QStringList { "--turns", R"([{"role": "user", "content": [{"type": "image"}]}])", "--image", picture, "--image", picture } << "1 place for pictures, and 2 are given";
    QTest::newRow("no such picture") << QStringList { "--turns", R"([{"role": "user", "content": "a"}])", "--image", "/no/such.png" } << "/no/such.png";
    QTest::newRow("two inputs") << QStringList { "--turns", "[]", "--text", "x" } << "do not go together";
}

void TestTurns::saysWhatIsWrong()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, said);
    const auto ran = test::runProgram(QStringList { "attend", model() } + arguments);
    QVERIFY(ran.status != 0);
    QVERIFY2(ran.err.contains(said), qPrintable(ran.err));
    if (!said.startsWith("do not"))
        QCOMPARE(ran.err.trimmed().count('\n'), 0); // wrong usage says where to read on
}

HEADLIGHT_TEST_MAIN(TestTurns)
#include "tst_turns.moc"
