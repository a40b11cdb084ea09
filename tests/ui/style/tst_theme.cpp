// Every theme is complete and readable (WCAG 2.1 AA: 4.5 : 1, high contrast AAA: 7 : 1), icons take the
// theme's colours, and the size of type follows at once.

#include "tests/support/test_main.h"
#include "ui/style/colour_map.h"
#include "ui/style/icon.h"
#include "ui/style/theme.h"

using namespace headlight;
using namespace headlight::ui;

Q_DECLARE_METATYPE(headlight::ui::ThemeKind)

namespace {

constexpr ThemeKind allKinds[]{ ThemeKind::Light, ThemeKind::Dark, ThemeKind::ContrastLight,
    ThemeKind::ContrastDark };

} // namespace

class TestTheme : public test::TestCase {
    Q_OBJECT
private slots:
    void textIsReadable_data();
    void textIsReadable();
    void styleSheetHasNoOpenNames();
    void applyingSetsPaletteFontAndSheet();
    void iconsFollowTheTheme();
    void disabledIconsAreFaint();
    void everyIconDraws();
    void idsComeBack();
    void typeGrowsLive();
};

void TestTheme::textIsReadable_data()
{
    QTest::addColumn<ThemeKind>("kind");
    for (const ThemeKind kind : allKinds)
        QTest::newRow(qPrintable(id(kind))) << kind;
}

void TestTheme::textIsReadable()
{
    QFETCH(ThemeKind, kind);
    const Theme& theme = Theme::of(kind);
    const double least = isHighContrast(kind) ? 7.0 : 4.5;
    const auto readable = [least](const QColor& text, const QColor& ground) {
        return contrast(text.rgb(), ground.rgb()) >= least;
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
    if (isHighContrast(kind))
        QVERIFY(contrast(theme.border.rgb(), theme.window.rgb()) >= 7);
}

void TestTheme::styleSheetHasNoOpenNames()
{
    for (const ThemeKind kind : allKinds) {
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

void TestTheme::disabledIconsAreFaint()
{
    const QIcon cross = icon("close");
    for (const ThemeKind kind : allKinds) {
        applyTheme(*qApp, kind);
        const auto alpha = [&](QIcon::Mode mode) {
            return cross.pixmap(QSize(32, 32), mode).toImage().pixelColor(16, 16).alpha();
        };
        QCOMPARE(alpha(QIcon::Normal), 255);
        QVERIFY(alpha(QIcon::Disabled) > 80 && alpha(QIcon::Disabled) < 160);
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

void TestTheme::idsComeBack()
{
    for (const ThemeKind kind : allKinds)
        QCOMPARE(themeFromId(id(kind)), std::optional(kind));
    QVERIFY(!themeFromId("purple"));
}

void TestTheme::typeGrowsLive()
{
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    QLabel small, plain;
    useFont(small, &Theme::small);
    {
        QLabel gone; // is forgotten with its widget
        useFont(gone, &Theme::title);
    }
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    QCOMPARE(small.font().pixelSize(), 18); // 12 × 1.5
    QCOMPARE(QApplication::font().pixelSize(), 20); // 13 × 1.5
    QCOMPARE(Theme::of(ThemeKind::Light).body.pixelSize(), 13); // figures keep theirs
    applyTheme(*qApp, ThemeKind::Dark);
    QCOMPARE(small.font().pixelSize(), 18); // another theme, the same size
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    QCOMPARE(small.font().pixelSize(), 12);
}

HEADLIGHT_TEST_MAIN(TestTheme)
#include "tst_theme.moc"
