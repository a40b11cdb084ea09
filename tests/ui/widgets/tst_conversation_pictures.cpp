// Pictures in a conversation, put in and taken out by the events of a person, on the reference's tiny
// Qwen3-VL with a tokenizer, an image processor and a chat template of our own.

#include "core/engine/engine.h"
#include "core/engine/turns_input.h"
#include "core/io/json.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/export/command.h"
#include "ui/session/kept_inputs.h"
#include "ui/session/session_file.h"
#include "ui/session/session_state.h"
#include "ui/style/theme.h"
#include "ui/widgets/conversation_box.h"
#include "ui/widgets/picture.h"
#include "ui/widgets/picture_input_box.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/turn_row.h"
#include "ui/workbench.h"

#include <fmt/format.h>

using namespace headlight;
using namespace headlight::ui;

namespace {

const char* const processor =
    R"({"image_processor_type":"Qwen2VLImageProcessorFast","patch_size":4,"merge_size":2,
    "size":{"shortest_edge":64,"longest_edge":3072}})";
const char* const chatTemplate =
    "{% for m in messages %}{{ m.role }} : {% if m.content is string %} {{ m.content }} {% else %}"
    "{% for p in m.content %}{% if p.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %} {{ p.text }} {% endif %}{% endfor %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %} assistant : {% endif %}";

/// Words by number; those of pictures as the model's configuration numbers them.
std::string tokenizer()
{
    const auto special = [](int id, const char* name) {
        return fmt::format(
            R"({{"id":{},"content":"{}","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false}})",
            id, name);
    };
    return fmt::format(
        R"({{"version":"1.0","added_tokens":[{},{},{}],"normalizer":null,"pre_tokenizer":{{"type":"Whitespace"}},
        "post_processor":null,"decoder":null,"model":{{"type":"WordLevel","vocab":{{"[UNK]":0,"what":5,"is":6,"this":7,"user":8,
        "assistant":9,":":10,"<|vision_start|>":100,"<|vision_end|>":101,"<|image_pad|>":140}},"unk_token":"[UNK]"}}}})",
        special(100, "<|vision_start|>"), special(101, "<|vision_end|>"), special(140, "<|image_pad|>"));
}

Image plain(int width, int height, int shade)
{
    return Image::make(
        width, height, [&](std::span<std::uint8_t> out) { std::ranges::fill(out, std::uint8_t(shade)); });
}

} // namespace

class TestConversationPictures : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void aConversationTakesThePictureAlong();
    void picturesAreAddedAndTakenOut();
    void everyStepCanBeUndone();
    void aSessionFileBringsThemBack();
    void modelsOfWordsLeaveThemOut();

private:
    template <typename Widget> Widget* shown(const QString& accessibleName) const;
    void settle() const { QTRY_VERIFY(!m_session->activity().running && !m_session->writing()); }
    void press(const QString& name) const { QTest::mouseClick(shown<QAbstractButton>(name), Qt::LeftButton); }
    const TurnsInput& talk() const { return std::get<TurnsInput>(m_session->input()); }
    void converse();
    int thumbs() const;

    const test::ScratchFolder m_model{ test::sourcePath("tests/golden/qwen3_vl") };
    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
    MainWindow* m_window = nullptr;
};

void TestConversationPictures::initTestCase()
{
    test::writeBytes(m_model / "tokenizer.json", tokenizer());
    test::writeBytes(m_model / "preprocessor_config.json", processor);
    test::writeBytes(m_model / "chat_template.json", Json{ { "chat_template", chatTemplate } }.dump());
}

void TestConversationPictures::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    m_window = &m_bench->window();
    m_window->resize(1280, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window));
    converse();
}

void TestConversationPictures::cleanup()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

template <typename Widget> Widget* TestConversationPictures::shown(const QString& accessibleName) const
{
    for (int wait = 0; wait < 200; ++wait) {
        for (Widget* widget : m_window->findChildren<Widget*>()) {
            if (widget->accessibleName() == accessibleName && widget->isVisible())
                return widget;
        }
        QTest::qWait(10);
    }
    qFatal("nothing is called %s", qPrintable(accessibleName));
    return nullptr;
}

int TestConversationPictures::thumbs() const
{
    return int(std::ranges::count_if(m_window->findChildren<QWidget*>(), [](const QWidget* widget) {
        return widget->isVisible() && widget->accessibleName().startsWith("Picture ")
            && widget->accessibleName().contains(" of turn ");
    }));
}

/// The picture and its question, and then the conversation that begins with both.
void TestConversationPictures::converse()
{
    m_session->openModel(QString::fromStdString(m_model.path().string()));
    QTRY_VERIFY_WITH_TIMEOUT(m_session->model() && !m_session->activity().running, 20'000);
    m_session->openPicture(plain(40, 24, 90));
    m_session->setInput(TextInput{ "what is this", std::nullopt });
    settle();
    QTRY_VERIFY(m_session->result() && m_session->result()->textPatches);
    const auto buttons = shown<SegmentedBar>("What is typed")->findChildren<QToolButton*>();
    QTest::mouseClick(
        *std::ranges::find(buttons, QString("Conversation"), &QToolButton::text), Qt::LeftButton);
    QTRY_VERIFY(m_session->result()->turns.size() == 1);
    settle();
}

void TestConversationPictures::aConversationTakesThePictureAlong()
{
    QCOMPARE(talk().turns, (std::vector<ChatTurn>{ { "user", "what is this", { 0 } } }));
    QCOMPARE(talk().pictures.size(), std::size_t(1));
    QCOMPARE(thumbs(), 1);
    QVERIFY(m_window->findChild<PictureInputBox*>()->isHidden());
    const AnalysisResult& result = *m_session->result();
    QCOMPARE(result.turnsText,
        std::string("user : <|vision_start|><|image_pad|><|vision_end|> what is this  assistant : "));
    QCOMPARE(std::ranges::count_if(result.tokens, [](const TokenInfo& token) { return token.patchRow >= 0; }),
        15); // 40 × 24 in squares of 8
    // The picture is where it was when a plain question is asked.
    const auto buttons = shown<SegmentedBar>("What is typed")->findChildren<QToolButton*>();
    QTest::mouseClick(*std::ranges::find(buttons, QString("Text"), &QToolButton::text), Qt::LeftButton);
    QTRY_VERIFY(std::holds_alternative<ImageInput>(m_session->input()));
    QVERIFY(std::get<ImageInput>(m_session->input()).image == plain(40, 24, 90));
    QVERIFY(m_window->findChild<PictureInputBox*>()->isVisible());
}

void TestConversationPictures::picturesAreAddedAndTakenOut()
{
    m_session->openPicture(plain(16, 16, 200)); // dropped or pasted
    QTRY_COMPARE(thumbs(), 2);
    settle();
    QCOMPARE(talk().turns.front().pictures, (std::vector<int>{ 0, 1 }));
    QVERIFY(m_session->result()->picture == plain(16, 16, 200));
    press("Add a turn");
    press("Add a turn");
    QTRY_COMPARE(talk().turns.size(), std::size_t(3));
    m_session->openPicture(plain(8, 24, 30)); // to what the user says last
    QTRY_COMPARE(thumbs(), 3);
    settle();
    QCOMPARE(talk().turns.back().pictures, (std::vector<int>{ 2 }));
    press("Take picture 1 out of turn 1");
    QTRY_COMPARE(thumbs(), 2);
    QCOMPARE(talk().turns.front().pictures, (std::vector<int>{ 0 }));
    QVERIFY(talk().pictures.front() == plain(16, 16, 200) && talk().pictures.back() == plain(8, 24, 30));
    press("Remove turn 3");
    QTRY_COMPARE(talk().pictures.size(), std::size_t(1));
    // A button of the turn says where the next one goes.
    QVERIFY(shown<QToolButton>("Put a picture into turn 1"));
    m_session->setPictureTurn(0);
    m_session->openPicture(plain(9, 9, 1));
    QTRY_COMPARE(talk().turns.front().pictures.size(), std::size_t(2));
    press("Take picture 2 out of turn 1");
    press("Take picture 1 out of turn 1");
    QTRY_COMPARE(thumbs(), 0);
    settle();
    QVERIFY(talk().pictures.empty());
    QTRY_VERIFY(!m_session->result()->textPatches);
}

void TestConversationPictures::everyStepCanBeUndone()
{
    const TurnsInput before = talk();
    m_session->openPicture(plain(16, 16, 200));
    QTRY_COMPARE(thumbs(), 2);
    settle();
    press("Take picture 1 out of turn 1");
    QTRY_COMPARE(thumbs(), 1);
    settle();
    QVERIFY(talk().pictures.front() == plain(16, 16, 200));
    QTest::keySequence(m_window, QKeySequence::Undo);
    QTRY_COMPARE(thumbs(), 2);
    settle();
    QTest::keySequence(m_window, QKeySequence::Undo);
    QTRY_COMPARE(thumbs(), 1);
    settle();
    QVERIFY(talk().turns == before.turns && talk().pictures == before.pictures);
}

void TestConversationPictures::aSessionFileBringsThemBack()
{
    m_session->openPicture(plain(16, 16, 200));
    QTRY_COMPARE(thumbs(), 2);
    settle();
    SessionDocument document;
    document.state = m_session->state();
    const auto read = parseSession(sessionText(document), "x");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->state == document.state);
    m_session->setInput(TurnsInput{ { { "user", "what" } }, {}, {} });
    QTRY_COMPARE(thumbs(), 0);
    settle();
    m_session->restore(read->state);
    QTRY_COMPARE(thumbs(), 2);
    settle();
    std::string damaged = sessionText(document);
    const std::size_t at = damaged.find("\"pictures\"");
    QVERIFY(at != std::string::npos);
    damaged.replace(damaged.find('1', at), 1, "7");
    QVERIFY(!parseSession(damaged, "x"));
    // One picture of a file is said in the command that draws the figure.
    SessionState one = document.state;
    one.input = std::make_shared<AnalysisInput>(
        withPicture(TurnsInput{ { { "user", "what" } }, {}, {} }, plain(4, 4, 3), {}));
    one.source = "/somewhere/cat.png";
    const QStringList said = inputArguments(one);
    QVERIFY(said.contains("--turns") && said.indexOf("cat.png") == said.indexOf("--image") + 1);
}

void TestConversationPictures::modelsOfWordsLeaveThemOut()
{
    const TurnsInput before = talk();
    m_session->openModel("sentiment");
    QTRY_VERIFY(std::holds_alternative<TextInput>(m_session->input()));
    settle();
    m_session->openModel(QString::fromStdString(m_model.path().string()));
    QTRY_VERIFY(std::holds_alternative<TurnsInput>(m_session->input()));
    settle();
    QVERIFY(talk().turns == before.turns && talk().pictures == before.pictures);
    QTRY_COMPARE(thumbs(), 1);
}

HEADLIGHT_TEST_MAIN(TestConversationPictures)
#include "tst_conversation_pictures.moc"
