// Conversations through a model's own template: the text against Jinja's (tests/golden/chat), the tokens against the same
// text typed by hand, and what cannot be run.

#include "core/engine/engine.h"
#include "core/engine/turns_input.h"
#include "tests/support/chat_model.h"

using namespace headlight;

class TestTurnsInput : public test::TestCase {
    Q_OBJECT
private slots:
    void textIsWhatJinjaMakes_data();
    void textIsWhatJinjaMakes();
    void tokensAreThoseOfTheText();
    void tokensKnowTheirTurn_data();
    void tokensKnowTheirTurn();
    void modelAnswers();
    void modelGoesOnWithItsTurn();
    void emptyTurnOfTheAssistantIsAnswered();
    void saysWhatIsWrong();
    void unreadableTemplateIsToldWhenItIsUsed();
    void ggufBringsItsTemplate();
    void jsonIsReadOrRefused_data();
    void jsonIsReadOrRefused();

private:
    std::shared_ptr<const OpenModel> open(const std::string& path) const
    {
        const auto model = m_engine.open(path, {});
        if (!model)
            qFatal("%s", model.error().message.c_str());
        return *model;
    }
    Expected<std::shared_ptr<const AnalysisResult>> run(
        const std::shared_ptr<const OpenModel>& model, const TurnsInput& input, std::int64_t newTokens = 0) const
    {
        AnalysisRequest request;
        request.input = input;
        if (newTokens > 0) {
            request.generation.emplace();
            request.generation->newTokens = newTokens;
        }
        return m_engine.run(model, request, {});
    }

    const Engine m_engine { Resources(test::sourcePath("resources").toStdString()) };
};

using Reply = ChatTemplate::Reply;

namespace {

const std::vector<ChatTurn> question { { "user", "Once upon a time" } };

} // namespace

void TestTurnsInput::textIsWhatJinjaMakes_data()
{
    QTest::addColumn<int>("index");
    int index = -1;
    for (const Json& one : test::chatCases().at("conversations")) {
        ++index;
        const auto name = one.at("template").get<std::string>();
        if (name != "headers") // tells the date
            QTest::addRow("%s, %s, %s", name.c_str(), one.at("turns").get<std::string>().c_str(), one.at("reply").get<bool>() ? "to go on" : "closed") << index;
    }
}

void TestTurnsInput::textIsWhatJinjaMakes()
{
    QFETCH(int, index);
    const Json& one = test::chatCases().at("conversations").at(std::size_t(index));
    const test::ChatModel files(test::chatSource(one.at("template").get<std::string>()));
    const auto model = open(files.folder());
    QVERIFY(takesTurns(*model));
    const TurnsInput input { test::chatTurns(one.at("turns")), one.at("reply").get<bool>() ? Reply::Begun : Reply::No };
    const auto text = textOfTurns(*model, input, TurnsText::Speaks::Nobody);
    if (input.turns.empty()) {
        QVERIFY(!text && text.error().message.find("no turns") != std::string::npos);
    } else if (one.contains("expected")) {
        QVERIFY2(text, text ? "" : text.error().message.c_str());
        QCOMPARE(QString::fromStdString(text->text), QString::fromStdString(one.at("expected").get<std::string>()));
    } else {
        QVERIFY(!text);
    }
}

/// The template writes its own special tokens: nothing is added, and "<s>" is one token.
void TestTurnsInput::tokensAreThoseOfTheText()
{
    const test::ChatModel files("{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}");
    const auto model = open(files.folder());
    const auto result = run(model, { { { "user", "Once" }, { "assistant", "upon" } }, Reply::No });
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->turnsText, std::string("<s>Once</s>upon</s>"));
    std::vector<std::string> special;
    for (const TokenInfo& token : (*result)->tokens)
        if (token.special)
            special.push_back(token.piece);
    QCOMPARE(special, (std::vector<std::string> { "<s>", "</s>", "</s>" }));
    QCOMPARE((*result)->fed.ids.front(), std::int64_t(1));
    QCOMPARE((*result)->fed.ids.back(), std::int64_t(2));
    QCOMPARE((*result)->trace->layers().front()->queries, std::int64_t((*result)->tokens.size()));
}

void TestTurnsInput::tokensKnowTheirTurn_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "chatml", "alternating", "thinking" })
        QTest::newRow(name) << QString(name);
}

/// Also where a turn says what the template says itself ("user"), or what another turn said.
void TestTurnsInput::tokensKnowTheirTurn()
{
    QFETCH(QString, name);
    const test::ChatModel files(test::chatSource(name.toStdString()));
    const auto model = open(files.folder());
    const std::vector<ChatTurn> turns { { "user", "user" }, { "assistant", " a cat\n" }, { "user", "a cat" } };
    const auto result = run(model, { turns, Reply::Begun });
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const QString text = QString::fromStdString((*result)->turnsText);
    std::vector<std::pair<int, int>> spans(turns.size(), { 1 << 20, 0 });
    for (const TokenInfo& token : (*result)->tokens) {
        if (token.turn < 0)
            continue;
        auto& [begin, end] = spans.at(std::size_t(token.turn));
        begin = std::min(begin, token.characters.first);
        end = std::max(end, token.characters.second);
    }
    int last = -1;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        QVERIFY(spans[i].first > last);
        last = spans[i].first;
        const QString words = text.mid(spans[i].first, spans[i].second - spans[i].first).trimmed();
        QVERIFY2(words.contains(QString::fromStdString(turns[i].text).trimmed()) && words.size() <= 8, qPrintable(words));
    }
}

/// The answer is that to the same text typed by hand, and covered by the maps.
void TestTurnsInput::modelAnswers()
{
    const test::ChatModel files("{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}, there was{% endif %}");
    const auto model = open(files.folder());
    const auto result = run(model, { question, Reply::No }, 12);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    AnalysisRequest typed;
    typed.input = IdsInput { model->tokenizer->encode("<s>Once upon a time, there was", std::nullopt, SpecialTokens::Leave).ids };
    typed.generation.emplace();
    typed.generation->newTokens = 12;
    const auto expected = m_engine.run(model, typed, {});
    QVERIFY(expected);
    QCOMPARE((*result)->generated->ids, (*expected)->generated->ids);
    QCOMPARE((*result)->turnsText, std::string("<s>Once upon a time, there was"));
    const auto& tokens = (*result)->tokens;
    QCOMPARE(std::int64_t(tokens.size()), (*result)->generated->firstToken + 12);
    QCOMPARE(tokens.back().turn, 1);
    QCOMPARE(tokens[std::size_t((*result)->generated->firstToken) - 1].turn, -1);
    const auto turns = answered((*result)->turns, (*result)->generated->text);
    QCOMPARE(turns.size(), std::size_t(2));
    QCOMPARE(turns.back().role, std::string("assistant"));
}

void TestTurnsInput::modelGoesOnWithItsTurn()
{
    const test::ChatModel files;
    const auto model = open(files.folder());
    const TurnsInput input { { { "user", "Tell" }, { "assistant", "Once upon a time " } }, Reply::No };
    const auto result = run(model, input, 3);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->turnsText, std::string("<|im_start|>user\nTell<|im_end|>\n<|im_start|>assistant\nOnce upon a time"));
    QCOMPARE((*result)->tokens.back().turn, 1);
    QCOMPARE(answered(input.turns, "x").size(), std::size_t(2));
    const test::ChatModel other("{% for m in messages %}{{ m.role }}{% endfor %}");
    const auto refused = run(open(other.folder()), input, 3);
    QVERIFY(!refused && refused.error().kind == ErrorKind::BadInput);
}

void TestTurnsInput::emptyTurnOfTheAssistantIsAnswered()
{
    const test::ChatModel files;
    const auto result = run(open(files.folder()), { { { "user", "Tell" }, { "assistant", "" } }, Reply::No }, 3);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->turnsText, std::string("<|im_start|>user\nTell<|im_end|>\n<|im_start|>assistant\n"));
    QCOMPARE((*result)->tokens.back().turn, 1);
}

void TestTurnsInput::saysWhatIsWrong()
{
    const test::ChatModel files(test::chatSource("alternating"));
    const auto said = run(open(files.folder()), { { { "user", "a" }, { "user", "b" } }, Reply::No });
    QVERIFY(!said && said.error().kind == ErrorKind::BadInput);
    QVERIFY2(said.error().message.find("Turns must alternate") != std::string::npos, said.error().message.c_str());
    std::filesystem::remove(files / "tokenizer_config.json");
    const auto none = open(files.folder());
    QVERIFY(!takesTurns(*none));
    const auto missing = run(none, { question, Reply::No });
    QVERIFY(!missing && missing.error().message.find("no chat template") != std::string::npos);
    const auto seeing = open(test::sourcePath("tests/golden/vit_cls").toStdString());
    const auto refused = run(seeing, { question, Reply::No });
    QVERIFY(!refused && refused.error().message.find("not a conversation") != std::string::npos);
}

void TestTurnsInput::unreadableTemplateIsToldWhenItIsUsed()
{
    const test::ChatModel files("{% for m in messages %}{% import 'x' as y %}{% endfor %}");
    const auto model = open(files.folder());
    AnalysisRequest request;
    request.input = TextInput { "Once", std::nullopt };
    QVERIFY(m_engine.run(model, request, {}));
    QVERIFY(takesTurns(*model)); // the window offers it, and the sentence tells why it cannot be
    const auto refused = run(model, { question, Reply::No });
    QVERIFY(!refused && refused.error().kind == ErrorKind::Unsupported);
    QVERIFY2(refused.error().message.find("import") != std::string::npos, refused.error().message.c_str());
}

/// A key put before the others of a reference file; its length keeps the numbers where they must be.
void TestTurnsInput::ggufBringsItsTemplate()
{
    const auto number = [](std::uint64_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += char(value >> (8 * i));
        return text;
    };
    const std::string key = "tokenizer.chat_template";
    std::string source = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}{# ";
    while ((8 + key.size() + 4 + 8 + source.size() + 3) % 32 != 0)
        source += ' ';
    source += " #}";
    std::string bytes = test::readBytes(test::sourcePath("tests/golden/gguf/stories260K.gguf").toStdString());
    bytes[16] = char(bytes[16] + 1); // one more of fewer than 255
    bytes.insert(24, number(key.size(), 8) + key + number(8, 4) + number(source.size(), 8) + source);
    const test::ScratchFolder folder;
    test::writeBytes(folder / "talks.gguf", bytes);
    const auto model = open((folder / "talks.gguf").string());
    const auto result = run(model, { question, Reply::No });
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE((*result)->turnsText, std::string("<s>[user]Once upon a time</s>"));
    QCOMPARE((*result)->fed.ids.back(), std::int64_t(2));
}

void TestTurnsInput::jsonIsReadOrRefused_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<int>("turns"); // 0: refused
    QTest::addColumn<QString>("said");
    QTest::newRow("a list") << R"([{"role": "user", "content": "a\u00fc"}, {"role": "assistant", "content": ""}])" << 2 << "";
    QTest::newRow("messages") << R"({"messages": [{"role": "user", "content": "a"}]})" << 1 << "";
    QTest::newRow("no JSON") << "[{" << 0 << "f.json";
    QTest::newRow("a text") << R"("hello")" << 0 << "no list";
    QTest::newRow("an object") << R"({"role": "user"})" << 0 << "no list";
    QTest::newRow("nothing") << "[]" << 0 << "no turns";
    QTest::newRow("texts") << R"(["hello"])" << 0 << "turn 1 has no \"role\"";
    QTest::newRow("no content") << R"([{"role": "user", "content": "a"}, {"role": "user"}])" << 0 << "turn 2 has no \"content\"";
    QTest::newRow("a number") << R"([{"role": "user", "content": 5}])" << 0 << "turn 1 has no \"content\" that is a text or a list";
    QTest::newRow("a picture") << R"([{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "a"}]}, {"role": "assistant", "content": [{"type": "text", "text": "b"}]}])" << 2 << "";
    QTest::newRow("a picture alone") << R"([{"role": "user", "content": [{"type": "image"}]}])" << 1 << "";
    QTest::newRow("a picture behind") << R"([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"}]}])" << 0 << "turn 1 has a picture behind its text";
    QTest::newRow("a picture of its own") << R"([{"role": "user", "content": [{"type": "image", "path": "a.png"}]}])" << 0 << "given beside the conversation";
    QTest::newRow("a film") << R"([{"role": "user", "content": [{"type": "video"}]}])" << 0 << "neither a picture nor a text";
    QTest::newRow("no UTF-8") << QString() << 0 << "f.json";
}

void TestTurnsInput::jsonIsReadOrRefused()
{
    QFETCH(QString, json);
    QFETCH(int, turns);
    QFETCH(QString, said);
    const auto read = turnsFromJson(json.isNull() ? std::string("[\"\xff\"]") : json.toStdString(), "f.json");
    if (turns > 0) {
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(int(read->size()), turns);
        const auto again = turnsFromJson(turnsToJson(*read), "again");
        QVERIFY(again && *again == *read);
        return;
    }
    QVERIFY(!read && read.error().kind == ErrorKind::BadFile);
    QVERIFY2(QString::fromStdString(read.error().message).contains(said), read.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestTurnsInput)
#include "tst_turns_input.moc"
