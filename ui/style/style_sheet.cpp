// The style sheet: plain CSS with @names of theme colours, filled in for light or dark. Widgets pick a look
// by object name or by the dynamic property `look` (panel, chip, flat, primary, card, section, muted ...),
// never by colour.

#include "ui/style/theme.h"

#include <QRegularExpression>

namespace headlight::ui {
namespace {

constexpr auto general = R"css(
QWidget { color: @text; }
QMainWindow, QDialog, QStackedWidget[look="canvas"], QWidget[look="canvas"] { background: @window; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QWidget[look="panel"], QScrollArea[look="panel"], QWidget[look="topBar"] { background: @panel; border: none; }
QWidget[look="topBar"] { border-bottom: 1px solid @border; }
QFrame[look="card"] { background: @panel; border: 1px solid @border; border-radius: 8px; }
QFrame[look="overlay"] { background: @panel; border: 1px solid @border; border-radius: 10px; }
QListWidget[look="framed"] { background: @panel; border: 1px solid @border; border-radius: 6px; padding: 2px; }
QFrame[look="rule"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QDockWidget { border: none; }
QDockWidget::title { background: @panel; padding: 6px 12px 2px 12px; }
QDockWidget::close-button, QDockWidget::float-button { background: transparent; border: none; }
QToolTip { background: @surface; color: @text; border: 1px solid @border; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[look="muted"] { color: @mutedText; }
QLabel[look="chip"] { color: @accent; background: @accentSoft; border-radius: 9px; padding: 2px 9px; }
QLabel[look="error"] { color: @error; }
)css";

constexpr auto buttons = R"css(
QPushButton, QToolButton[look="button"] {
    background: @panel; color: @text; border: 1px solid @border; border-radius: 6px; padding: 4px 10px; min-height: 18px;
    outline: none; }
QPushButton:hover, QToolButton[look="button"]:hover { border-color: @accent; }
QPushButton:pressed, QToolButton[look="button"]:pressed { background: @surface; }
QPushButton:focus, QToolButton[look="button"]:focus { border-color: @accent; }
QPushButton:disabled, QToolButton[look="button"]:disabled { color: @mutedText; background: @surface; }
QPushButton[look="primary"] { background: @accent; color: @accentText; border-color: @accent; }
QPushButton[look="primary"]:hover { border-color: @text; }
QPushButton[look="primary"]:focus { border-color: @text; }
QPushButton[look="primary"]:disabled { background: @surface; color: @mutedText; border-color: @border; }
QPushButton[look="view"]:checked { color: @accent; background: @accentSoft; border-color: @accent; }
QPushButton[look="link"], QToolButton[look="link"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px; color: @accent; padding: 1px 0; text-align: left; }
QPushButton[look="link"]:hover { text-decoration: underline; }
QPushButton[look="link"]:focus { border-color: @accent; }
QPushButton::menu-indicator { image: url(:/icons/combo-arrow.svg); width: 10px; height: 10px;
    subcontrol-origin: border; subcontrol-position: right center; right: 9px; }
QPushButton[look="chooser"] { padding: 4px 24px 4px 10px; text-align: left; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 3px; }
QToolButton:hover { background: @surface; }
QToolButton:focus { border-color: @accent; }
QToolButton:checked { background: @accentSoft; }
QToolButton::menu-indicator { image: none; }
QWidget[look="tabs"] { background: @surface; border-radius: 7px; }
QToolButton[look="tab"] { color: @mutedText; background: transparent; border: 1px solid transparent;
    border-radius: 5px; padding: 3px 12px; min-height: 18px; }
QToolButton[look="tab"]:hover { color: @text; }
QToolButton[look="tab"]:focus { border-color: @accent; }
QToolButton[look="tab"]:checked { background: @tabFace; color: @text; font-weight: 600; }
QToolButton[look="tab"]:disabled { color: @faintText; }
QCheckBox { background: transparent; spacing: 6px; }
QCheckBox:disabled { color: @mutedText; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @mutedText; border-radius: 4px; background: @panel; }
QCheckBox::indicator:checked { border-color: @accent; background: @accentSoft; image: url(:/icons/check-mark.svg); }
QCheckBox::indicator:focus { border-color: @accent; }
)css";

constexpr auto fields = R"css(
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: @panel; color: @text; border: 1px solid @border; border-radius: 6px; padding: 4px 7px;
    selection-background-color: @accent; selection-color: @accentText; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
    border-color: @accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @mutedText; background: @surface; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(:/icons/combo-arrow.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @border; selection-background-color: @accentSoft;
    selection-color: @accent; }
QTextBrowser[look="plain"] { background: transparent; border: none; padding: 0; }
QListView, QTreeView, QTableView { background: transparent; border: none; outline: none; }
QListView::item { border: 1px solid transparent; border-radius: 6px; padding: 5px 7px; }
QListView::item:hover { background: @surface; }
QListView::item:selected { background: @accentSoft; color: @accent; }
QListView::item:focus { border-color: @accent; }
QMenu { background: @panel; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: @accentSoft; color: @accent; }
QMenu::item:disabled { color: @mutedText; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QMenu::indicator { width: 14px; height: 14px; left: 7px; }
QMenu::indicator:checked { image: url(:/icons/check-mark.svg); }
QMenu::icon { left: 7px; }
)css";

constexpr auto bars = R"css(
QStatusBar { background: @panel; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QProgressBar { background: @surface; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QFrame[look="errorBar"] { background: @errorSoft; border: 1px solid @error; border-radius: 6px; }
QFrame[look="errorBar"] QLabel { color: @text; }
QFrame[look="noticeBar"] { background: @accentSoft; border: 1px solid @accent; border-radius: 6px; }
QFrame[look="hintBar"] { background: @accentSoft; border: 1px solid @accent; border-radius: 6px; margin: 0 16px 8px 16px; }
QFrame[look="noticeBar"] QLabel { color: @text; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @mutedText; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { background: @border; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { background: @text; }
)css";

/// Over the rest where contrast is asked for: the focus is a thick frame, what is checked stands out by more
/// than its ground.
constexpr auto contrastSheet = R"css(
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QComboBox:focus, QListView::item:focus { border: 2px solid @highlight; }
QToolButton[look="tab"] { border-width: 2px; }
QToolButton[look="tab"]:checked { border-color: @text; }
QWidget[look="tabs"] { border: 1px solid @border; }
QMenu::item:selected, QListView::item:selected { border: 1px solid @accent; }
QDockWidget { border: 1px solid @border; }
)css";

/// Halfway between: for what cannot be used at the moment.
QColor mixed(const QColor& a, const QColor& b)
{
    return QColor((a.red() + b.red()) / 2, (a.green() + b.green()) / 2, (a.blue() + b.blue()) / 2);
}

QColor named(const Theme& theme, const QString& name)
{
    const std::pair<const char*, QColor> colours[] = { { "window", theme.window }, { "panel", theme.panel },
        { "surface", theme.surface }, { "border", theme.border }, { "text", theme.text },
        { "mutedText", theme.mutedText }, { "accent", theme.accent }, { "accentText", theme.accentText },
        { "accentSoft", theme.accentSoft }, { "highlight", theme.highlight }, { "error", theme.error },
        { "errorSoft", theme.errorSoft },
        { "faintText",
            isHighContrast(theme.kind) ? mixed(theme.text, QColor(isDark(theme.kind) ? 0x3a3a3au : 0xc8c8c8u))
                                       : mixed(theme.mutedText, theme.surface) },
        { "tabFace", theme.kind == ThemeKind::Dark ? theme.border : theme.panel } };
    for (const auto& [key, colour] : colours) {
        if (name == QLatin1String(key))
            return colour;
    }
    qWarning("The style sheet names a colour that no theme has: @%s", qPrintable(name));
    return Qt::magenta;
}

} // namespace

QString Theme::styleSheet() const
{
    const QString source = QString::fromLatin1(general) + QLatin1String(buttons) + QLatin1String(fields)
        + QLatin1String(bars) + QLatin1String(isHighContrast(kind) ? contrastSheet : "");
    static const QRegularExpression name(QStringLiteral("@([A-Za-z]+)"));
    QString sheet;
    qsizetype end = 0;
    for (auto matches = name.globalMatch(source); matches.hasNext();) {
        const auto match = matches.next();
        sheet += source.mid(end, match.capturedStart() - end) + named(*this, match.captured(1)).name();
        end = match.capturedEnd();
    }
    return sheet + source.mid(end);
}

} // namespace headlight::ui
