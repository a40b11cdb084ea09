#pragma once
// Help → About: version, licence, what the program stands on.

class QWidget;

namespace headlight::ui {

void showAbout(QWidget* parent);

} // namespace headlight::ui
