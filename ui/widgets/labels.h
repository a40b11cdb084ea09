#pragma once
// The few kinds of text a panel is made of, so that all panels look alike.

#include <QString>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;
class QWidget;

namespace headlight::ui {

/// Texts of models, files and persons are shown as they are: "<s>" is a token, no markup. So are those of all
/// below.
QLabel* plainLabel(const QString& text, QWidget* parent);
/// The same for a tool tip.
QString plainTip(const QString& text);
/// The name of a file or model as the title of an action: "&" is a letter of it, no mark of a key.
QString menuText(QString name);
/// "PREDICTION": small capitals above a group.
QLabel* sectionLabel(const QString& text, QWidget* parent);
/// "14 tokens": grey, a size smaller; wraps.
QLabel* mutedLabel(const QString& text, QWidget* parent);
/// A number or name of its own, which can be marked and copied.
QLabel* valueLabel(QWidget* parent);

/// A button that looks like a link.
QPushButton* linkButton(const QString& text, const QString& toolTip, QWidget* parent);
/// A small button with nothing but an icon; the tool tip is its accessible name too.
QToolButton* iconButton(const QString& iconName, const QString& toolTip, QWidget* parent);

/// Layouts without margins of their own.
QVBoxLayout* column(QWidget* owner, int spacing);
QHBoxLayout* row(int spacing);

} // namespace headlight::ui
