#pragma once
// The boxes of found objects over the picture: drawn, and found under the pointer.

#include "ui/session/boxes.h"
#include "ui/views/view.h"

#include <QRectF>

class QPainter;

namespace headlight::ui {

class BoxMarks {
public:
    BoxMarks() = default;
    explicit BoxMarks(const Scene& scene);

    bool empty() const { return m_boxes.empty(); }
    /// `target` is where the picture is drawn.
    QRectF rect(int box, const QRectF& target) const;
    QRectF labelRect(int box, const QRectF& target, const Theme& theme) const;
    /// The box whose frame or label is under a point; with `inside` the smallest one around it will do.
    enum class Hit { Frame, Inside };
    std::optional<int> at(const QPointF& point, const QRectF& target, Hit hit, const Theme& theme) const;
    /// Chosen ones stand out. A row of maps that is no box's is not drawn.
    void paint(QPainter& painter, const QRectF& target, const Theme& theme) const;

    /// The likeliest ones; a picture with more would show nothing but frames.
    static constexpr std::size_t mostBoxes = 25;

private:
    std::vector<DetectedBox> m_boxes;
    std::vector<int> m_chosen;
};

} // namespace headlight::ui
