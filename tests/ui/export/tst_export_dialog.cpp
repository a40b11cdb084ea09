// The dialog: what is chosen is what is written; a failure is said in the dialog and nothing is lost.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/export/export_dialog.h"
#include "ui/export/export_preview.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/choice_button.h"

using namespace headlight;
using namespace headlight::ui;

class TestExportDialog : public test::TestCase {
    Q_OBJECT
private slots:
    void writesWhatIsChosen();
    void tablesNeedNoSize();
    void failureIsSaidInTheDialog();
    void previewIsDrawn();
    void copyPutsThePictureIntoTheClipboard();
    void nothingToExportOpensNothing();
    void gridAndHeadCanBeChosen();
    void partsAreLeftOut();
    void sizesForWhatItIsFor();
    void aGifIsAnAnimation();
    void animationIsWrittenWithProgress();
    void cancelLeavesNoFile();
    void cancelOfOnePictureLeavesNoFile();
    void saysWhatGoesIn();
    void copiesAsDrawing();
    void everyControlSaysWhatItIs();

private:
    static void choose(const ExportDialog& dialog, const QString& name, const QString& title)
    {
        auto* button = named<ChoiceButton>(dialog, name);
        QVERIFY2(button, qPrintable(name));
        for (QAction* action : button->menu()->actions())
            if (action->text().startsWith(title) && action->isEnabled())
                return action->trigger();
        QFAIL(qPrintable(title));
    }
    static QString facts(const ExportDialog& dialog)
    {
        QString all;
        for (const QLabel* label : dialog.findChild<ExportPreview*>()->findChildren<QLabel*>())
            all += label->text();
        return all;
    }
    static ExportSubject subject()
    {
        Scene scene;
        scene.result = test::syntheticText({ 2, 2, 8 });
        return { viewById("heatmap"), scene };
    }
    template <typename Widget> static Widget* named(const ExportDialog& dialog, const QString& name)
    {
        for (Widget* widget : dialog.findChildren<Widget*>())
            if (widget->accessibleName() == name)
                return widget;
        return nullptr;
    }
    QTemporaryDir m_folder;
};

void TestExportDialog::writesWhatIsChosen()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    named<QSpinBox>(dialog, "Width in pixels")->setValue(800);
    named<QSpinBox>(dialog, "Height in pixels")->setValue(600);
    const QString path = m_folder.filePath("a.png");
    dialog.saveTo(path);
    QTRY_COMPARE(QImage(path).size(), QSize(800, 600));
    QCOMPARE(qRound(QImage(path).dotsPerMeterX() * 0.0254), dialog.options().dpi);
}

void TestExportDialog::tablesNeedNoSize()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.setFormat(ExportFormat::Csv);
    QCOMPARE(dialog.format(), ExportFormat::Csv);
    QVERIFY(!named<QSpinBox>(dialog, "Width in pixels")->isEnabled());
}

void TestExportDialog::failureIsSaidInTheDialog()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.saveTo("/no/such/folder/a.png");
    const auto said = [&] {
        for (QLabel* label : dialog.findChildren<QLabel*>())
            if (!label->isHidden() && label->text().contains("/no/such/folder/a.png"))
                return true;
        return false;
    };
    QTRY_VERIFY(said());
    dialog.saveTo(m_folder.filePath("b.png"));
    QVERIFY(!said());
    QTRY_VERIFY(QFile::exists(m_folder.filePath("b.png")));
}

void TestExportDialog::previewIsDrawn()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    auto* preview = named<QLabel>(dialog, "Preview");
    QTRY_VERIFY(!preview->pixmap(Qt::ReturnByValue).isNull());
    QVERIFY(preview->pixmap(Qt::ReturnByValue).width() <= preview->width());
}

void TestExportDialog::copyPutsThePictureIntoTheClipboard()
{
    QWidget window;
    Exporter exporter([] { return subject(); }, window);
    exporter.copyPicture();
    const QSize natural = viewById("heatmap")->figure().naturalSize(subject().scene).toSize();
    QTRY_COMPARE(QApplication::clipboard()->image().size(), natural * 2);
    exporter.copyNumbers();
    QTRY_VERIFY(QApplication::clipboard()->text().contains(u'\t'));
    QCOMPARE(QApplication::clipboard()->text().count(u'\n'), 9); // a header and eight rows
}

void TestExportDialog::nothingToExportOpensNothing()
{
    QWidget window;
    Exporter exporter([] { return ExportSubject(); }, window);
    exporter.showDialog();
    exporter.copyPicture();
    QVERIFY(!exporter.dialog());
}

void TestExportDialog::gridAndHeadCanBeChosen()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.setFormat(ExportFormat::Csv);
    choose(dialog, "What", "whole grid");
    dialog.saveTo(m_folder.filePath("grid.csv"));
    QTRY_VERIFY(QFile::exists(m_folder.filePath("grid.csv")));
    QFile file(m_folder.filePath("grid.csv"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readLine().startsWith("layer,head,entropy"));
}

void TestExportDialog::partsAreLeftOut()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    QVERIFY(dialog.scene().parts == FigureParts());
    named<QCheckBox>(dialog, "legend")->click();
    QVERIFY(!dialog.scene().parts.legend && dialog.scene().parts.caption);
    named<QCheckBox>(dialog, "title")->click();
    QVERIFY(!dialog.scene().parts.title);
    QVERIFY(!named<QLineEdit>(dialog, "Title")->isEnabled());
}

void TestExportDialog::sizesForWhatItIsFor()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    choose(dialog, "Size", "column");
    dialog.saveTo(m_folder.filePath("column.png"));
    QTRY_COMPARE(QImage(m_folder.filePath("column.png")).width(), 1004); // 85 mm at 300 dpi
    choose(dialog, "Size", "slide");
    dialog.saveTo(m_folder.filePath("slide.png"));
    QTRY_COMPARE(QImage(m_folder.filePath("slide.png")).size(), QSize(1920, 1080));
    named<QSpinBox>(dialog, "Width in pixels")->setValue(700); // typing is choosing
    named<QSpinBox>(dialog, "Height in pixels")->setValue(500);
    QCOMPARE(dialog.options().size, QSize(700, 500));
    QCOMPARE(dialog.options().fit, ExportOptions::Fit::Own);
}

void TestExportDialog::aGifIsAnAnimation()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.setFormat(ExportFormat::Gif);
    QCOMPARE(named<ChoiceButton>(dialog, "Pictures")->current(), "layers");
    choose(dialog, "Format", "SVG");
    QVERIFY(!named<ChoiceButton>(dialog, "Pictures")->isEnabled());
}

void TestExportDialog::animationIsWrittenWithProgress()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.show();
    dialog.setFormat(ExportFormat::Gif);
    auto* bar = dialog.findChild<QProgressBar*>();
    QVERIFY(!bar->isVisible());
    QSignalSpy moved(bar, &QProgressBar::valueChanged), saved(&dialog, &ExportDialog::saved);
    dialog.saveTo(m_folder.filePath("a.gif"));
    QVERIFY(bar->isVisible());
    QTRY_COMPARE(saved.size(), 1);
    QVERIFY(moved.size() >= 1);
    QVERIFY(!dialog.isVisible());
    QFile file(m_folder.filePath("a.gif"));
    QVERIFY(file.open(QIODevice::ReadOnly) && file.read(6) == "GIF89a");
}

void TestExportDialog::cancelLeavesNoFile()
{
    ExportDialog dialog(nullptr);
    ExportSubject large = subject();
    large.scene.result = test::syntheticText({ 12, 12, 60 });
    dialog.setSubject(large);
    dialog.show();
    dialog.setFormat(ExportFormat::Gif);
    dialog.saveTo(m_folder.filePath("cancelled.gif"));
    QTest::qWait(30);
    for (QPushButton* button : dialog.findChildren<QPushButton*>())
        if (button->text() == "Cancel")
            QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(!dialog.findChild<QProgressBar*>()->isVisible());
    AsyncJob::waitForAll();
    QVERIFY(!QFile::exists(m_folder.filePath("cancelled.gif")));
    QVERIFY(dialog.isVisible());
}

void TestExportDialog::cancelOfOnePictureLeavesNoFile()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.show();
    for (const ExportFormat format : { ExportFormat::Png, ExportFormat::Csv, ExportFormat::Npz }) {
        dialog.setFormat(format);
        const QString path = m_folder.filePath("cancelled." + ending(format));
        dialog.saveTo(path);
        for (QPushButton* button : dialog.findChildren<QPushButton*>())
            if (button->text() == "Cancel")
                QTest::mouseClick(button, Qt::LeftButton);
        AsyncJob::waitForAll();
        QVERIFY2(!QFile::exists(path), qPrintable(path));
    }
}

void TestExportDialog::saysWhatGoesIn()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    dialog.setFormat(ExportFormat::Npz);
    QTRY_VERIFY2(facts(dialog).contains("“attention” [8, 8]"), qPrintable(facts(dialog)));
    dialog.setFormat(ExportFormat::Svg);
    QTRY_VERIFY2(facts(dialog).contains("cells stay shapes"), qPrintable(facts(dialog)));
    ExportSubject large = subject();
    large.scene.result = test::syntheticText({ 1, 1, 512 });
    dialog.setSubject(large);
    QTRY_VERIFY2(
        facts(dialog).contains("512 × 512 cells are drawn as one image inside"), qPrintable(facts(dialog)));
}

void TestExportDialog::copiesAsDrawing()
{
    ExportDialog dialog(nullptr);
    dialog.setSubject(subject());
    for (QAction* action : dialog.findChild<QMenu*>("copyMenu")->actions())
        if (action->text() == "SVG drawing")
            action->trigger();
    QTRY_VERIFY(QApplication::clipboard()->mimeData()->hasFormat("image/svg+xml"));
    QVERIFY(QApplication::clipboard()->mimeData()->data("image/svg+xml").startsWith("<?xml"));
}

void TestExportDialog::everyControlSaysWhatItIs()
{
    const ExportDialog dialog(nullptr);
    for (const QWidget* widget : dialog.findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget)
            || qobject_cast<const QSpinBox*>(widget)
            || (qobject_cast<const QLineEdit*>(widget)
                && !qobject_cast<const QSpinBox*>(widget->parentWidget()));
        if (control && widget->objectName() != "_q_qlineeditclearbutton"
            && !QString::fromLatin1(widget->metaObject()->className()).contains("QLineEditIconButton"))
            QVERIFY2(!widget->toolTip().isEmpty() && !widget->accessibleName().isEmpty(),
                qPrintable(widget->metaObject()->className() + widget->accessibleName()));
    }
}

HEADLIGHT_TEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"
