#pragma once
// The three maps of a comparison on the screen. They show the same cells: what is pointed at, zoomed and
// moved in one is so in all.

#include "ui/views/compare_figure.h"
#include "ui/widgets/accessible_map.h"
#include "ui/widgets/heatmap_canvas.h"

#include <array>

namespace headlight::ui {

class ComparePanelHeader;

inline constexpr std::array compareSides{ CompareSide::A, CompareSide::B, CompareSide::Difference };

class ComparePanels : public QWidget {
    Q_OBJECT
public:
    explicit ComparePanels(QWidget* parent = nullptr);

    HeatmapCanvas* canvas(CompareSide side) const { return m_canvases[std::size_t(side)]; }
    void setShow(CompareShow show);
    /// `maps` gives detail when zoomed in; null while there is none.
    void setPicture(const ComparePicture& picture, const std::shared_ptr<const CompareMaps>& maps);
    void setMarks(const HeatmapMarks& marks);

signals:
    /// Whether A and B have room beside the difference.
    void roomChanged(bool forAll);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    AccessibleMap accessible(CompareSide side);
    void arrange();
    void follow(const HeatmapCanvas* moved, const QRectF& window);

    std::array<ComparePanelHeader*, 3> m_headers{};
    std::array<HeatmapCanvas*, 3> m_canvases{};
    std::shared_ptr<const CompareMaps> m_maps; ///< what a screen reader is told of
    HeatmapMarks m_marks;
    CompareShow m_show = CompareShow::SideBySide;
};

} // namespace headlight::ui
