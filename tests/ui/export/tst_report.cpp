// The report of findings: what is in it, that nothing of a title becomes markup, and that files are there
// whole or as they were.

#include "core/vision/image_writer.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"
#include "ui/export/report.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

QByteArray png(int side)
{
    return QByteArray::fromStdString(encodePng(
        Image::make(side, side, [](std::span<std::uint8_t> pixels) { std::ranges::fill(pixels, 9); })));
}

Pin pin(const QString& title)
{
    Pin pin;
    pin.id = title;
    pin.title = title;
    pin.note = "It **looks** back.\n\nAlways.";
    pin.model = "sentiment (3 layers × 4 heads, 8 960 parameters)";
    pin.input = "it was <b>good</b> | bad";
    pin.numbers = { { "attention weight", double(0.1f) }, { "weight of “a|b”", 0.25 } };
    pin.picture = png(8);
    pin.state.model = "sentiment";
    pin.state.view = "heatmap";
    pin.state.selection = { AttentionKind::Encoder, Tower::Only, 2, { 1, 3 }, HeadJoin::Mean, { 4 }, 0 };
    pin.state.display.colourMap = "magma";
    return pin;
}

} // namespace

class TestReport : public test::TestCase {
    Q_OBJECT
private slots:
    void saysEverything();
    void nothingBecomesMarkup();
    void figuresHaveNamesOfTheirOwn();
    void writesFilesAndFigures();
    void replacesAnOlderReportWhole();
    void failureLeavesTheOlderOne();
};

void TestReport::saysEverything()
{
    const QString text = reportText(std::vector{ pin("“it” → “animal”"), pin("Second") }, "r_figures");
    QVERIFY(text.startsWith(
        "# Findings\n\n## 1. “it” → “animal”\n\n![“it” → “animal”](<r_figures/1-it-animal.png>)\n"));
    QVERIFY(text.contains("\nIt **looks** back.\n\nAlways.\n")); // a note is Markdown
    QVERIFY(text.contains("| attention weight | 0.100000001 |\n")); // all that a float holds
    QVERIFY(text.contains("- Model: sentiment (3 layers × 4 heads, 8 960 parameters)\n"));
    QVERIFY(text.contains("- View: heatmap\n"));
    QVERIFY(text.contains("- Layer: 2\n"));
    QVERIFY(text.contains("- Heads: 1, 3 (mean)\n"));
    QVERIFY(text.contains("- Queries: 4\n"));
    QVERIFY(text.contains("- Key: 0\n"));
    QVERIFY(text.contains("- Colours: magma, scale linear, normalised by head\n"));
    QVERIFY(text.contains("- Special tokens: shown\n"));
    QVERIFY(text.contains("\n## 2. Second\n"));
}

void TestReport::nothingBecomesMarkup()
{
    const QString text = reportText(std::vector{ pin("*a* [b](c) `d` <i>e</i> #f\n# g") }, "f");
    QVERIFY(text.contains(R"(## 1. \*a\* \[b\](c) \`d\` \<i\>e\</i\> \#f \# g)"));
    QVERIFY(text.contains(R"(- Input: it was \<b\>good\</b\> \| bad)"));
    QVERIFY(text.contains(R"(| weight of “a\|b” | 0.25 |)"));
}

void TestReport::figuresHaveNamesOfTheirOwn()
{
    QCOMPARE(figureName(pin("Layer 5 · Head 7: “it” → “animal”"), 2),
        QStringLiteral("3-layer-5-head-7-it-animal.png"));
    QCOMPARE(figureName(pin("日本"), 0), QStringLiteral("1.png"));
    QCOMPARE(figureName(pin("../../etc/passwd"), 0), QStringLiteral("1-etc-passwd.png"));
    QVERIFY(figureName(pin(QString(500, 'x')), 0).size() < 80);
    QVERIFY(figureName(pin("same"), 0) != figureName(pin("same"), 1));
}

void TestReport::writesFilesAndFigures()
{
    const test::ScratchFolder folder;
    std::vector<Pin> pins{ pin("One"), pin("Two") };
    pins[1].picture.clear();
    QVERIFY(writeReport(folder / "my report.md", pins));
    QCOMPARE(folder.entries(), (QStringList{ "my report.md", "my report_figures" }));
    QCOMPARE(QByteArray::fromStdString(test::readBytes(folder / "my report_figures" / "1-one.png")), png(8));
    QCOMPARE(
        QDir(QString::fromStdString((folder / "my report_figures").string())).entryList(QDir::Files).size(),
        1);
    QCOMPARE(QString::fromStdString(test::readBytes(folder / "my report.md")),
        reportText(pins, "my report_figures"));
}

void TestReport::replacesAnOlderReportWhole()
{
    const test::ScratchFolder folder;
    QVERIFY(writeReport(folder / "r.md", std::vector{ pin("Old"), pin("Older") }));
    QVERIFY(writeReport(folder / "r.md", std::vector{ pin("New") }));
    QCOMPARE(folder.entries(), (QStringList{ "r.md", "r_figures" }));
    QCOMPARE(QDir(QString::fromStdString((folder / "r_figures").string())).entryList(QDir::Files),
        QStringList{ "1-new.png" });
}

void TestReport::failureLeavesTheOlderOne()
{
    const test::ScratchFolder folder;
    QVERIFY(writeReport(folder / "r.md", std::vector{ pin("Old") }));
    std::filesystem::remove(folder / "r.md");
    std::filesystem::create_directory(folder / "r.md"); // nothing can be written there
    const auto status = writeReport(folder / "r.md", std::vector{ pin("New") });
    QVERIFY(!status);
    QCOMPARE(status.error().kind, ErrorKind::Unwritable);
    QCOMPARE(folder.entries(), (QStringList{ "r.md", "r_figures" }));
    QCOMPARE(QDir(QString::fromStdString((folder / "r_figures").string())).entryList(QDir::Files),
        QStringList{ "1-old.png" });
    QVERIFY(!writeReport(folder / "no" / "r.md", std::vector{ pin("New") }));
}

HEADLIGHT_TEST_MAIN(TestReport)
#include "tst_report.moc"
