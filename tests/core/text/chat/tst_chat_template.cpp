// Chat templates against Jinja itself (tests/golden/chat), and what a template may not do.

#include "core/io/json.h"
#include "core/text/chat/chat_template.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;

class TestChatTemplate : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void conversations_data();
    void conversations();
    void pictures_data();
    void pictures();
    void expressions();
    void namesWhatItCannotFollow_data();
    void namesWhatItCannotFollow();
    void staysWithinItsLimits_data();
    void staysWithinItsLimits();
    void opensWhatACheckpointBrings_data();
    void opensWhatACheckpointBrings();
    void damagedTemplatesNeverCrash();

private:
    std::vector<ChatTurn> turns(const std::string& name) const
    {
        std::vector<ChatTurn> all;
        for (const Json& turn : m_cases.at("turns").at(name))
            all.push_back({ turn.at(0).get<std::string>(), turn.at(1).get<std::string>() });
        return all;
    }
    Expected<std::string> applied(const std::string& source, const std::string& talk, ChatTemplate::Reply reply = ChatTemplate::Reply::Begun) const
    {
        HEADLIGHT_TRY(const ChatTemplate parsed, ChatTemplate::parse(source, m_cases.at("tokens").get<std::map<std::string, std::string>>()));
        return parsed.apply(turns(talk), reply, m_cases.at("now").get<std::int64_t>());
    }

    Json m_cases, m_pictures;
};

void TestChatTemplate::initTestCase()
{
    qputenv("TZ", "UTC");
    const auto read = readJson(test::sourcePath("tests/golden/chat/templates.json").toStdString());
    QVERIFY(read);
    m_cases = *read;
}

void TestChatTemplate::conversations_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Json& one : m_cases.at("conversations"))
        QTest::addRow("%s, %s, %s", one.at("template").get<std::string>().c_str(), one.at("turns").get<std::string>().c_str(),
            one.at("reply").get<bool>() ? "to go on" : "closed")
            << index++;
}

void TestChatTemplate::conversations()
{
    QFETCH(int, index);
    const Json& one = m_cases.at("conversations").at(std::size_t(index));
    const auto got = applied(m_cases.at("templates").at(one.at("template").get<std::string>()).get<std::string>(), one.at("turns").get<std::string>(),
        one.at("reply").get<bool>() ? ChatTemplate::Reply::Begun : ChatTemplate::Reply::No);
    if (one.contains("expected")) {
        QVERIFY2(got, got ? "" : got.error().message.c_str());
        QCOMPARE(QString::fromStdString(*got), QString::fromStdString(one.at("expected").get<std::string>()));
    } else {
        QVERIFY(!got);
        const std::string said = one.at("error").get<std::string>();
        QVERIFY2(said.starts_with("dict object") || said.starts_with("list object") || got.error().message.find(said) != std::string::npos, got.error().message.c_str());
    }
}

void TestChatTemplate::pictures_data()
{
    const auto read = readJson(test::sourcePath("tests/golden/chat/pictures.json").toStdString());
    QVERIFY(read);
    m_pictures = *read;
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Json& one : m_pictures.at("conversations"))
        QTest::addRow("%s, %s, %s", one.at("template").get<std::string>().c_str(), one.at("turns").get<std::string>().c_str(),
            one.at("reply").get<bool>() ? "to go on" : "closed")
            << index++;
}

/// Templates of the shapes that models of pictures and words bring: with pictures they get lists of parts, as
/// processors pass them, and those that know texts alone get texts with a placeholder.
void TestChatTemplate::pictures()
{
    QFETCH(int, index);
    const Json& one = m_pictures.at("conversations").at(std::size_t(index));
    const auto parsed = ChatTemplate::parse(m_pictures.at("templates").at(one.at("template").get<std::string>()).get<std::string>(),
        m_pictures.at("tokens").get<std::map<std::string, std::string>>());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    std::vector<ChatTurn> said;
    for (const Json& turn : m_pictures.at("turns").at(one.at("turns").get<std::string>()))
        said.push_back({ turn.at(0).get<std::string>(), turn.at(1).get<std::string>(), std::vector<int>(turn.at(2).get<std::size_t>()) });
    const auto reply = one.at("reply").get<bool>() ? ChatTemplate::Reply::Begun : ChatTemplate::Reply::No;
    const auto got = parsed->apply(said, reply, 0, "<image>");
    QVERIFY2(got, got ? "" : got.error().message.c_str());
    QCOMPARE(QString::fromStdString(*got), QString::fromStdString(one.at("expected").get<std::string>()));
}

void TestChatTemplate::expressions()
{
    QVERIFY(m_cases.at("expressions").size() > 300);
    QStringList wrong;
    for (const Json& one : m_cases.at("expressions")) {
        const auto source = one.at(0).get<std::string>();
        const auto got = applied("{{ " + source + " }}", "a talk without joiners");
        const auto expected = one.at(1).get<std::string>();
        if (!got || *got != expected)
            wrong << QString::fromStdString(source + " gave " + (got ? *got : got.error().message) + " not " + expected);
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
}

void TestChatTemplate::namesWhatItCannotFollow_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("named");
    const std::pair<const char*, const char*> rows[] { { "{% include 'x' %}", "{% include %}" }, { "a\n{% import 'os' as os %}", "{% import %} (line 2)" },
        { "{% extends 'x' %}", "{% extends %}" }, { "{% call f() %}{% endcall %}", "{% call %}" }, { "{{ 1|frobnicate }}", "filter frobnicate" },
        { "{{ 1 is strange }}", "test strange" }, { "{{ ''.format(1) }}", "method format" }, { "{{ ''.__class__() }}", "__class__" },
        { "{% if 1 %}", "lacks {% endif %}" }, { "{% for x in y %}{% endif %}", "{% endif %}" }, { "{{ 'a", "not closed" }, { "{# a", "not closed" },
        { "{{ f(*x) }}", "spreads" }, { "{{ }}", "where a value belongs" }, { "{{ 1 $ 2 }}", "\"$\"" }, { "{% endfor %}", "none is open" },
        { "{{ 99999999999999999999 }}", "number too large" } };
    for (const auto& [source, named] : rows)
        QTest::newRow(source) << source << named;
}

void TestChatTemplate::namesWhatItCannotFollow()
{
    QFETCH(QString, source);
    QFETCH(QString, named);
    const auto got = applied(source.toStdString(), "a talk");
    QVERIFY(!got);
    QVERIFY2(QString::fromStdString(got.error().message).contains(named), got.error().message.c_str());
    QVERIFY(got.error().message.starts_with("The model's chat template "));
}

void TestChatTemplate::staysWithinItsLimits_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("loops in loops") << "{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}";
    QTest::newRow("a long count") << "{{ range(10 ** 15)|length }}";
    QTest::newRow("calls itself") << "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}";
    QTest::newRow("a long text") << "{% set ns = namespace(t='aaaaaaaaaaaaaaaa') %}{% for i in range(60) %}{{ ns.t * 1000000 }}{% endfor %}";
    QTest::newRow("repeats") << "{{ 'abc' * 1000000000000 }}";
    QTest::newRow("deep brackets") << "{{ " + QString(100'000, '(') + "1";
    QTest::newRow("deep nots") << "{{ " + QString("not ").repeated(100'000) + "1 }}";
    QTest::newRow("deep blocks") << QString("{% if 1 %}").repeated(10'000);
    QTest::newRow("divides") << "{{ 1 // 0 }}";
    QTest::newRow("overflows") << "{{ 999999999999999999 * 999999999999999999 }}";
}

void TestChatTemplate::staysWithinItsLimits()
{
    QFETCH(QString, source);
    QVERIFY(!applied(source.toStdString(), "a talk"));
}

void TestChatTemplate::opensWhatACheckpointBrings_data()
{
    QTest::addColumn<QString>("config");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a processor's file") << R"({"bos_token": "<b>", "chat_template": "old"})" << R"(json:{"chat_template": "{{ bos_token }}seen"})" << "<b>seen";
    QTest::newRow("a processor's file alone") << "" << R"(json:{"chat_template": "seen"})" << "seen";
    QTest::newRow("a broken processor's file") << "" << "json:{" << "error";
    QTest::newRow("nothing") << "" << "" << "none";
    QTest::newRow("no template") << R"({"bos_token": "<s>"})" << "" << "none";
    QTest::newRow("a text") << R"({"bos_token": "<s>", "chat_template": "{{ bos_token }}{{ messages[0].content }}"})" << "" << "<s>x";
    QTest::newRow("a token as an object") << R"({"eos_token": {"content": "</s>"}, "chat_template": "{{ eos_token }}"})" << "" << "</s>";
    QTest::newRow("several") << R"({"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]})" << "" << "d";
    QTest::newRow("a file of its own") << R"({"bos_token": "<b>", "chat_template": "old"})" << "{{ bos_token }}new\n" << "<b>new";
    QTest::newRow("a file alone") << "" << "{{ messages|length }}" << "1";
    QTest::newRow("broken") << "{" << "" << "error";
}

void TestChatTemplate::opensWhatACheckpointBrings()
{
    QFETCH(QString, config);
    QFETCH(QString, file);
    const QTemporaryDir folder;
    if (!config.isEmpty())
        test::writeBytes(folder.filePath("tokenizer_config.json").toStdString(), config.toStdString());
    const bool json = file.startsWith("json:");
    if (!file.isEmpty())
        test::writeBytes(folder.filePath(json ? "chat_template.json" : "chat_template.jinja").toStdString(), file.mid(json ? 5 : 0).toStdString());
    const auto opened = ChatTemplate::open(folder.path().toStdString());
    const std::vector<ChatTurn> turns { { "user", "x" } };
    const QString got = !opened ? "error" : !*opened ? "none" : QString::fromStdString(*(**opened).apply(turns, ChatTemplate::Reply::No, 0));
    QTEST(got, "expected");
}

/// Every template with bytes changed, doubled or lost: a text or one sentence, never anything else.
void TestChatTemplate::damagedTemplatesNeverCrash()
{
    std::mt19937 random(20'261'128);
    int refused = 0, followed = 0;
    for (const auto& [name, source] : m_cases.at("templates").items())
        for (int i = 0; i < 400; ++i) {
            auto damaged = source.get<std::string>();
            for (unsigned hit = 0; hit <= random() % 3; ++hit) {
                const std::size_t at = random() % damaged.size();
                constexpr std::string_view other = "{}%#-'\"()[]|.,:= \nif01";
                switch (random() % 3) {
                case 0: damaged[at] = other[random() % other.size()]; break;
                case 1: damaged.erase(at, 1 + random() % 9); break;
                default: damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 30));
                }
            }
            const auto got = applied(damaged, i % 2 ? "a talk" : "with a system");
            ++(got ? followed : refused);
            QVERIFY(got || (!got.error().message.empty() && got.error().message.ends_with('.')));
        }
    QVERIFY(refused > 200 && followed > 200);
}

HEADLIGHT_TEST_MAIN(TestChatTemplate)
#include "tst_chat_template.moc"
