// Lines that people mean by a few letters.

#include "tests/support/test_main.h"
#include "ui/shell/fuzzy_match.h"

using namespace headlight;
using namespace headlight::ui;

class TestFuzzyMatch : public test::TestCase {
    Q_OBJECT
private slots:
    void lettersMustStandInOrder()
    {
        QVERIFY(fuzzyScore("hm", "Heatmap"));
        QVERIFY(!fuzzyScore("mh", "Heatmap"));
        QVERIFY(!fuzzyScore("heatmaps", "Heatmap"));
        QVERIFY(fuzzyScore("", "Heatmap"));
    }
    void accentsAndCaseDoNotCount()
    {
        QVERIFY(fuzzyScore("GRO", "größe"));
        QVERIFY(fuzzyScore("übung", "Ubung"));
    }
    void wordsFitInAnyOrder()
    {
        QVERIFY(fuzzyScore("dark theme", "Theme: dark"));
        QVERIFY(!fuzzyScore("dark theme", "Theme: light"));
        QVERIFY(*fuzzyScore("copy row", "Copy row") > *fuzzyScore("row copy", "Copy row"));
    }
    void strewnLettersAreNoMatch()
    {
        QVERIFY(!fuzzyScore("find", "Refined order"));
        QVERIFY(!fuzzyScore("grid", "Against a red lid"));
        QVERIFY(fuzzyScore("hmap", "Heatmap"));
    }
    void longTextsFitByBeginningsOfWords()
    {
        QVERIFY(wordsScore("mat sep", "Copies the matrix, separated by tabs"));
        QVERIFY(!wordsScore("abs", "Copies the matrix, separated by tabs"));
        QVERIFY(!wordsScore(" ", "Copies the matrix"));
    }
    void theBetterLineWins_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        QTest::newRow("together") << "map"
                                  << "Copy map"
                                  << "Models and plots";
        QTest::newRow("word begins") << "os"
                                     << "Open session"
                                     << "Rows";
        QTest::newRow("whole word") << "find"
                                    << "Find next"
                                    << "Fine indigo";
        QTest::newRow("whole word before its beginning") << "link"
                                                         << "Copy link"
                                                         << "Linked heads of all";
        QTest::newRow("word's beginning before its middle") << "port"
                                                            << "A portrait of every layer and head"
                                                            << "Export";
        QTest::newRow("beginnings of words") << "sa"
                                             << "Save as"
                                             << "Usage";
        QTest::newRow("not where the letters happen to be first") << "cm"
                                                                  << "Icon, Copy matrix"
                                                                  << "Decimal";
        QTest::newRow("shorter") << "grid"
                                 << "Grid"
                                 << "Grid of every head there is in the model";
    }
    void theBetterLineWins()
    {
        QFETCH(QString, typed);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        QVERIFY(fuzzyScore(typed, better));
        QVERIFY(!fuzzyScore(typed, worse) || *fuzzyScore(typed, better) > *fuzzyScore(typed, worse));
    }
};

HEADLIGHT_TEST_MAIN(TestFuzzyMatch)
#include "tst_fuzzy_match.moc"
