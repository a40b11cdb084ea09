#pragma once
// A push button that opens a menu and says so with a chevron of our own: the style sheet's indicator would
// take the text's margins away.

#include <QPushButton>

namespace headlight::ui {

class MenuButton : public QPushButton {
    Q_OBJECT
public:
    MenuButton(const QString& name, const QString& toolTip, QWidget* parent = nullptr);

protected:
    void initStyleOption(QStyleOptionButton* option) const override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace headlight::ui
