// Session files: what is written is read back exactly, what is not known is kept, and what makes no sense is
// one sentence.

#include "core/vision/image_writer.h"
#include "tests/support/files.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"
#include "ui/session/session_file.h"

#include "core/io/json.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

Image noise(int width, int height)
{
    return Image::make(width, height, [](std::span<std::uint8_t> pixels) {
        std::uint32_t state = 1;
        for (std::uint8_t& pixel : pixels)
            pixel = std::uint8_t((state = state * 1664525u + 1013904223u) >> 24);
    });
}

SessionState fullState(AnalysisInput input)
{
    SessionState state;
    state.model = "org/name";
    state.input = std::make_shared<AnalysisInput>(std::move(input));
    state.source = "/home/somebody/ä picture.png";
    state.attention = "/home/somebody/dump.npz";
    state.target = "ein „Hund“ 🐕";
    state.generation = { 33, 1, 0.8f, 40, 0.95f, 7, nullptr, nullptr };
    state.cutToFit = true;
    state.written = 12;
    state.selection = { AttentionKind::Cross, Tower::Vision, 5, { 1, 3 }, HeadJoin::Max, { 0, 2, 7 }, 4 };
    state.display.colourMap = "magma";
    state.display.normalise = Normalise::Model;
    state.display.scale = Scale::SquareRoot;
    state.display.written = 7;
    state.display.joinWords = state.display.hideSpecialTokens = state.display.renormaliseHidden = state.display.smoothImage = true;
    state.display.pooling = Pooling::Mean;
    state.display.direction = TokenDirection::LookedAtBy;
    state.display.imageOverlay = 0.1 + 0.2;
    state.view = "heatmap";
    state.viewOptions = { { "grid", { { "order", "entropy" }, { "threshold", 0.1 + 0.2 }, { "on", true } } },
        { "heatmap", { { "zoom", QRectF(0.5, -1.25, 3, 4) }, { "at", QPointF(1, 2) }, { "n", 5 } } } };
    return state;
}

std::string change(const std::string& text, const std::function<void(Json&)>& edit)
{
    Json json = Json::parse(text);
    edit(json);
    return json.dump();
}

} // namespace

class TestSessionFile : public test::TestCase {
    Q_OBJECT
private slots:
    void everythingComesBack_data();
    void everythingComesBack();
    void sameDocumentSameText();
    void isReadableByPeople();
    void picturesAreWrittenOnce();
    void pinsComeBack();
    void unknownKeysAreKept();
    void newerVersionsAreReadAsFarAsUnderstood();
    void nonsenseIsOneSentence_data();
    void nonsenseIsOneSentence();
    void filesAreWholeOrNotThere();
};

void TestSessionFile::everythingComesBack_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("text") << 0;
    QTest::newRow("pair") << 1;
    QTest::newRow("ids") << 2;
    QTest::newRow("picture") << 3;
    QTest::newRow("picture and text") << 4;
    QTest::newRow("sound of 16 bits") << 5;
    QTest::newRow("sound of 24 bits") << 6;
    QTest::newRow("sound of floats") << 7;
    QTest::newRow("conversation") << 8;
    QTest::newRow("nothing") << 9;
}

void TestSessionFile::everythingComesBack()
{
    QFETCH(int, kind);
    std::vector<float> sixteen, twentyFour;
    for (int i = 0; i < 3000; ++i) {
        sixteen.push_back(float((i * 7919) % 65536 - 32768) / 32768.0f);
        twentyFour.push_back(float((i * 104729) % 16777216 - 8388608) / 8388608.0f);
    }
    const AnalysisInput inputs[]{
        TextInput{ "it didn't cross\n\t\"the\" street — العربية 日本 👩‍👩‍👧 \\u0000",
            std::nullopt },
        TextInput{ "a", "b" },
        IdsInput{ { 0, 5, 1LL << 53, -3 } },
        ImageInput{ noise(37, 19) },
        ImageInput{ noise(8, 8), "a red circle" },
        SoundInput{ Sound(16'000, sixteen) },
        SoundInput{ Sound(44'100, twentyFour) },
        SoundInput{ Sound(8'000, test::tone(440.1, 8'000, 2500)) },
        TurnsInput{ { { "system", "" }, { "user", "“über”\n日本" }, { "tool", "{}" } }, ChatTemplate::Reply::Begun },
    };
    SessionDocument document;
    if (kind < 9)
        document.state = fullState(inputs[kind]);
    document.openedFrom = "/tmp/x.headlight";
    const std::string text = sessionText(document);
    const auto read = parseSession(text, "here");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->state == document.state);
    QCOMPARE(read->state.viewOptions, document.state.viewOptions);
    QCOMPARE(read->state.display.imageOverlay, document.state.display.imageOverlay);
    QCOMPARE(read->openedFrom, document.openedFrom);
    QCOMPARE(sessionText(*read), text);
    if (kind == 5 || kind == 6)
        QVERIFY(text.find("\"flac\"") != std::string::npos);
    if (kind == 7)
        QVERIFY(text.find("\"wav\"") != std::string::npos);
}

void TestSessionFile::sameDocumentSameText()
{
    SessionDocument document;
    document.state = fullState(SoundInput{ Sound(8'000, test::tone(300, 8'000, 900)) });
    const std::string first = sessionText(document);
    QTest::qWait(1100); // sound files may hold the time of day
    QCOMPARE(sessionText(document), first);
}

void TestSessionFile::isReadableByPeople()
{
    SessionDocument document;
    document.state = fullState(TextInput{ "the animal", std::nullopt });
    const std::string text = sessionText(document);
    QVERIFY(
        text.starts_with("{\n  \"headlight\": {\n    \"version\": 1\n  },\n  \"model\": \"org/name\",\n"));
    QVERIFY(text.find("\"temperature\": 0.8,") != std::string::npos);
    QVERIFY(text.find("\"colourMap\": \"magma\"") != std::string::npos);
    QVERIFY(text.ends_with("}\n"));
    QVERIFY(text.find("media") == std::string::npos);
}

void TestSessionFile::picturesAreWrittenOnce()
{
    SessionDocument document;
    document.state = fullState(ImageInput{ noise(40, 40) });
    for (int i = 0; i < 3; ++i) {
        Pin pin;
        pin.id = QString::number(i);
        pin.state = fullState(ImageInput{ noise(40, 40) }); // the same pixels in another buffer
        document.pins.push_back(pin);
    }
    const std::string text = sessionText(document);
    const Json json = Json::parse(text);
    QCOMPARE(json["media"].size(), std::size_t(1));
    const auto read = parseSession(text, "here");
    QVERIFY(read);
    const auto pixels = [](const SessionState& state) {
        return (const void*)std::get<ImageInput>(*state.input).image.pixels().data();
    };
    QCOMPARE(pixels(read->pins[2].state), pixels(read->state));
}

void TestSessionFile::pinsComeBack()
{
    SessionDocument document;
    Pin pin;
    pin.id = "a1";
    pin.title = "“it” looks at “animal”";
    pin.note = "Two\n*lines* of Markdown";
    pin.model = "sentiment, 3 layers";
    pin.input = "it was good";
    pin.numbers = { { "it → animal", 1.0 / 3.0 }, { "entropy", 0.125 } };
    pin.picture = QByteArray::fromStdString(encodePng(noise(10, 10)));
    pin.state = fullState(TextInput{ "it was good", std::nullopt });
    document.pins = { pin, pin };
    document.pins[1].id = "a2";
    document.pins[1].note.clear();
    const auto read = parseSession(sessionText(document), "here");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(read->pins == document.pins);
}

void TestSessionFile::unknownKeysAreKept()
{
    SessionDocument document;
    document.state = fullState(TextInput{ "a", std::nullopt });
    document.pins.emplace_back().id = "p";
    const std::string text = change(sessionText(document), [](Json& json) {
        json["interventions"] = { { "off", { 1, 2 } } };
        json["selection"]["brush"] = { 1, 2, 3, 4 };
        json["display"]["glow"] = 0.5;
        json["pins"][0]["stars"] = 5;
    });
    auto read = parseSession(text, "here");
    QVERIFY(read);
    read->state.selection.layer = 2; // what is known is written anew, what is not stays
    const Json again = Json::parse(sessionText(*read));
    QCOMPARE(again["selection"]["layer"].get<int>(), 2);
    QCOMPARE(again["interventions"], Json({ { "off", { 1, 2 } } }));
    QCOMPARE(again["selection"]["brush"], Json({ 1, 2, 3, 4 }));
    QCOMPARE(again["display"]["glow"].get<double>(), 0.5);
    QCOMPARE(again["pins"][0]["stars"].get<int>(), 5);
}

void TestSessionFile::newerVersionsAreReadAsFarAsUnderstood()
{
    SessionDocument document;
    document.state = fullState(TextInput{ "a", std::nullopt });
    const auto edit = [](Json& json) {
        json["selection"]["kind"] = "hyper attention";
        json["input"] = { { "kind", "smell" } };
    };
    const std::string newer = change(sessionText(document), [&](Json& json) {
        edit(json);
        json["headlight"]["version"] = 7;
    });
    const auto read = parseSession(newer, "here");
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->version, 7);
    QCOMPARE(read->state.model, QStringLiteral("org/name"));
    QVERIFY(!read->state.input);
    QCOMPARE(read->state.selection.layer, 5);
    QVERIFY(!parseSession(change(sessionText(document), edit), "here"));
}

void TestSessionFile::nonsenseIsOneSentence_data()
{
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    const std::pair<const char*, const char*> lies[]{ { "/headlight", "5" },
        { "/headlight/version", "\"1\"" }, { "/headlight/version", "0" }, { "/headlight/version", "1e30" },
        { "/model", "[]" }, { "/input", "\"text\"" }, { "/input/kind", "\"smell\"" }, { "/input/text", "5" },
        { "/input/example", "-1" }, { "/generation/newTokens", "1000000000000" },
        { "/generation/beams", "99" }, { "/generation/temperature", "-1" }, { "/generation/topP", "2" },
        { "/generation/seed", "-1" }, { "/selection/layer", "-1" }, { "/selection/layer", "1e300" },
        { "/selection/layer", "0.5" }, { "/selection/heads", "[1.5]" }, { "/selection/heads", "{}" },
        { "/selection/queries", "[\"a\"]" }, { "/selection/key", "1e18" }, { "/selection/kind", "\"x\"" },
        { "/display/imageOverlay", "7" }, { "/display/smoothImage", "1" }, { "/display/pooling", "\"min\"" },
        { "/viewOptions", "[]" }, { "/viewOptions/grid", "5" }, { "/pins", "{}" }, { "/pins", "[5]" },
        { "/pins", "[{\"numbers\": 5}]" }, { "/pins", "[{\"picture\": \"%%\"}]" }, { "/media", "[]" },
        { "/media", "{\"picture-1\": {\"png\": \"***\"}}" },
        { "/media", "{\"picture-1\": {\"png\": \"aGVsbG8=\"}}" },
        { "/media", "{\"sound-1\": {\"wav\": \"aGVsbG8=\"}}" },
        { "/input", "{\"kind\": \"turns\", \"turns\": {}}" },
        { "/input", "{\"kind\": \"turns\", \"turns\": [\"hello\"]}" },
        { "/input", "{\"kind\": \"turns\", \"turns\": [{\"role\": 5}]}" },
        { "/input", "{\"kind\": \"turns\", \"turns\": [], \"reply\": 1}" },
        { "/input", "{\"kind\": \"picture\", \"picture\": \"picture-9\"}" } };
    for (const auto& [pointer, value] : lies)
        QTest::addRow("%s = %s", pointer, value) << QString(pointer) << QString(value);
}

void TestSessionFile::nonsenseIsOneSentence()
{
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    SessionDocument document;
    document.state = fullState(TextInput{ "a", std::nullopt });
    const std::string text = change(sessionText(document), [&](Json& json) {
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
    });
    const auto read = parseSession(text, "my.headlight");
    QVERIFY(!read);
    const QString message = QString::fromStdString(read.error().message);
    QVERIFY2(message.contains("my.headlight"), qPrintable(message));
    QVERIFY2(message.endsWith('.') || message.endsWith('?'), qPrintable(message));
    QVERIFY2(message.size() < 300, qPrintable(message));
}

void TestSessionFile::filesAreWholeOrNotThere()
{
    const test::ScratchFolder folder;
    SessionDocument document;
    document.state = fullState(ImageInput{ noise(30, 20) });
    QVERIFY(saveSession(folder / "a.headlight", document));
    const auto read = readSession(folder / "a.headlight");
    QVERIFY(read);
    QVERIFY(read->state == document.state);
    QCOMPARE(folder.entries(), QStringList{ "a.headlight" });
    const auto missing = readSession(folder / "b.headlight");
    QVERIFY(!missing && missing.error().kind == ErrorKind::NotFound);
    const auto status = saveSession(folder / "no" / "such" / "folder.headlight", document);
    QVERIFY(!status && status.error().kind == ErrorKind::Unwritable);
}

HEADLIGHT_TEST_MAIN(TestSessionFile)
#include "tst_session_file.moc"
