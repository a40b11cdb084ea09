// Both themes are complete and readable (WCAG 2.1 AA: 4.5 : 1), and icons take the theme's colours.

#include "tests/support/test_main.h"
#include "ui/style/colour_map.h"
#include "ui/style/icon.h"
#include "ui/style/theme.h"

using namespace headlight;
using namespace headlight::ui;

class TestTheme : public test::TestCase {
    Q_OBJECT
private slots:
    void textIsReadable_data();
    void textIsReadable();
    void styleSheetHasNoOpenNames();
    void applyingSetsPaletteFontAndSheet();
    void iconsFollowTheTheme();
    void everyIconDraws();
};

void TestTheme::textIsReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestTheme::textIsReadable()
{
    QFETCH(bool, dark);
    const Theme& theme = Theme::of(dark ? ThemeKind::Dark : ThemeKind::Light);
    const auto readable = [](const QColor& text, const QColor& ground) {
        return contrast(text.rgb(), ground.rgb()) >= 4.5;
    };
    for (const QColor& ground : { theme.window, theme.panel, theme.surface }) {
        QVERIFY(readable(theme.text, ground));
        QVERIFY2(readable(theme.mutedText, ground), qPrintable(ground.name()));
        QVERIFY(readable(theme.error, theme.panel));
        QVERIFY(readable(theme.warning, theme.panel));
    }
    QVERIFY(readable(theme.accent, theme.accentSoft));
    QVERIFY(readable(theme.accent, theme.panel));
    QVERIFY(readable(theme.accentText, theme.accent));
    QVERIFY(readable(theme.text, theme.errorSoft));
    // What is no text but must be seen needs 3 : 1.
    QVERIFY(contrast(theme.highlight.rgb(), theme.window.rgb()) >= 3);
}

void TestTheme::styleSheetHasNoOpenNames()
{
    for (const ThemeKind kind : { ThemeKind::Light, ThemeKind::Dark }) {
        const QString sheet = Theme::of(kind).styleSheet();
        QVERIFY(!sheet.contains('@'));
        QVERIFY(sheet.contains(Theme::of(kind).panel.name()));
    }
}

void TestTheme::applyingSetsPaletteFontAndSheet()
{
    for (const ThemeKind kind : { ThemeKind::Dark, ThemeKind::Light }) {
        applyTheme(*qApp, kind);
        QCOMPARE(currentTheme().kind, kind);
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::of(kind).window);
        QCOMPARE(QApplication::font().family(), Theme::of(kind).body.family());
        QCOMPARE(qApp->styleSheet(), Theme::of(kind).styleSheet());
    }
}

void TestTheme::iconsFollowTheTheme()
{
    const QIcon same = icon("close");
    for (const ThemeKind kind : { ThemeKind::Dark, ThemeKind::Light }) {
        applyTheme(*qApp, kind);
        const QImage image = same.pixmap(QSize(32, 32)).toImage();
        QCOMPARE(
            QColor(image.pixel(image.width() / 2, image.height() / 2)).name(), Theme::of(kind).text.name());
    }
}

void TestTheme::everyIconDraws()
{
    const auto names = QDir(":/icons").entryList({ "*.svg" });
    QVERIFY(names.size() > 10);
    for (const QString& name : names) {
        const QImage image = icon(name.chopped(4)).pixmap(QSize(32, 32)).toImage();
        bool drawn = false;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                drawn = drawn || qAlpha(image.pixel(x, y)) > 128;
        QVERIFY2(drawn, qPrintable(name));
    }
}

HEADLIGHT_TEST_MAIN(TestTheme)
#include "tst_theme.moc"
