// The dialog: what is chosen is what is written; a failure is said in the dialog and nothing is lost.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/export/export_dialog.h"

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

private:
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
    QCOMPARE(QApplication::clipboard()->image().size(), natural * 2);
}

void TestExportDialog::nothingToExportOpensNothing()
{
    QWidget window;
    Exporter exporter([] { return ExportSubject(); }, window);
    exporter.showDialog();
    exporter.copyPicture();
    QVERIFY(!exporter.dialog());
}

HEADLIGHT_TEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"
