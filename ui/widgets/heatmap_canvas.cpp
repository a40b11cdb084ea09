#include "ui/widgets/heatmap_canvas.h"

#include <QApplication>
#include <QGestureEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

namespace headlight::ui {

HeatmapCanvas::HeatmapCanvas(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setMinimumSize(160, 120);
    setAttribute(Qt::WA_AcceptTouchEvents);
    grabGesture(Qt::PinchGesture);
    setAccessibleName(tr("Heat map of attention weights"));
}

void HeatmapCanvas::setContent(std::shared_ptr<const HeatmapContent> content, Sampler sampler)
{
    const HeatmapGeometry before = m_geometry;
    m_detailJob.cancel();
    m_detail = {};
    m_painter.reset();
    m_content = std::move(content);
    m_sampler = std::move(sampler);
    m_geometry = {};
    if (m_content) {
        m_painter = std::make_unique<HeatmapPainter>(*m_content, currentTheme());
        fit();
        if (before.rows == m_content->rows && before.columns == m_content->columns && before.zoomedIn())
            m_geometry.window = before.window;
    }
    m_layer = {};
    refreshDetail();
    update();
}

void HeatmapCanvas::setMarks(const HeatmapMarks& marks)
{
    m_marks = marks;
    update();
}

void HeatmapCanvas::fit()
{
    const QRectF window = m_geometry.window;
    const bool zoomed = m_geometry.zoomedIn();
    m_geometry = m_painter->fitted(rect());
    if (zoomed)
        m_geometry.window = window;
    emit fitted();
}

void HeatmapCanvas::setGeometryOfCells(const HeatmapGeometry& geometry)
{
    if (geometry.window == m_geometry.window && geometry.plot == m_geometry.plot)
        return;
    m_geometry = geometry;
    m_layer = {};
    refreshDetail();
    update();
    emit windowChanged();
    emit windowMoved(m_geometry.window);
}

void HeatmapCanvas::refreshDetail()
{
    m_detailJob.cancel();
    if (!m_content || m_content->cells.exact() || !m_sampler || m_geometry.empty())
        return;
    const Block visible = m_geometry.visible();
    if (contentIsFine(visible) || (m_detail.exact() && m_detail.covers(visible)))
        return;
    const std::int64_t cells = visible.rows() * visible.columns();
    if (cells <= promptCells) {
        m_detail = { visible, m_sampler(visible, visible.rows(), visible.columns(), {}) };
        return;
    }
    const bool exact = cells <= exactCells;
    const Block wanted = exact ? grown(visible) : visible;
    const auto width = std::int64_t(std::ceil(m_geometry.plot.width() * devicePixelRatioF()));
    const auto height = std::int64_t(std::ceil(m_geometry.plot.height() * devicePixelRatioF()));
    const auto columns = exact ? wanted.columns() : width, rows = exact ? wanted.rows() : height;
    m_detailJob.start<Tensor>(
        this,
        [sampler = m_sampler, wanted, rows, columns](
            const std::stop_token& stop) { return sampler(wanted, rows, columns, stop); },
        [this, wanted](const Tensor& values) {
            m_detail = { wanted, values };
            m_layer = {};
            update();
        });
}

/// The content has a number for every pixel, though not for every cell: no detail would be seen.
bool HeatmapCanvas::contentIsFine(const Block& visible) const
{
    const Shape& numbers = m_content->cells.values.shape();
    // Of a very large part a number per point is enough: one per pixel of a dense screen would take seconds.
    const bool huge = visible.rows() * visible.columns() > hugeCells;
    const double pixels = huge ? 1.0 : devicePixelRatioF();
    const auto fine = [pixels](double count, double shown, double all, double room) {
        return count * shown / all >= room * pixels;
    };
    return m_geometry.cellWidth() * pixels < 1.0 && m_geometry.cellHeight() * pixels < 1.0
        && fine(double(numbers[1]), double(visible.columns()), m_content->columns, m_geometry.plot.width())
        && fine(double(numbers[0]), double(visible.rows()), m_content->rows, m_geometry.plot.height());
}

/// With a margin of a half on every side, so that a hand that pans does not wait at once.
Block HeatmapCanvas::grown(const Block& visible) const
{
    const std::int64_t rows = visible.rows() / 2, columns = visible.columns() / 2;
    return { std::max<std::int64_t>(0, visible.firstRow - rows),
        std::min<std::int64_t>(m_content->rows, visible.lastRow + rows),
        std::max<std::int64_t>(0, visible.firstColumn - columns),
        std::min<std::int64_t>(m_content->columns, visible.lastColumn + columns) };
}

void HeatmapCanvas::zoom(double factor, const QPointF& anchor)
{
    setGeometryOfCells(m_geometry.zoomed(factor, anchor));
}

void HeatmapCanvas::showWhole()
{
    HeatmapGeometry whole = m_geometry;
    whole.window = QRectF(0, 0, whole.columns, whole.rows);
    setGeometryOfCells(whole);
}

void HeatmapCanvas::setWindow(const QRectF& window)
{
    HeatmapGeometry there = m_geometry;
    const QRectF whole(0, 0, there.columns, there.rows);
    const QRectF inside = window & whole;
    there.window = inside.isEmpty() ? whole : inside;
    setGeometryOfCells(there);
}

/// A pinch on a touch pad (native) or a touch screen.
bool HeatmapCanvas::pinch(QEvent* event)
{
    if (event->type() == QEvent::NativeGesture) {
        const auto* native = static_cast<QNativeGestureEvent*>(event);
        if (native->gestureType() != Qt::ZoomNativeGesture)
            return false;
        zoom(1.0 + native->value(), native->position());
        return true;
    }
    if (event->type() != QEvent::Gesture)
        return false;
    auto* gestures = static_cast<QGestureEvent*>(event);
    const auto* touch = static_cast<QPinchGesture*>(gestures->gesture(Qt::PinchGesture));
    if (!touch)
        return false;
    if (touch->changeFlags() & QPinchGesture::ScaleFactorChanged)
        zoom(touch->scaleFactor(), mapFromGlobal(touch->centerPoint()));
    gestures->accept(Qt::PinchGesture);
    return true;
}

bool HeatmapCanvas::event(QEvent* event)
{
    return (m_painter && pinch(event)) || QWidget::event(event);
}

void HeatmapCanvas::reveal(const Cell& cell)
{
    if (!m_geometry.empty())
        setGeometryOfCells(m_geometry.revealing(cell));
}

void HeatmapCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& theme = currentTheme();
    painter.fillRect(rect(), theme.window);
    if (!m_painter || m_geometry.empty())
        return;
    const QRect layer = m_geometry.plot.toAlignedRect();
    if (m_layer.isNull()) {
        m_layer = QPixmap(layer.size() * devicePixelRatioF());
        m_layer.setDevicePixelRatio(devicePixelRatioF());
        m_layer.fill(theme.window);
        QPainter cells(&m_layer);
        cells.setRenderHint(QPainter::TextAntialiasing);
        cells.translate(-layer.topLeft());
        m_painter->paintCells(cells, m_geometry, m_detail);
    }
    painter.drawPixmap(layer.topLeft(), m_layer);
    painter.setRenderHint(QPainter::Antialiasing);
    m_painter->paintFrame(painter, m_geometry, m_marks);
    m_painter->paintMarks(painter, m_geometry, m_marks);
    paintReadOut(painter, theme);
}

void HeatmapCanvas::paintReadOut(QPainter& painter, const Theme& theme) const
{
    if (!m_marks.hover || !m_pointer || !m_readOut || m_panning)
        return;
    const QString text = m_readOut(*m_marks.hover);
    const QFontMetricsF metrics(theme.body);
    QRectF box(
        *m_pointer + QPointF(14, 16), QSizeF(metrics.horizontalAdvance(text) + 16, metrics.height() + 8));
    if (box.right() > width() - 4)
        box.moveRight(m_pointer->x() - 10);
    if (box.bottom() > height() - 4)
        box.moveBottom(m_pointer->y() - 10);
    box.moveLeft(std::max(box.left(), 2.0));
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(box, 5, 5);
    painter.setPen(theme.text);
    painter.setFont(theme.body);
    painter.drawText(box, Qt::AlignCenter, text);
}

void HeatmapCanvas::resizeEvent(QResizeEvent*)
{
    if (!m_painter)
        return;
    fit();
    m_layer = {};
    refreshDetail();
}

void HeatmapCanvas::changeEvent(QEvent* event)
{
    if (m_content && (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)) {
        m_painter = std::make_unique<HeatmapPainter>(*m_content, currentTheme());
        m_layer = {};
        update();
    }
    QWidget::changeEvent(event);
}

void HeatmapCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    m_pressed = m_dragged = event->position();
}

void HeatmapCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF pixel = event->position();
    if (m_pressed && !m_panning && m_geometry.zoomedIn()
        && (pixel - *m_pressed).manhattanLength() >= QApplication::startDragDistance()) {
        m_panning = true;
        setCursor(Qt::ClosedHandCursor);
    }
    if (m_panning)
        setGeometryOfCells(m_geometry.panned(pixel - std::exchange(m_dragged, pixel)));
    hover(pixel);
}

void HeatmapCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_pressed)
        return;
    if (!m_panning)
        click(event->position(), event->modifiers());
    m_pressed.reset();
    m_panning = false;
    unsetCursor();
}

void HeatmapCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_geometry.zoomedIn())
        showWhole();
    else
        zoom(HeatmapGeometry::largestCell / std::max(m_geometry.cellWidth(), 1e-3), event->position());
}

void HeatmapCanvas::click(const QPointF& pixel, Qt::KeyboardModifiers modifiers)
{
    if (const auto cell = m_geometry.cellAt(pixel))
        return emit cellClicked(*cell, modifiers);
    const QRectF plot = m_geometry.plot;
    if (const auto row = m_geometry.cellAt({ plot.left(), pixel.y() }); row && pixel.x() < plot.left())
        emit rowClicked(row->row, modifiers);
    else if (const auto column = m_geometry.cellAt({ pixel.x(), plot.top() });
             column && pixel.y() < plot.top())
        emit columnClicked(column->column, modifiers);
}

void HeatmapCanvas::hover(const QPointF& pixel)
{
    m_pointer = pixel;
    m_marks.hover = m_geometry.cellAt(pixel);
    emit hovered(m_marks.hover);
    update();
}

void HeatmapCanvas::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (!m_painter || steps == 0)
        return event->ignore();
    zoom(std::pow(1.25, steps), event->position());
    hover(event->position());
    event->accept();
}

void HeatmapCanvas::leaveEvent(QEvent*)
{
    m_pointer.reset();
    m_marks.hover.reset();
    emit hovered(std::nullopt);
    update();
}

} // namespace headlight::ui
