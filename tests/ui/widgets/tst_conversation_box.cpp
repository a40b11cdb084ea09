// Conversations in the window, by the events of a person, on a small model with a chat template
// (chat_model.h). What the template makes of the turns is held against Jinja's own text (tests/golden/chat).

#include "core/engine/engine.h"
#include "core/engine/turns_input.h"
#include "tests/support/chat_model.h"
#include "tests/support/sample_resources.h"
#include "ui/export/command.h"
#include "ui/session/session_file.h"
#include "ui/session/session_state.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/conversation_box.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/token_strip.h"
#include "ui/widgets/turn_row.h"
#include "ui/workbench.h"

using namespace headlight;
using namespace headlight::ui;

class TestConversationBox : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void onlyModelsWithATemplateOfferIt();
    void aConversationBeginsWithTheText();
    void textIsWhatJinjaMakes_data();
    void textIsWhatJinjaMakes();
    void typingIsLive();
    void turnsAreAddedMovedAndRemoved();
    void theAnswerIsTheNextTurn();
    void whatIsWrongIsToldInTheTemplatesWords();
    void everyStepCanBeUndone();
    void aSessionFileBringsItBack();
    void otherModelsGetWhatTheyCanRead();
    void keysReachEverything();
    void fieldsGrowWithTheirWords();

private:
    void open(const std::string& folder);
    void converse(const std::string& first = "Once");
    template <typename Widget> Widget* find(const QString& accessibleName) const;
    template <typename Widget> Widget* shown(const QString& accessibleName) const;
    QToolButton* kind(const char* title) const;
    void settle() const { QTRY_VERIFY(!m_session->activity().running && !m_session->writing()); }
    void press(const QString& name) const { QTest::mouseClick(shown<QAbstractButton>(name), Qt::LeftButton); }
    void type(int turn, const QString& text);
    void speak(int turn, const QString& role);
    const std::vector<ChatTurn>& turns() const { return std::get<TurnsInput>(m_session->input()).turns; }
    std::vector<ChatTurn> rows() const;
    const AnalysisResult& result() const { return *m_session->result(); }

    const test::ChatModel m_model;
    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Workbench> m_bench;
    MainWindow* m_window = nullptr;
};

void TestConversationBox::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light);
    m_model.setTemplate(test::chatSource("chatml"));
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_bench = std::make_unique<Workbench>(*m_session);
    m_window = &m_bench->window();
    m_window->resize(1280, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window));
}

void TestConversationBox::cleanup()
{
    m_bench.reset();
    m_session.reset();
    m_engine.reset();
}

void TestConversationBox::open(const std::string& folder)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->openModel(QString::fromStdString(folder));
    QVERIFY(results.wait(20'000));
    settle();
}

/// A conversation whose user says `first`.
void TestConversationBox::converse(const std::string& first)
{
    m_session->setInput(TextInput{ first, std::nullopt });
    open(m_model.folder());
    QTest::mouseClick(kind("Conversation"), Qt::LeftButton);
    QTRY_COMPARE(result().turns.size(), std::size_t(1));
    settle();
}

template <typename Widget> Widget* TestConversationBox::find(const QString& accessibleName) const
{
    for (Widget* widget : m_window->findChildren<Widget*>()) {
        if (widget->accessibleName() == accessibleName)
            return widget;
    }
    return nullptr;
}

template <typename Widget> Widget* TestConversationBox::shown(const QString& accessibleName) const
{
    for (int wait = 0; wait < 200; ++wait) { // a new row is shown with the next layout
        for (Widget* widget : m_window->findChildren<Widget*>()) {
            if (widget->accessibleName() == accessibleName && widget->isVisible())
                return widget;
        }
        QTest::qWait(10);
    }
    qFatal("nothing is called %s", qPrintable(accessibleName));
    return nullptr;
}

QToolButton* TestConversationBox::kind(const char* title) const
{
    const auto buttons = find<SegmentedBar>("What is typed")->findChildren<QToolButton*>();
    return *std::ranges::find(buttons, QString(title), &QToolButton::text);
}

void TestConversationBox::type(int turn, const QString& text)
{
    auto* edit = shown<PromptEdit>(QString("Turn %1").arg(turn));
    edit->setFocus();
    QTest::keySequence(edit, QKeySequence::SelectAll);
    QTest::keyClick(edit, Qt::Key_Delete);
    QTest::keyClicks(edit, text);
    QTRY_VERIFY(!edit->waiting());
    settle();
}

void TestConversationBox::speak(int turn, const QString& role)
{
    auto* chooser = shown<ChoiceButton>(QString("Who speaks turn %1").arg(turn));
    for (QAction* action : chooser->menu()->actions()) {
        if (action->data().toString() == role)
            action->trigger();
    }
    settle();
}

std::vector<ChatTurn> TestConversationBox::rows() const
{
    std::vector<ChatTurn> all;
    for (const TurnRow* row : m_window->findChildren<TurnRow*>()) {
        if (row->isVisible())
            all.push_back(row->turn());
    }
    return all;
}

void TestConversationBox::onlyModelsWithATemplateOfferIt()
{
    open("sentiment");
    auto* bar = find<SegmentedBar>("What is typed");
    QVERIFY(bar->isHidden());
    open(m_model.folder());
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->current(), QStringLiteral("text"));
    QVERIFY(find<PromptEdit>("Text")->isVisible());
    QVERIFY(m_window->findChild<ConversationBox*>()->isHidden());
    open("sentiment");
    QVERIFY(bar->isHidden());
}

void TestConversationBox::aConversationBeginsWithTheText()
{
    converse("Once upon a time");
    QCOMPARE(turns(), (std::vector<ChatTurn>{ { "user", "Once upon a time" } }));
    QCOMPARE(rows(), turns());
    QVERIFY(find<PromptEdit>("Text")->isHidden());
    QCOMPARE(result().turnsText,
        std::string("<|im_start|>user\nOnce upon a time<|im_end|>\n<|im_start|>assistant\n"));
    QTest::mouseClick(kind("Text"), Qt::LeftButton);
    QTRY_VERIFY(result().turns.empty());
    QCOMPARE(std::get<TextInput>(m_session->input()).text, std::string("Once upon a time"));
    QTest::mouseClick(kind("Conversation"), Qt::LeftButton); // it is still there
    QTRY_COMPARE(result().turns.size(), std::size_t(1));
}

void TestConversationBox::textIsWhatJinjaMakes_data()
{
    QTest::addColumn<int>("index");
    int index = -1;
    for (const Json& one : test::chatCases().at("conversations")) {
        ++index;
        const auto talk = one.at("turns").get<std::string>();
        // What the window asks for: a reply where the assistant did not speak last.
        const auto spoken = test::chatTurns(talk);
        const bool asked =
            !spoken.empty() && one.at("reply").get<bool>() == (spoken.back().role != "assistant");
        const auto name = one.at("template").get<std::string>();
        if (asked && name != "headers" && talk != "a tool")
            QTest::addRow("%s, %s", name.c_str(), talk.c_str()) << index;
    }
}

/// Each turn is added, given its role and pasted by hand.
void TestConversationBox::textIsWhatJinjaMakes()
{
    QFETCH(int, index);
    const Json& one = test::chatCases().at("conversations").at(std::size_t(index));
    m_model.setTemplate(test::chatSource(one.at("template").get<std::string>()));
    converse();
    const std::vector<ChatTurn> wanted = test::chatTurns(one.at("turns"));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i > 0)
            press("Add a turn");
        speak(int(i) + 1, QString::fromStdString(wanted[i].role));
        auto* edit = shown<PromptEdit>(QString("Turn %1").arg(i + 1));
        edit->setFocus();
        edit->selectAll();
        QApplication::clipboard()->setText(QString::fromStdString(wanted[i].text));
        QTest::keySequence(edit, QKeySequence::Paste);
        QTRY_VERIFY(!edit->waiting());
        settle();
    }
    QCOMPARE(turns(), wanted);
    auto* bar = m_window->findChild<ErrorBar*>();
    if (!one.contains("expected")) {
        QTRY_VERIFY(bar->isVisible());
        return;
    }
    QTRY_VERIFY(bar->isHidden());
    press("Show as the model reads it");
    QCOMPARE(shown<QPlainTextEdit>("Text made by the template")->toPlainText(),
        QString::fromStdString(one.at("expected").get<std::string>()));
}

void TestConversationBox::typingIsLive()
{
    converse();
    const std::size_t before = result().tokens.size();
    type(1, "Once upon a time there was a cat");
    QTRY_VERIFY(result().tokens.size() > before);
    QCOMPARE(result().turns.front().text, std::string("Once upon a time there was a cat"));
    QCOMPARE(m_window->findChild<TokenStrip*>()->count(), int(result().tokens.size()));
    // The strip says who said what.
    QVERIFY(std::ranges::count(result().tokens, 0, &TokenInfo::turn) >= 8);
    QCOMPARE(result().tokens.front().turn, -1);
    QCOMPARE(result().tokens.back().turn, -1);
}

void TestConversationBox::turnsAreAddedMovedAndRemoved()
{
    converse("a");
    press("Add a turn");
    QCOMPARE(turns().back().role, std::string("assistant"));
    QVERIFY(shown<PromptEdit>("Turn 2")->hasFocus());
    type(2, "b");
    press("Add a turn");
    type(3, "c");
    QCOMPARE(turns(), (std::vector<ChatTurn>{ { "user", "a" }, { "assistant", "b" }, { "user", "c" } }));
    QVERIFY(!shown<QToolButton>("Move turn 1 up")->isEnabled());
    QVERIFY(!shown<QToolButton>("Move turn 3 down")->isEnabled());
    press("Move turn 3 up");
    QCOMPARE(turns()[1].text, std::string("c"));
    QTest::keyClick(shown<PromptEdit>("Turn 2"), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(turns()[2].text, std::string("c"));
    QVERIFY(shown<PromptEdit>("Turn 3")->hasFocus());
    press("Remove turn 2");
    QCOMPARE(turns(), (std::vector<ChatTurn>{ { "user", "a" }, { "user", "c" } }));
    QCOMPARE(rows(), turns());
    speak(1, "system");
    QCOMPARE(turns().front().role, std::string("system"));
    QTRY_VERIFY(result().turnsText.starts_with("<|im_start|>system\na<|im_end|>"));
    press("Remove turn 2");
    press("Remove turn 1");
    settle();
    QVERIFY(turns().empty() && rows().empty());
    QTRY_VERIFY(m_window->findChild<ErrorBar*>()->isVisible());
    QVERIFY(!m_window->grab().isNull());
    press("Add a turn");
    QTRY_VERIFY(m_window->findChild<ErrorBar*>()->isHidden());
    QCOMPARE(turns(), (std::vector<ChatTurn>{ { "user", "" } }));
    // A role that the chooser does not offer comes from a file.
    m_session->setInput(TurnsInput{ { { "tool", "4" } }, ChatTemplate::Reply::Begun });
    QCOMPARE(rows(), turns());
}

void TestConversationBox::theAnswerIsTheNextTurn()
{
    converse("Once upon a time");
    press("Generate");
    QTRY_VERIFY(result().generated.has_value());
    settle();
    const std::string answer = result().generated->text;
    QVERIFY(!answer.empty());
    QTRY_COMPARE(rows().size(), std::size_t(2));
    QCOMPARE(rows().back(), (ChatTurn{ "assistant", answer }));
    // The answer is what the model writes behind the template's text.
    AnalysisRequest typed;
    typed.input = IdsInput{
        m_session->model()->tokenizer->encode(result().turnsText, std::nullopt, SpecialTokens::Leave).ids
    };
    typed.generation = m_session->generation();
    const auto expected = m_engine->run(m_session->model(), typed, {});
    QVERIFY(expected);
    QCOMPARE((*expected)->generated->ids, result().generated->ids);
    // Whoever goes on finds it among the turns.
    press("Add a turn");
    type(3, "And then?");
    QCOMPARE(turns(),
        (std::vector<ChatTurn>{
            { "user", "Once upon a time" }, { "assistant", answer }, { "user", "And then?" } }));
    QVERIFY(!result().generated);
    // An answer that is taken away leaves the question.
    press("Generate");
    QTRY_COMPARE(rows().size(), std::size_t(4));
    settle();
    press("Remove turn 4");
    QTRY_COMPARE(rows().size(), std::size_t(3));
    QTRY_VERIFY(!result().generated);
}

void TestConversationBox::whatIsWrongIsToldInTheTemplatesWords()
{
    m_model.setTemplate(test::chatSource("alternating"));
    converse("a");
    auto* bar = m_window->findChild<ErrorBar*>();
    press("Add a turn");
    settle();
    speak(2, "user");
    QTRY_VERIFY(bar->isVisible());
    QVERIFY2(bar->message().contains("Turns must alternate"), qPrintable(bar->message()));
    QCOMPARE(result().turns.size(), std::size_t(2)); // the last good one
    speak(2, "assistant");
    QTRY_VERIFY(bar->isHidden());
    // A template that cannot be followed is no reason not to open the model.
    m_model.setTemplate("{% import 'x' as y %}");
    m_session->setInput(TextInput{ "a", std::nullopt });
    open(m_model.folder());
    QVERIFY(bar->isHidden());
    QTest::mouseClick(kind("Conversation"), Qt::LeftButton);
    QTRY_VERIFY(bar->isVisible());
    QVERIFY2(bar->message().contains("import"), qPrintable(bar->message()));
    QTest::mouseClick(kind("Text"), Qt::LeftButton);
    QTRY_VERIFY(bar->isHidden());
}

void TestConversationBox::everyStepCanBeUndone()
{
    converse("a");
    press("Add a turn");
    type(2, "b");
    const auto before = turns();
    press("Remove turn 1");
    settle();
    QCOMPARE(turns().size(), std::size_t(1));
    QTest::keySequence(m_window, QKeySequence::Undo);
    QTRY_COMPARE(turns(), before);
    QTRY_COMPARE(rows(), before);
    QTest::keySequence(m_window, QKeySequence::Redo);
    QTRY_COMPARE(rows().size(), std::size_t(1));
    for (int i = 0; i < 12 && std::holds_alternative<TurnsInput>(m_session->input()); ++i) {
        QTest::keySequence(m_window, QKeySequence::Undo);
        QTest::qWait(20);
        settle();
    }
    QVERIFY(std::holds_alternative<TextInput>(m_session->input()));
    QCOMPARE(find<SegmentedBar>("What is typed")->current(), QStringLiteral("text"));
    QVERIFY(find<PromptEdit>("Text")->isVisible());
}

void TestConversationBox::aSessionFileBringsItBack()
{
    converse("Say “über” – 日本語");
    press("Add a turn");
    type(2, "Well");
    press("Add a turn");
    type(3, "And?");
    press("Generate");
    QTRY_VERIFY(result().generated.has_value());
    settle();
    const SessionState state = m_session->state();
    const auto written = rows();
    QCOMPARE(written.size(), std::size_t(4));
    SessionDocument document;
    document.state = state;
    const auto read = parseSession(sessionText(document), "x");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->state == state);
    m_session->setInput(TextInput{ "else", std::nullopt });
    settle();
    m_session->restore(read->state);
    QTRY_COMPARE(rows(), written);
    QCOMPARE(m_session->state().written, state.written);
    // The command that draws this figure says the same turns.
    const QStringList arguments = inputArguments(state);
    const qsizetype at = arguments.indexOf("--turns");
    QVERIFY(at > 0);
    const auto said = turnsFromJson(arguments[at + 1].toStdString(), "--turns");
    QVERIFY(said && *said == turns());
    QVERIFY(arguments.contains("--reply") && arguments.contains("--generate"));
}

void TestConversationBox::otherModelsGetWhatTheyCanRead()
{
    converse("the cat");
    press("Add a turn");
    type(2, "sat");
    const auto talk = turns();
    open("sentiment");
    QVERIFY(std::holds_alternative<TextInput>(m_session->input()));
    QVERIFY(find<PromptEdit>("Text")->isVisible());
    open(m_model.folder());
    QCOMPARE(turns(), talk);
    QCOMPARE(rows(), talk);
}

/// Tab walks from one part to the next in the order in which they stand.
void TestConversationBox::keysReachEverything()
{
    converse("a");
    press("Add a turn");
    settle();
    QWidget* at = shown<QWidget>("Who speaks turn 1");
    at->setFocus();
    QStringList names;
    for (int i = 0; i < 12 && names.value(names.size() - 1) != QLatin1String("Generate"); ++i) {
        names << QApplication::focusWidget()->accessibleName();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    QCOMPARE(names.mid(0, 9),
        QStringList({ "Who speaks turn 1", "Move turn 1 down", "Remove turn 1", "Turn 1", "Who speaks turn 2",
            "Move turn 2 up", "Remove turn 2", "Turn 2", "Add a turn" }));
}

void TestConversationBox::fieldsGrowWithTheirWords()
{
    converse("a");
    auto* edit = shown<PromptEdit>("Turn 1");
    const int one = edit->height();
    type(1,
        "a long sentence that does not fit the width of a panel, so that it breaks into several lines of "
        "words");
    QTRY_VERIFY(edit->height() >= one + 2 * edit->fontMetrics().lineSpacing());
    type(1, "a");
    QTRY_COMPARE(edit->height(), one);
}

HEADLIGHT_TEST_MAIN(TestConversationBox)
#include "tst_conversation_box.moc"
