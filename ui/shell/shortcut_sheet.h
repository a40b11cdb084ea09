#pragma once
// All keys on one sheet (F1): those of the actions, from the actions themselves, and those that views handle.

#include "ui/shell/overlay.h"

#include <functional>

class QAction;

namespace headlight::ui {

class ShortcutSheet : public Overlay {
    Q_OBJECT
public:
    ShortcutSheet(std::function<QList<QAction*>()> actions, QWidget* window);

    struct Line {
        QString keys, what;
    };
    struct Group {
        QString title;
        QList<Line> lines;
    };
    const QList<Group>& groups() const { return m_groups; }

protected:
    QRect placeIn(const QSize& window) const override;
    void opened() override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    double layOut(QPainter* painter, double scale) const;

    std::function<QList<QAction*>()> m_actions;
    QList<Group> m_groups;
};

} // namespace headlight::ui
