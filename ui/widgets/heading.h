#pragma once
// The line on top of every view: its title and a few facts as chips. Painted alike on the screen and in
// files.

#include "ui/style/theme.h"

#include <QRectF>
#include <QStringList>
#include <QWidget>

namespace headlight::ui {

struct Heading {
    QString title;
    QStringList chips;

    static constexpr double height = 34;
    double width(const Theme& theme) const;
    /// The title is elided and chips are left out when there is no room.
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;
};

class HeadingWidget : public QWidget {
public:
    explicit HeadingWidget(QWidget* parent = nullptr);
    void setHeading(const Heading& heading);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Heading m_heading;
};

} // namespace headlight::ui
