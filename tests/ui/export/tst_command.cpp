// The command line that stands in a file: how inputs are said there, quoted for a shell, and which cannot be.

#include "tests/support/export_scenes.h"
#include "tests/support/test_main.h"
#include "ui/export/command.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

SessionState stateOf(AnalysisInput input, const QString& source = {})
{
    SessionState state;
    state.model = "/home/somebody/models/mine";
    state.input = std::make_shared<AnalysisInput>(std::move(input));
    state.source = source;
    return state;
}

Image somePicture()
{
    return Image::make(2, 2, [](std::span<std::uint8_t> pixels) { std::ranges::fill(pixels, 9); });
}

} // namespace

class TestCommand : public test::TestCase {
    Q_OBJECT
private slots:
    void inputs_data();
    void inputs();
    void writingIsSaid();
    void quotesForAShell();
    void optionsGoThereAndBack();
    void comparisons();
};

void TestCommand::inputs_data()
{
    QTest::addColumn<SessionState>("state");
    QTest::addColumn<QStringList>("says");
    QTest::newRow("text") << stateOf(TextInput{ "a b", {} }) << QStringList{ "mine", "--text", "a b" };
    QTest::newRow("pair") << stateOf(TextInput{ "a", "b" })
                          << QStringList{ "mine", "--text", "a", "--text-pair", "b" };
    QTest::newRow("ids") << stateOf(IdsInput{ { 1, 22 } }) << QStringList{ "mine", "--ids", "1,22" };
    QTest::newRow("picture of a file") << stateOf(ImageInput{ somePicture() }, "/home/somebody/cat.png")
                                       << QStringList{ "mine", "--image", "cat.png" };
    QTest::newRow("pasted picture") << stateOf(ImageInput{ somePicture() }) << QStringList();
    QTest::newRow("tensors") << stateOf(TensorInput{}) << QStringList();
    QTest::newRow("nothing") << SessionState() << QStringList();
}

void TestCommand::inputs()
{
    QFETCH(SessionState, state);
    QFETCH(QStringList, says);
    QCOMPARE(inputArguments(state), says);
}

void TestCommand::writingIsSaid()
{
    SessionState state = stateOf(TextInput{ "a", {} });
    state.model = "org/name";
    state.written = 12;
    state.generation.temperature = 0.5f;
    state.generation.seed = 7;
    state.target = "ziel";
    QCOMPARE(inputArguments(state),
        (QStringList{ "org/name", "--text", "a", "--target", "ziel", "--generate", "12", "--temperature",
            "0.5", "--seed", "7" }));
}

void TestCommand::quotesForAShell()
{
    for (const QString& text : { QStringLiteral("plain-1.png"), QStringLiteral("it's $HOME `x` \\ \"q\""),
             QStringLiteral("שלום\nzwei"), QString() }) {
        QProcess shell;
        shell.start("sh", { "-c", "printf %s " + quotedForShell(text) });
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), text);
    }
}

void TestCommand::optionsGoThereAndBack()
{
    for (const QVariant& value : { QVariant(QRectF(1.5, 2, 3, 4)), QVariant(0.125), QVariant("entropy") })
        QCOMPARE(optionValue(optionText(value)), value);
    QCOMPARE(
        optionText(QVariantList{ 1.0, 2.0, 3.0, 4.0 }), "1,2,3,4"); // a rectangle as session files keep it
}

void TestCommand::comparisons()
{
    const ViewDescriptor& compare = *viewById("compare");
    Scene scene = test::exportSceneFor(compare);
    ExportOptions options;
    options.input = QStringList{ "m", "--text", "t" };
    const QString same = renderCommand(compare, scene, options);
    QVERIFY2(same.contains("--against-head 1 --against-layer 0"), qPrintable(same));
    auto other = std::make_shared<ComparedSide>(*scene.other);
    other->result = test::syntheticText({ 2, 3, 9 }); // a run that nobody can name
    scene.other = other;
    QVERIFY(renderCommand(compare, scene, options).isEmpty());
    options.input << "--against-text"
                  << "u";
    QVERIFY(!renderCommand(compare, scene, options).isEmpty());
    QVERIFY(renderCommand(compare, scene, {}).isEmpty());
}

HEADLIGHT_TEST_MAIN(TestCommand)
#include "tst_command.moc"
