// Implements menu_button.h.

#include "ui/widgets/menu_button.h"

#include "ui/style/icon.h"

namespace headlight::ui {

MenuButton::MenuButton(const QString& name, const QString& toolTip, QWidget* parent)
    : QPushButton(parent)
{
    auto* choices = new QMenu(this);
    choices->setToolTipsVisible(true);
    setMenu(choices);
    setProperty("look", "chooser"); // leaves room for the chevron at the right
    setToolTip(toolTip);
    setAccessibleName(name);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void MenuButton::initStyleOption(QStyleOptionButton* option) const
{
    QPushButton::initStyleOption(option);
    option->features &= ~QStyleOptionButton::HasMenu;
}

void MenuButton::paintEvent(QPaintEvent* event)
{
    QPushButton::paintEvent(event);
    constexpr int side = 10, margin = 9;
    const QRect place(width() - margin - side, (height() - side) / 2, side, side);
    QPainter painter(this);
    ui::icon(QStringLiteral("chevron-down"), IconColour::Muted)
        .paint(&painter, QStyle::visualRect(layoutDirection(), rect(), place));
}

} // namespace headlight::ui
