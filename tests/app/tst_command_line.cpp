// The contract every verb shares: where text goes, which status a run ends with, and that messages are one
// line.

#include "tests/support/program.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestCommandLine : public test::TestCase {
    Q_OBJECT
private slots:
    void helpAndVersionGoToStdout_data();
    void helpAndVersionGoToStdout();
    void wrongUsageIsOneLineAndStatusTwo_data();
    void wrongUsageIsOneLineAndStatusTwo();
    void withoutADisplayTheWindowNamesTheVerbs();
    void aModelsNameIsSomethingToOpen();
    void everyVerbHasHelp();
};

void TestCommandLine::helpAndVersionGoToStdout_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("expected");
    QTest::newRow("help") << "--help"
                          << "Usage: headlight";
    QTest::newRow("short help") << "-h"
                                << "Usage: headlight";
    QTest::newRow("version") << "--version"
                             << "headlight 0.";
}

void TestCommandLine::helpAndVersionGoToStdout()
{
    QFETCH(QString, option);
    QFETCH(QString, expected);
    const auto run = test::runProgram({ option });
    QCOMPARE(run.status, 0);
    QVERIFY2(run.out.contains(expected), qPrintable(run.out));
    QCOMPARE(run.err, QString());
}

void TestCommandLine::wrongUsageIsOneLineAndStatusTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("names");
    QTest::newRow("option nobody knows") << QStringList{ "--sparkle" } << "--sparkle";
    QTest::newRow("mistyped verb") << QStringList{ "tokenise" } << "tokenise";
    QTest::newRow("no such file") << QStringList{ "/no/such/folder" } << "/no/such/folder";
    QTest::newRow("line break in a name") << QStringList{ "a\nb" } << "a b";
    QTest::newRow("empty name") << QStringList{ "" } << "neither a verb nor a file nor a model";
}

void TestCommandLine::wrongUsageIsOneLineAndStatusTwo()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, names);
    const auto run = test::runProgram(arguments);
    QCOMPARE(run.status, 2);
    QCOMPARE(run.out, QString());
    QVERIFY2(run.err.startsWith("headlight: ") && run.err.contains(names), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
}

void TestCommandLine::withoutADisplayTheWindowNamesTheVerbs()
{
    const auto run = test::runProgram({});
    QCOMPARE(run.status, 2);
    QVERIFY2(run.err.contains("no display") && run.err.contains("verb"), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
}

void TestCommandLine::aModelsNameIsSomethingToOpen()
{
    const auto run = test::runProgram({ "shapes" });
    QCOMPARE(run.status, 2); // nothing to open it on: the name itself was understood
    QVERIFY2(run.err.contains("no display"), qPrintable(run.err));
}

void TestCommandLine::everyVerbHasHelp()
{
    const auto verbs = QDir(test::sourcePath("app/commands")).entryInfoList({ "*.cpp" });
    for (const QFileInfo& file : verbs) {
        if (file.baseName() == "commands")
            continue;
        const auto run = test::runProgram({ file.baseName(), "--help" });
        QCOMPARE(run.status, 0);
        QVERIFY2(run.out.contains("Usage: headlight " + file.baseName()), qPrintable(run.out));
    }
}

HEADLIGHT_TEST_MAIN(TestCommandLine)
#include "tst_command_line.moc"
