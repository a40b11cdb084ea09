#pragma once
// The small buttons at the right of a view's heading: how weights become colours, and what is left out.

#include "ui/session/session.h"

#include <QPushButton>

namespace headlight::ui {

/// A button that shows its current choice and opens a menu of the others.
class SettingButton : public QPushButton {
public:
    struct Choice {
        QString text;
        std::function<void()> choose;
    };
    /// `name` stands in front of the choice while there is room, and names the control for screen readers.
    SettingButton(const QString& name, std::vector<Choice> choices, QWidget* parent);
    void setCurrent(int index);
    void setShort(bool isShort);

private:
    void showText();

    QString m_name;
    QList<QAction*> m_actions;
    int m_current = 0;
    bool m_short = false;
};

enum class DisplayChoice { Scale = 1, Normalise = 2, ColourMap = 4, SpecialTokens = 8 };
Q_DECLARE_FLAGS(DisplayChoices, DisplayChoice)
Q_DECLARE_OPERATORS_FOR_FLAGS(DisplayChoices)

/// The buttons for `choices`, kept up to date with the session.
std::vector<SettingButton*> displayChoices(Session& session, DisplayChoices choices, QWidget* parent);

} // namespace headlight::ui
