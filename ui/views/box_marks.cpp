#include "ui/views/box_marks.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double reach = 5; ///< pixels around a frame that belong to it
constexpr double labelHeight = 18;

} // namespace

BoxMarks::BoxMarks(const Scene& scene)
{
    if (!scene.result)
        return;
    m_boxes = scene.result->boxes;
    m_boxes.resize(std::min(m_boxes.size(), mostBoxes));
    m_chosen = chosenBoxes(scene.selection, *scene.result);
}

QRectF BoxMarks::rect(int box, const QRectF& target) const
{
    const DetectedBox& b = m_boxes[std::size_t(box)];
    const QRectF whole(target.left() + b.left * target.width(), target.top() + b.top * target.height(),
        (b.right - b.left) * target.width(), (b.bottom - b.top) * target.height());
    return whole.normalized() & target.adjusted(1, 1, -1, -1);
}

QRectF BoxMarks::labelRect(int box, const QRectF& target, const Theme& theme) const
{
    const QRectF frame = rect(box, target);
    const double width =
        QFontMetricsF(theme.small).horizontalAdvance(boxLabel(m_boxes[std::size_t(box)])) + 10;
    QRectF label(frame.left(), frame.top() - labelHeight, width, labelHeight);
    if (label.top() < target.top()) // no room above: inside
        label.moveTop(frame.top());
    label.moveLeft(std::clamp(label.left(), target.left(), std::max(target.left(), target.right() - width)));
    return label;
}

std::optional<int> BoxMarks::at(const QPointF& point, const QRectF& target, Hit hit, const Theme& theme) const
{
    for (int box = 0; box < int(m_boxes.size()); ++box) {
        const QRectF frame = rect(box, target);
        const bool outer = frame.adjusted(-reach, -reach, reach, reach).contains(point);
        const bool inner = frame.adjusted(reach, reach, -reach, -reach).contains(point);
        if ((outer && !inner) || labelRect(box, target, theme).contains(point))
            return box;
    }
    std::optional<int> smallest;
    for (int box = 0; hit == Hit::Inside && box < int(m_boxes.size()); ++box) {
        const QRectF frame = rect(box, target);
        const auto area = [](const QRectF& r) { return r.width() * r.height(); };
        if (frame.contains(point) && (!smallest || area(frame) < area(rect(*smallest, target))))
            smallest = box;
    }
    return smallest;
}

void BoxMarks::paint(QPainter& painter, const QRectF& target, const Theme& theme) const
{
    painter.save();
    painter.setFont(theme.small);
    // The likeliest on top; chosen ones above all.
    std::vector<int> order;
    const auto isChosen = [this](int box) { return std::ranges::find(m_chosen, box) != m_chosen.end(); };
    for (int box = int(m_boxes.size()) - 1; box >= 0; --box)
        order.push_back(box);
    std::ranges::stable_partition(order, [&](int box) { return !isChosen(box); });
    for (int box : order) {
        const QColor colour = isChosen(box) ? theme.highlight : theme.accent;
        const QRectF frame = rect(box, target);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(255, 255, 255, 170), isChosen(box) ? 5 : 3));
        painter.drawRect(frame);
        painter.setPen(QPen(colour, isChosen(box) ? 3 : 1.5));
        painter.drawRect(frame);
        const QRectF label = labelRect(box, target, theme);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(label, 3, 3);
        painter.setPen(isChosen(box) ? QColor(Qt::white) : theme.accentText);
        painter.drawText(label, Qt::AlignCenter, boxLabel(m_boxes[std::size_t(box)]));
    }
    painter.restore();
}

} // namespace headlight::ui
