// Implements choice_button.h.

#include "ui/widgets/choice_button.h"

namespace headlight::ui {

ChoiceButton::ChoiceButton(const QString& label, const QString& name, const QString& toolTip, QWidget* parent)
    : MenuButton(name, toolTip, parent)
    , m_label(label)
    , m_actions(new QActionGroup(this))
{
    connect(m_actions, &QActionGroup::triggered, this, [this](QAction* action) {
        setCurrent(action->data().toString());
        emit chosen(m_current);
    });
}

void ChoiceButton::addChoice(
    const QString& id, const QString& title, const QString& toolTip, const QIcon& icon)
{
    QAction* action = menu()->addAction(icon, title);
    action->setData(id);
    action->setCheckable(true);
    action->setToolTip(toolTip.isEmpty() ? title : toolTip);
    m_actions->addAction(action);
}

void ChoiceButton::addSeparator()
{
    menu()->addSeparator();
}

void ChoiceButton::clearChoices()
{
    m_current.clear();
    menu()->clear(); // deletes the actions, which leave their group
}

void ChoiceButton::setTitle(const QString& id, const QString& title)
{
    for (QAction* action : m_actions->actions()) {
        if (action->data().toString() == id)
            action->setText(title);
    }
    showText();
}

void ChoiceButton::setChoiceEnabled(const QString& id, const QString& reason)
{
    for (QAction* action : m_actions->actions()) {
        if (action->data().toString() != id)
            continue;
        if (action->isEnabled() && !reason.isEmpty())
            action->setProperty("tip", action->toolTip());
        else if (!action->isEnabled() && reason.isEmpty())
            action->setToolTip(action->property("tip").toString());
        action->setEnabled(reason.isEmpty());
        if (!reason.isEmpty())
            action->setToolTip(reason);
    }
}

void ChoiceButton::setCurrent(const QString& id)
{
    for (QAction* action : m_actions->actions()) {
        if (action->data().toString() != id)
            continue;
        m_current = id;
        action->setChecked(true);
        return showText();
    }
}

void ChoiceButton::setShort(bool isShort)
{
    m_short = isShort;
    showText();
}

void ChoiceButton::showText()
{
    const QAction* action = m_actions->checkedAction();
    const QString choice = action ? action->text() : QString();
    setText(m_label.isEmpty() || m_short ? choice : tr("%1: %2").arg(m_label, choice));
    setAccessibleDescription(choice);
}

} // namespace headlight::ui
