// Implements steps_canvas.h.

#include "ui/views/steps_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyle>
#include <QToolTip>

namespace headlight::ui {
namespace {

constexpr int moveMilliseconds = 260;

} // namespace

StepsCanvas::StepsCanvas(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("How one weight came about, step by step"));
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    viewport()->setAccessibleName(accessibleName());
    makeAccessible(viewport(), accessible());
    m_animation.setDuration(moveMilliseconds);
    m_animation.setEasingCurve(QEasingCurve::OutCubic);
    m_animation.setStartValue(0.0);
    m_animation.setEndValue(1.0);
    QObject::connect(&m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_look.progress = value.toDouble();
        viewport()->update();
    });
}

void StepsCanvas::setData(std::shared_ptr<const StepsData> shown, const ColourMap& weights)
{
    m_animation.stop();
    m_data = std::move(shown);
    m_look.weights = &weights;
    m_look.before = m_data ? m_data->current : -1;
    m_look.progress = 1;
    measure();
    tellAccessible(viewport());
    viewport()->update();
}

/// A row per key, a column per number of it: the product, the scaled score, the weight.
AccessibleMap StepsCanvas::accessible()
{
    AccessibleMap map;
    const auto stageOf = [this](int column) { return layoutNow().numbers()[std::size_t(column)].stage; };
    const auto placeOf = [this](int row) { return m_data->order[std::size_t(row)]; };
    map.rows = [this] { return m_data ? int(m_data->order.size()) : 0; };
    map.columns = [this] { return m_data ? int(layoutNow().numbers().size()) : 0; };
    map.rowName = [this, placeOf](int row) { return m_data->keyText(placeOf(row)); };
    map.columnName = [stageOf](int column) { return QString::fromStdString(stageOf(column)->title); };
    map.value = [this, stageOf, placeOf](AccessibleCell cell) {
        const auto number = m_data->number({ stageOf(cell.column)->id, placeOf(cell.row), 0 });
        return number ? QString::number(double(*number), 'g', 4) : QString();
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const int row = m_data ? m_look.hoveredRow.value_or(m_data->keyRow()) : -1;
        const int last = m_data ? int(layoutNow().numbers().size()) - 1 : -1;
        return row >= 0 && last >= 0 ? std::optional(AccessibleCell{ row, last }) : std::nullopt;
    };
    map.place = [this, stageOf, placeOf](AccessibleCell cell) {
        return layoutNow()
            .cellRect(*m_data, { stageOf(cell.column)->id, placeOf(cell.row), 0 })
            .toAlignedRect();
    };
    map.choose = [this, stageOf, placeOf](AccessibleCell cell) {
        keyClicked(placeOf(cell.row));
        cellClicked({ stageOf(cell.column)->id, placeOf(cell.row), 0 });
    };
    return map;
}

void StepsCanvas::stepFrom(int before)
{
    m_animation.stop();
    m_look.before = before;
    const bool still =
        !isVisible() || style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) == 0;
    m_look.progress = still ? 1 : 0;
    if (!still)
        m_animation.start();
    measure();
    viewport()->update();
}

void StepsCanvas::setHovered(std::optional<int> key)
{
    std::optional<int> row;
    for (std::size_t i = 0; key && m_data && i < m_data->order.size() && !row; ++i)
        if (m_data->told.keys[std::size_t(m_data->order[i])] == *key)
            row = int(i);
    if (row == m_look.hoveredRow)
        return;
    m_look.hoveredRow = row;
    tellAccessible(viewport());
    viewport()->update();
}

void StepsCanvas::setOpened(const std::optional<StepCell>& cell)
{
    m_look.opened = cell;
    viewport()->update();
}

StepsLayout StepsCanvas::layoutNow() const
{
    if (!m_data)
        return {};
    return { *m_data, QRectF(viewport()->rect()), currentTheme(), StepsLayout::Rows::Scroll,
        double(verticalScrollBar()->value()) };
}

void StepsCanvas::measure()
{
    if (!m_data)
        return verticalScrollBar()->setRange(0, 0);
    const StepsLayout layout = layoutNow();
    verticalScrollBar()->setPageStep(int(layout.visibleHeight()));
    verticalScrollBar()->setSingleStep(int(layout.rowHeight()));
    verticalScrollBar()->setRange(
        0, int(std::ceil(std::max(0.0, layout.contentHeight() - layout.visibleHeight()))));
}

void StepsCanvas::showRow(int row)
{
    m_rowShown = row;
    if (row < 0 || !m_data)
        return;
    const StepsLayout layout = layoutNow();
    const double top = layout.rowHeight() * row;
    if (top < verticalScrollBar()->value())
        verticalScrollBar()->setValue(int(top));
    else if (top + layout.rowHeight() > verticalScrollBar()->value() + layout.visibleHeight())
        verticalScrollBar()->setValue(int(std::ceil(top + layout.rowHeight() - layout.visibleHeight())));
}

void StepsCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const Theme& theme = currentTheme();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (!m_data)
        return;
    m_look.theme = &theme;
    paintSteps(painter, *m_data, layoutNow(), m_look);
}

void StepsCanvas::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    const double first = verticalScrollBar()->value();
    const double room = verticalScrollBar()->pageStep(), line = verticalScrollBar()->singleStep();
    const bool wasSeen =
        m_rowShown >= 0 && line * (m_rowShown + 1) > first && line * m_rowShown < first + room;
    measure();
    if (wasSeen) // a row that was brought on the screen stays there when its neighbours take the room
        showRow(m_rowShown);
}

void StepsCanvas::scrollContentsBy(int, int)
{
    viewport()->update();
}

void StepsCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_data)
        return;
    const StepsLayout layout = layoutNow();
    const auto row = layout.rowAt(event->position());
    pointed(row ? std::optional(m_data->order[std::size_t(*row)]) : std::nullopt);
    const bool cell = layout.cellAt(*m_data, event->position()).has_value();
    viewport()->setCursor(cell || row ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void StepsCanvas::mousePressEvent(QMouseEvent* event)
{
    if (!m_data || event->button() != Qt::LeftButton)
        return;
    const StepsLayout layout = layoutNow();
    const auto cell = layout.cellAt(*m_data, event->position());
    const auto row = layout.rowAt(event->position());
    const std::int64_t place = row ? m_data->order[std::size_t(*row)] : -1;
    if (row)
        keyClicked(place);
    if (cell)
        cellClicked(*cell);
}

bool StepsCanvas::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave && m_data)
        pointed(std::nullopt);
    if (event->type() != QEvent::ToolTip || !m_data)
        return QAbstractScrollArea::viewportEvent(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const auto cell = layoutNow().cellAt(*m_data, help->pos());
    const auto number = cell ? m_data->number(*cell) : std::nullopt;
    if (number)
        QToolTip::showText(help->globalPos(),
            QStringLiteral("%1 = %2").arg(m_data->cellTitle(*cell), QString::number(double(*number), 'g', 6)),
            viewport());
    else
        QToolTip::hideText();
    return true;
}

} // namespace headlight::ui
