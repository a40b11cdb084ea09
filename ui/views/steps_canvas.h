#pragma once
// The Steps on the screen: rows scroll, only visible ones are painted, a frame moves from step to step.

#include "ui/views/steps_picture.h"
#include "ui/widgets/accessible_map.h"

#include <QAbstractScrollArea>
#include <QVariantAnimation>

namespace headlight::ui {

class StepsCanvas : public QAbstractScrollArea {
    Q_DECLARE_TR_FUNCTIONS(StepsCanvas)
public:
    explicit StepsCanvas(QWidget* parent);

    std::function<void(const StepCell& cell)> cellClicked;
    std::function<void(std::int64_t place)> keyClicked;
    std::function<void(std::optional<std::int64_t> place)> pointed;

    void setData(std::shared_ptr<const StepsData> shown, const ColourMap& weights);
    /// The same data went on by a step: the frame moves, what is new comes into sight.
    void stepFrom(int before);
    void setHovered(std::optional<int> key);
    void setOpened(const std::optional<StepCell>& cell);
    void showRow(int row);
    StepsLayout layoutNow() const;
    bool animating() const { return m_animation.state() == QAbstractAnimation::Running; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    AccessibleMap accessible();
    void measure();

    std::shared_ptr<const StepsData> m_data;
    StepsLook m_look;
    QVariantAnimation m_animation;
    int m_rowShown = -1; ///< the row last brought on the screen
};

} // namespace headlight::ui
