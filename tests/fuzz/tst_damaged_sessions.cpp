// Session files that were cut off, damaged or made to harm: each is read, or refused in one sentence, and
// never brings anything down. The seed of a failing copy is named.

#include "core/engine/engine.h"
#include "core/io/json.h"
#include "tests/support/files.h"
#include "tests/support/sample_resources.h"
#include "tests/support/sounds.h"
#include "tests/support/test_main.h"
#include "ui/session/session.h"
#include "ui/session/session_file.h"
#include "ui/style/theme.h"
#include "ui/views/view.h"
#include "ui/workbench.h"

#include <random>

using namespace headlight;
using namespace headlight::ui;

namespace {

SessionDocument document()
{
    SessionDocument document;
    document.state.model = "sentiment";
    document.state.input = std::make_shared<AnalysisInput>(
        ImageInput{ Image::make(5, 3, [](std::span<std::uint8_t> pixels) { std::ranges::fill(pixels, 77); }),
            "a circle" });
    document.state.view = "grid";
    document.state.viewOptions = { { "grid", { { "order", "entropy" }, { "area", QRectF(0, 0, 1, 1) } } } };
    document.state.selection.queries = { 1, 2 };
    Pin pin;
    pin.id = "1";
    pin.title = "A finding";
    pin.state = document.state;
    pin.state.input = std::make_shared<AnalysisInput>(SoundInput{ Sound(8000, test::tone(400, 8000, 40)) });
    pin.numbers = { { "weight", 0.5 } };
    document.pins = { pin };
    return document;
}

/// Empty, or what is wrong with how a text was received.
std::string complaint(std::string_view text, int& read)
{
    try {
        const auto session = parseSession(text, "a.headlight");
        if (session) {
            ++read;
            const std::string again = sessionText(*session);
            const auto twice = parseSession(again, "a.headlight");
            return twice && twice->state == session->state ? "" : "what was read cannot be written and read";
        }
        const std::string& message = session.error().message;
        const bool sentence =
            message.size() > 10 && message.size() < 400 && (message.ends_with('.') || message.ends_with('?'));
        return sentence ? "" : "no sentence: " + message;
    } catch (const std::exception& error) {
        return error.what();
    }
}

} // namespace

class TestDamagedSessions : public test::TestCase {
    Q_OBJECT
private slots:
    void cutOffAnywhere();
    void damagedAnywhere();
    void everyValueALie_data();
    void everyValueALie();
    void bombs_data();
    void bombs();
    void absurdOptionsAreDrawn();
};

void TestDamagedSessions::cutOffAnywhere()
{
    const std::string whole = sessionText(document());
    int read = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::string wrong = complaint(std::string_view(whole).substr(0, length), read);
        QVERIFY2(wrong.empty(), qPrintable(QString("cut at %1: %2").arg(length).arg(wrong.c_str())));
    }
    QCOMPARE(read, 1); // without the last line break it is whole
}

void TestDamagedSessions::damagedAnywhere()
{
    const std::string whole = sessionText(document());
    int read = 0;
    constexpr int copies = 3000;
    for (int copy = 0; copy < copies; ++copy) {
        std::mt19937 random{ std::uint32_t(copy) };
        std::string text = whole;
        const int wounds = 1 + int(random() % 4);
        for (int i = 0; i < wounds; ++i) {
            const std::size_t at = random() % text.size();
            static const std::string pieces[]{ "\"", "{", "]", "-", "1e308", "null", "99999999999", "\\",
                "\xff" };
            if (random() % 3 == 0)
                text[at] = char(random() % 256);
            else if (random() % 2 == 0)
                text.insert(at, pieces[random() % std::size(pieces)]);
            else
                text.erase(at, random() % 40);
        }
        const std::string wrong = complaint(text, read);
        QVERIFY2(wrong.empty(), qPrintable(QString("seed %1: %2").arg(copy).arg(wrong.c_str())));
    }
    QVERIFY2(read > 20 && read < copies, qPrintable(QString("%1 could be read").arg(read)));
}

void TestDamagedSessions::everyValueALie_data()
{
    QTest::addColumn<QString>("lie");
    for (const char* lie : { "null", "true", "-1", "0.5", "1e308", "18446744073709551615", "\"\"", "\"x\"",
             "[]", "[[]]", "[1e308]", "{}", "{\"a\": {}}" })
        QTest::newRow(lie) << QString(lie);
}

void TestDamagedSessions::everyValueALie()
{
    QFETCH(QString, lie);
    const Json whole = Json::parse(sessionText(document()));
    const Json value = Json::parse(lie.toStdString());
    int read = 0;
    const Json flat = whole.flatten();
    for (const auto& [pointer, ignored] : flat.items()) {
        // The value itself, and each object or list it is in.
        for (Json::json_pointer place(pointer); !place.empty(); place = place.parent_pointer()) {
            Json json = whole;
            json[place] = value;
            const std::string wrong = complaint(json.dump(), read);
            QVERIFY2(wrong.empty(), qPrintable(QString::fromStdString(place.to_string() + ": " + wrong)));
        }
    }
}

void TestDamagedSessions::bombs_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray head = "{\"headlight\": {\"version\": 1}, ";
    QTest::newRow("deep lists") << head + "\"x\": " + QByteArray(500'000, '[');
    QTest::newRow("deep objects") << head + "\"viewOptions\": " + QByteArray("{\"a\":").repeated(100'000);
    QTest::newRow("huge number") << head + "\"written\": 1e999}";
    QTest::newRow("many digits") << head + "\"written\": " + QByteArray(300'000, '9') + "}";
    QTest::newRow("long text") << head + "\"input\": {\"kind\": \"text\", \"text\": \""
            + QByteArray(5'000'000, 'a') + "\"}}";
    QTest::newRow("many heads") << head + "\"selection\": {\"heads\": [0" + QByteArray(",0").repeated(100'000)
            + "]}}";
    // A picture that says it has 30,000 × 30,000 pixels.
    const QByteArray png =
        QByteArray::fromHex("89504e470d0a1a0a0000000d494844520000753000007530080200000000000000").toBase64();
    QTest::newRow("huge picture") << head + "\"media\": {\"picture-1\": {\"png\": \"" + png + "\"}}}";
    QTest::newRow("huge picture of a pin") << head + "\"pins\": [{\"picture\": \"" + png + "\"}]}";
    QTest::newRow("no picture of a pin") << head + "\"pins\": [{\"picture\": \"aGVsbG8=\"}]}";
    QTest::newRow("not an object") << QByteArray("[1, 2]");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("zeros") << QByteArray(1000, '\0');
    QTest::newRow("a text") << QByteArray("it was a great film");
}

void TestDamagedSessions::bombs()
{
    QFETCH(QByteArray, text);
    QElapsedTimer timer;
    timer.start();
    int read = 0;
    const std::string wrong = complaint({ text.constData(), std::size_t(text.size()) }, read);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QCOMPARE(read, 0);
    QVERIFY(timer.elapsed() < 5000);
}

/// Options of views are read back as they are: the views have to bear whatever a file says.
void TestDamagedSessions::absurdOptionsAreDrawn()
{
    const test::SampleResources resources;
    const Engine engine(resources.resources());
    Session session(engine);
    applyTheme(*qApp, ThemeKind::Light);
    Workbench bench(session);
    bench.window().resize(1000, 700);
    bench.window().show();
    const QStringList keys{ "against", "follow", "heads", "join", "kept", "layer", "minus", "model", "pair",
        "show", "site", "text", "window", "brush", "order", "role", "row", "step", "threshold", "entropy",
        "leastEntropy", "mostEntropy" };
    const QVariantList values{ -1, 2'000'000'000, 1e300, -1e-300, "", "entropy", QVariantList{},
        QVariantList{ 1e300, -1e300, 1e300, 0 }, QVariantList{ "a", "b", "c", "d" },
        QVariantMap{ { "a", 1 } }, QRectF(-1e9, 1e9, -5, 1e18), QPointF(1e300, -1), true };
    for (const char* model : { "sentiment", "shapes" }) {
        QSignalSpy settled(&session, &Session::settled);
        session.openModel(model);
        QVERIFY(settled.wait(20'000));
        for (const ViewDescriptor& view : views()) {
            session.setView(view.id);
            for (const QVariant& value : values) {
                QVariantMap options;
                for (const QString& key : keys)
                    options.insert(key, value);
                session.setViewOptions(view.id, options);
                QTRY_VERIFY(!session.activity().running);
                bench.window().grab();
            }
            session.setViewOptions(view.id, {});
        }
    }
}

HEADLIGHT_TEST_MAIN(TestDamagedSessions)
#include "tst_damaged_sessions.moc"
