#pragma once
// The title of a dock: the same small capitals as the groups inside it, and a close button. Dragging it moves
// the dock.

#include <QWidget>

class QDockWidget;
class QLabel;

namespace headlight::ui {

class DockTitle : public QWidget {
    Q_OBJECT
public:
    explicit DockTitle(QDockWidget* dock);
    void setTitle(const QString& title);

private:
    QLabel* m_title;
};

} // namespace headlight::ui
