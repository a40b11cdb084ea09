#pragma once
// A button that shows a choice ("Scale: linear") and opens the list of the others.

#include "ui/widgets/menu_button.h"

class QActionGroup;

namespace headlight::ui {

class ChoiceButton : public MenuButton {
    Q_OBJECT
public:
    /// `label` stands in front of the choice; empty: the choice alone, and `name` is what a screen reader
    /// says.
    ChoiceButton(
        const QString& label, const QString& name, const QString& toolTip, QWidget* parent = nullptr);

    void addChoice(
        const QString& id, const QString& title, const QString& toolTip = {}, const QIcon& icon = {});
    void addSeparator();
    void clearChoices();
    /// Calls a choice otherwise.
    void setTitle(const QString& id, const QString& title);
    /// Greys a choice out, with the reason as its tool tip; an empty reason lets it be chosen.
    void setChoiceEnabled(const QString& id, const QString& reason);
    /// Shows the choice; ids that are not in the list are ignored. Emits nothing.
    void setCurrent(const QString& id);
    QString current() const { return m_current; }
    /// Leaves out the label.
    void setShort(bool isShort);

signals:
    /// A person chose it.
    void chosen(const QString& id);

private:
    void showText();

    QString m_label, m_current;
    QActionGroup* m_actions;
    bool m_short = false;
};

} // namespace headlight::ui
