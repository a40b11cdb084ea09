#pragma once
// A heat map under the hand: hover reads, click chooses, wheel and pinch zoom at the pointer, a drag pans. It
// knows cells, not models: whoever owns it says what they mean.

#include "ui/widgets/async_job.h"
#include "ui/widgets/heatmap_painter.h"

#include <QPixmap>
#include <QWidget>

namespace headlight::ui {

class HeatmapCanvas : public QWidget {
    Q_OBJECT
public:
    /// Weights of a block at no more than [height,width]. Called on a worker for large blocks.
    using Sampler =
        std::function<Tensor(const Block&, std::int64_t height, std::int64_t width, const std::stop_token&)>;

    explicit HeatmapCanvas(QWidget* parent = nullptr);

    /// A map of the same extents keeps zoom and place. `sampler` gives detail that the content is too coarse
    /// for.
    void setContent(std::shared_ptr<const HeatmapContent> content, Sampler sampler);
    void setMarks(const HeatmapMarks& marks);
    /// One line for the box beside the pointer.
    void setReadOut(std::function<QString(const Cell&)> readOut) { m_readOut = std::move(readOut); }

    const HeatmapGeometry& cells() const { return m_geometry; }
    void zoom(double factor, const QPointF& anchor);
    void showWhole();
    /// The part of the map that fills the plot, in cells; an empty one is all of it.
    void setWindow(const QRectF& window);
    /// Pans as little as needed.
    void reveal(const Cell& cell);

    /// Weights fetched at once without asking a worker: few enough for a frame.
    static constexpr std::int64_t promptCells = 64 * 64;
    /// Weights fetched one by one; of more than these the worker takes as many as there are pixels.
    static constexpr std::int64_t exactCells = 512 * 512;
    static constexpr std::int64_t hugeCells = 4096 * 4096;

signals:
    void cellClicked(const headlight::ui::Cell& cell, Qt::KeyboardModifiers modifiers);
    /// A label at the left or on top was clicked.
    void rowClicked(int row, Qt::KeyboardModifiers modifiers);
    void columnClicked(int column, Qt::KeyboardModifiers modifiers);
    void hovered(std::optional<headlight::ui::Cell> cell);
    /// Another size of the widget or extent of the map: cells are larger or smaller now.
    void fitted();
    /// Zoomed or panned.
    void windowChanged();
    /// A person zoomed or moved the map.
    void windowMoved(const QRectF& window);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();
    void setGeometryOfCells(const HeatmapGeometry& geometry);
    void refreshDetail();
    bool contentIsFine(const Block& visible) const;
    Block grown(const Block& visible) const;
    bool pinch(QEvent* event);
    void click(const QPointF& pixel, Qt::KeyboardModifiers modifiers);
    void hover(const QPointF& pixel);
    void paintReadOut(QPainter& painter, const Theme& theme) const;

    std::shared_ptr<const HeatmapContent> m_content;
    std::unique_ptr<HeatmapPainter> m_painter;
    Sampler m_sampler;
    std::function<QString(const Cell&)> m_readOut;
    HeatmapGeometry m_geometry;
    HeatmapMarks m_marks;
    CellValues m_detail;
    AsyncJob m_detailJob;
    QPixmap m_layer; ///< the cells as last drawn; null when they must be drawn again
    std::optional<QPointF> m_pressed, m_pointer;
    QPointF m_dragged;
    bool m_panning = false;
};

} // namespace headlight::ui
