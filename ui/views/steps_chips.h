#pragma once
// The steps as a row of pills: done ones filled, the current one framed, those to come pale. Painted alike on
// the screen and in files.

#include "ui/views/steps_data.h"

#include <functional>

class QPainter;

namespace headlight::ui {

/// Pills wrap into lines of `width`. Shapes: one rectangle per title, from (0,0) on.
std::vector<QRectF> chipRects(const QStringList& titles, double width, const Theme& theme);
/// `current` -1: all alike.
void paintChips(QPainter& painter, const QPointF& origin, const QStringList& titles,
    std::span<const QRectF> rects, int current, const Theme& theme);
/// "1 query · key · value" ...
QStringList chipTitles(const StepsData& data);

/// The same to click on; each pill is a button for the keyboard and for screen readers.
class StepChips : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(StepChips)
public:
    explicit StepChips(QWidget* parent);
    std::function<void(int step)> chosen;
    void setSteps(const QStringList& titles, int current);
    QRect chipRect(int step) const { return m_rects[std::size_t(step)].toAlignedRect(); }
    int count() const { return int(m_titles.size()); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    void lay();
    int chipAt(const QPointF& point) const;

    QStringList m_titles;
    int m_current = -1;
    std::vector<QRectF> m_rects;
};

} // namespace headlight::ui
