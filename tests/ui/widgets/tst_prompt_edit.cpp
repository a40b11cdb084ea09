// The prompt under texts without spaces: lines break anywhere in them, between words everywhere else, and the
// text stays what it was.

#include "tests/support/test_main.h"
#include "ui/widgets/prompt_edit.h"

#include <QClipboard>

using namespace headlight;
using namespace headlight::ui;

class TestPromptEdit : public test::TestCase {
    Q_OBJECT
private slots:
    void wrapsWordsWithoutEnd_data();
    void wrapsWordsWithoutEnd();
    void wrapsWordsAgainAfterwards();
};

void TestPromptEdit::wrapsWordsWithoutEnd_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QTextOption::WrapMode>("mode");
    const auto words = QTextOption::WrapAtWordBoundaryOrAnywhere;
    QTest::newRow("words") << QStringLiteral("a few words ").repeated(2000) << words;
    QTest::newRow("a long word") << QString(3000, u'x') << words;
    QTest::newRow("an endless word") << QStringLiteral("so ") + QString(50'000, u'x')
                                     << QTextOption::WrapAnywhere;
}

void TestPromptEdit::wrapsWordsWithoutEnd()
{
    QFETCH(QString, text);
    QFETCH(QTextOption::WrapMode, mode);
    PromptEdit pasted, shown;
    for (PromptEdit* edit : { &pasted, &shown }) {
        edit->resize(300, 90);
        edit->show();
    }
    QSignalSpy told(&pasted, &PromptEdit::edited);
    QApplication::clipboard()->setText(text);
    pasted.paste();
    QVERIFY(told.wait());
    QCOMPARE(told.last().first().toString(), text);
    shown.showText(text);
    QCOMPARE(shown.toPlainText(), text);
    QCOMPARE(pasted.wordWrapMode(), mode);
    QCOMPARE(shown.wordWrapMode(), mode);
}

void TestPromptEdit::wrapsWordsAgainAfterwards()
{
    PromptEdit edit;
    edit.show();
    edit.showText(QString(50'000, u'x'));
    QCOMPARE(edit.wordWrapMode(), QTextOption::WrapAnywhere);
    edit.selectAll();
    QTest::keyClicks(&edit, QStringLiteral("two words"));
    QCOMPARE(edit.toPlainText(), QStringLiteral("two words"));
    QCOMPARE(edit.wordWrapMode(), QTextOption::WrapAtWordBoundaryOrAnywhere);
}

HEADLIGHT_TEST_MAIN(TestPromptEdit)
#include "tst_prompt_edit.moc"
