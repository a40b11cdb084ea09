// Texts of models, files and persons stay what they are: "<s>" is a token, "<b>" what a model wrote.

#include "tests/support/test_main.h"
#include "ui/widgets/fact_list.h"
#include "ui/widgets/labels.h"

#include <QAction>
#include <QLabel>
#include <QTextDocument>

using namespace headlight;
using namespace headlight::ui;

class TestLabels : public test::TestCase {
    Q_OBJECT
private slots:
    void nothingIsMarkup();
    void tipsKeepTheirText();
    void factsAreShownAsTheyAre();

private:
    /// What a label paints: markup that was taken for such leaves nothing, or less.
    static int inkOf(const QLabel& label)
    {
        const QImage picture =
            const_cast<QLabel&>(label).grab().toImage().convertToFormat(QImage::Format_RGB32);
        int ink = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                ink += picture.pixel(x, y) != picture.pixel(0, 0);
        return ink;
    }
};

void TestLabels::nothingIsMarkup()
{
    QWidget panel;
    for (QLabel* label :
        { plainLabel("<s>", &panel), sectionLabel("<s>", &panel), mutedLabel("<s>", &panel) }) {
        label->resize(80, 24);
        QVERIFY(inkOf(*label) > 10);
    }
    QLabel* value = valueLabel(&panel);
    value->resize(80, 24);
    value->setText("<s>");
    QVERIFY(inkOf(*value) > 10);
}

void TestLabels::tipsKeepTheirText()
{
    const auto shown = [](const QString& tip) {
        QTextDocument document;
        Qt::mightBeRichText(tip) ? document.setHtml(tip) : document.setPlainText(tip);
        return document.toPlainText();
    };
    for (const char* text : { "<s>", "a < b & c", "<b>bold</b> &amp;", "plain", "&lt;s&gt;" })
        QCOMPARE(shown(plainTip(text)), QString(text));
    QCOMPARE(plainTip("plain"), QString("plain"));
    QAction action(menuText("R&D"), nullptr);
    QCOMPARE(action.text(), QString("R&&D"));
}

void TestLabels::factsAreShownAsTheyAre()
{
    FactList list(nullptr);
    list.setFacts({ { "<i>name</i>", "<b>0.5</b>", {} } });
    for (const QLabel* label : list.findChildren<QLabel*>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    const auto labels = list.findChildren<QLabel*>();
    QVERIFY(std::ranges::any_of(
        labels, [](const QLabel* label) { return label->toolTip().contains("&lt;b&gt;"); }));
}

HEADLIGHT_TEST_MAIN(TestLabels)
#include "tst_labels.moc"
