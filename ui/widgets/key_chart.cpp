// Implements key_chart.h with Qt Charts. Series and axes are made once and refilled: hovering changes them
// all the time.

#include "ui/widgets/key_chart.h"

#include "ui/style/colour_map.h"
#include "ui/style/theme.h"
#include "ui/widgets/accessible_map.h"

#include <QtCharts>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr int longestLabel = 12;

int scaled(int pixels)
{
    return int(std::lround(pixels * currentTheme().typeScale));
}

/// An axis leaves out labels for which its rows are too low.
int rowHeight()
{
    return scaled(22);
}

int numberWidth()
{
    return scaled(48);
}

/// Categories of an axis must differ; repeated words get invisible marks.
QStringList distinct(const QList<KeyChart::Bar>& bars)
{
    QStringList labels;
    for (const KeyChart::Bar& bar : bars) {
        QString label = bar.label;
        if (label.size() > longestLabel)
            label = label.left(longestLabel - 1) + QStringLiteral("…");
        label = label.toHtmlEscaped(); // the axis reads its labels as rich text: <s> would strike out nothing
        while (labels.contains(label))
            label += QChar(0x200b); // zero width space
        labels << label;
    }
    return labels;
}

} // namespace

KeyChart::KeyChart(QWidget* parent)
    : QChartView(parent)
    , m_set(new QBarSet(tr("weight")))
    , m_series(new QHorizontalBarSeries)
    , m_labels(new QBarCategoryAxis)
    , m_values(new QValueAxis)
{
    m_series->append(m_set);
    m_series->setBarWidth(0.62);
    QChart* plot = chart();
    plot->addSeries(m_series);
    plot->addAxis(m_labels, Qt::AlignLeft);
    plot->addAxis(m_values, Qt::AlignBottom);
    m_series->attachAxis(m_labels);
    m_series->attachAxis(m_values);
    plot->legend()->hide();
    plot->setBackgroundVisible(false);
    plot->layout()->setContentsMargins(0, 0, 0, 0);
    m_values->setVisible(false);
    m_labels->setGridLineVisible(false);
    m_labels->setLineVisible(false);
    m_labels->setTruncateLabels(false);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setViewportUpdateMode(FullViewportUpdate); // the numbers stand beside what the scene knows to repaint
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Largest weights"));
    AccessibleMap map;
    map.rows = [this] { return int(m_bars.size()); };
    map.columns = [] { return 1; };
    map.rowName = [this](int row) { return m_bars[row].label; };
    map.value = [this](AccessibleCell cell) { return spokenWeight(m_bars[cell.row].weight); };
    makeAccessible(this, std::move(map));
    setToolTip(tr("The tokens with the largest attention weights"));
    applyColours();
}

void KeyChart::setBars(const QList<Bar>& bars)
{
    const bool resized = bars.size() != m_bars.size();
    m_bars = bars;
    // Charts count categories from below.
    QList<Bar> upwards(bars.rbegin(), bars.rend());
    QStringList spoken;
    QList<qreal> weights;
    for (const Bar& bar : upwards) {
        weights << qreal(bar.weight);
        spoken.prepend(QStringLiteral("%1 %2").arg(bar.label).arg(qreal(bar.weight), 0, 'f', 3));
    }
    m_set->remove(0, m_set->count());
    m_set->append(weights);
    m_labels->setCategories(distinct(upwards));
    const float largest = bars.isEmpty() ? 1 : bars.front().weight;
    m_values->setRange(0, largest > 0 ? qreal(largest) : 1);
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    viewport()->update();
    if (resized) {
        setFixedHeight(sizeHint().height());
        updateGeometry();
    }
}

QSize KeyChart::sizeHint() const
{
    return { 200, int(m_bars.size()) * rowHeight() + 4 };
}

void KeyChart::drawForeground(QPainter* painter, const QRectF&)
{
    const Theme& theme = currentTheme();
    const QRectF plot = chart()->plotArea();
    const double line = plot.height() / std::max<double>(1, double(m_bars.size()));
    painter->setFont(theme.small);
    painter->setPen(theme.text);
    for (qsizetype i = 0; i < m_bars.size(); ++i) {
        const QRectF place(plot.right(), plot.top() + double(i) * line, numberWidth(), line);
        painter->drawText(
            place, Qt::AlignRight | Qt::AlignVCenter, QString::number(double(m_bars[i].weight), 'f', 3));
    }
}

void KeyChart::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::PaletteChange) {
        applyColours();
        setFixedHeight(sizeHint().height());
    }
    QChartView::changeEvent(event);
}

void KeyChart::applyColours()
{
    const Theme& theme = currentTheme();
    m_set->setColor(QColor(colourMap(QStringLiteral("viridis")).at(isDark(theme.kind) ? 0.62f : 0.5f)));
    m_set->setBorderColor(Qt::transparent);
    m_labels->setLabelsColor(theme.text);
    m_labels->setLabelsFont(theme.body);
    chart()->setMargins(QMargins(0, 0, numberWidth(), 0));
    setBackgroundBrush(theme.panel);
}

} // namespace headlight::ui
