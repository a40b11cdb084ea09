// Implements steps_picture.h.

#include "ui/views/steps_picture.h"

#include <QPainter>

namespace headlight::ui {
namespace {

/// How faint it is what is still to come.
constexpr double toCome = 0.14;

QColor mixed(const QColor& a, const QColor& b, float share)
{
    const auto mix = [share](int x, int y) { return int(std::lround(float(x) + share * float(y - x))); };
    return { mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()) };
}

/// A vector as cells side by side; cells narrower than a pixel and a half become one image.
void paintCells(QPainter& painter, const QRectF& strip, std::span<const float> values, float top,
    float strength, const Theme& theme)
{
    const auto count = std::int64_t(values.size());
    if (count == 0 || strip.width() <= 0)
        return;
    const double width = strip.width() / double(count);
    if (width < 1.5) {
        QImage line(int(count), 1, QImage::Format_RGB32);
        for (std::int64_t i = 0; i < count; ++i)
            line.setPixel(int(i), 0, signedColour(values[std::size_t(i)] / top, strength, theme).rgb());
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(strip, line);
        return;
    }
    const double space = width >= 5 ? 1.0 : width >= 3 ? 0.5 : 0.0;
    for (std::int64_t i = 0; i < count; ++i)
        painter.fillRect(stripCell(strip, i, count).adjusted(0, 0, -space, 0),
            signedColour(values[std::size_t(i)] / top, strength, theme));
}

class Painter {
public:
    Painter(QPainter& painter, const StepsData& data, const StepsLayout& layout, const StepsLook& look)
        : m_painter(painter)
        , m_data(data)
        , m_layout(layout)
        , m_look(look)
        , m_theme(*look.theme)
    {
    }
    void paint()
    {
        paintQuery();
        paintHeads();
        paintRows();
        paintLegend();
        paintStrips();
        paintFrames();
    }

private:
    /// How visible a stage is, in a row of the list (or -1: as a whole).
    double visibility(const Stage& stage, int row = -1) const
    {
        const int current = m_data.current, step = m_data.stepOf(stage);
        if (current < 0 || step < current)
            return 1;
        if (step > current)
            return toCome;
        if (row >= 0 && m_data.half >= 0 && row > m_data.half && m_data.stepsThroughKeys())
            return toCome;
        return m_look.before < current ? toCome + (1 - toCome) * m_look.progress : 1;
    }
    void title(const QRectF& rect, const Stage& stage, Qt::Alignment align, const QString& text = {})
    {
        m_painter.setOpacity(std::max(0.45, visibility(stage)));
        m_painter.setFont(m_theme.strong);
        m_painter.setPen(stageColour(stage.id, m_theme));
        const QString shown = text.isEmpty() ? QString::fromStdString(stage.title) : text;
        m_painter.drawText(rect, int(align | Qt::AlignVCenter),
            QFontMetricsF(m_theme.strong).elidedText(shown, Qt::ElideRight, rect.width()));
        m_painter.setOpacity(1);
    }

    void paintQuery()
    {
        const Stage* query = m_layout.queryStage();
        if (!query)
            return;
        const QRectF& rect = m_layout.query();
        const QString text =
            QCoreApplication::translate("Steps", "query of %1")
                .arg(m_data.queryAxis.words() ? QStringLiteral("“%1”").arg(m_data.queryName())
                                              : m_data.queryName());
        if (m_layout.queryIsStrip())
            title({ rect.left(), m_layout.area().top(), m_layout.area().right() - rect.left(),
                      StepsLayout::headHeight - 6 },
                *query, Qt::AlignLeft, text);
        else
            title({ rect.left(), m_layout.area().top(), rect.width() + 20, StepsLayout::headHeight }, *query,
                Qt::AlignLeft, text);
        m_painter.setOpacity(visibility(*query));
        const double space = rect.width() / m_layout.queryColumns() >= 5 ? 1.0 : 0.0;
        if (m_layout.queryIsStrip())
            paintCells(m_painter, rect, query->numbers, m_data.queryTop, 1, m_theme);
        else
            for (std::int64_t i = 0; i < query->width; ++i)
                m_painter.fillRect(
                    m_layout.cellRect(m_data, { query->id, 0, i }).adjusted(0, 0, -space, -space),
                    signedColour(query->numbers[std::size_t(i)] / m_data.queryTop, 1, m_theme));
        m_painter.setOpacity(1);
    }

    void paintHeads()
    {
        const double top = m_layout.top() - StepsLayout::headHeight, height = StepsLayout::headHeight;
        for (const StepsLayout::Column& column : { m_layout.keys(), m_layout.values() })
            if (column.stage)
                title({ column.left, top, column.width, height }, *column.stage, Qt::AlignLeft);
        for (const StepsLayout::Column& column : m_layout.numbers())
            title({ column.left, top, column.width - (column.weight ? 0 : 10), height }, *column.stage,
                column.weight ? Qt::AlignLeft : Qt::AlignRight,
                column.weight && column.narrow ? QCoreApplication::translate("Steps", "weight") : QString());
    }

    void paintRows()
    {
        const auto [first, last] = m_layout.visibleRows();
        m_painter.save();
        m_painter.setClipRect(QRectF(m_layout.area().left() - 8, m_layout.top(), m_layout.area().width() + 16,
                                  m_layout.visibleHeight()),
            Qt::IntersectClip);
        for (int row = first; row < last; ++row)
            paintRow(row);
        m_painter.restore();
    }
    void paintRow(int row)
    {
        const std::int64_t place = m_data.order[std::size_t(row)];
        const double top = m_layout.rowTop(row), height = m_layout.rowHeight();
        const bool chosen = place == m_data.chosenPlace;
        if (chosen || m_look.hoveredRow == row) {
            m_painter.setOpacity(chosen ? 1 : 0.5);
            m_painter.fillRect(
                QRectF(m_layout.labelsRight() - m_layout.labelsWidth() - 4, top,
                    m_layout.area().right() - m_layout.labelsRight() + m_layout.labelsWidth() + 8, height),
                m_theme.accentSoft);
            m_painter.setOpacity(1);
        }
        m_painter.setFont(chosen ? m_theme.strong : m_theme.body);
        m_painter.setPen(m_theme.text);
        const QRectF label(
            m_layout.labelsRight() - m_layout.labelsWidth(), top, m_layout.labelsWidth(), height);
        m_painter.drawText(label, int(Qt::AlignRight | Qt::AlignVCenter),
            QFontMetricsF(m_painter.font())
                .elidedText(m_data.keyText(place), Qt::ElideMiddle, label.width()));
        const double inset = std::min(5.0, height * 0.18);
        const auto cells = [&](const StepsLayout::Column& column, float largest, float strength) {
            if (!column.stage)
                return;
            m_painter.setOpacity(visibility(*column.stage, row));
            paintCells(m_painter, { column.left, top + inset, column.width, height - 2 * inset },
                column.stage->vectorOf(place), largest, strength, m_theme);
        };
        cells(m_layout.keys(), m_data.keyTop, 1);
        cells(m_layout.values(), m_data.valueTop, valueStrength(place));
        for (const StepsLayout::Column& column : m_layout.numbers())
            paintNumber(column, row, place, { column.left, top, column.width, height });
        m_painter.setOpacity(1);
    }
    /// Values fade with their weights once those are known.
    float valueStrength(std::int64_t place) const
    {
        const Stage* weight = m_data.stage(stages::weight);
        if (!weight || (m_data.current >= 0 && m_data.current < m_data.stepOf(*weight)))
            return 1;
        return 0.05f
            + 0.95f * std::sqrt(std::max(0.0f, weight->numbers[std::size_t(place)]) / m_data.largestWeight);
    }
    void paintNumber(const StepsLayout::Column& column, int row, std::int64_t place, const QRectF& rect)
    {
        const float value = column.stage->numbers[std::size_t(place)];
        m_painter.setOpacity(visibility(*column.stage, row));
        m_painter.setFont(m_theme.mono);
        m_painter.setPen(std::isinf(value) ? m_theme.mutedText : m_theme.text);
        if (!column.weight) {
            m_painter.drawText(rect.adjusted(0, 0, -10, 0), int(Qt::AlignRight | Qt::AlignVCenter),
                stepNumber(value, column.top));
            return;
        }
        const double room =
            rect.width() - QFontMetricsF(m_theme.mono).horizontalAdvance(QStringLiteral("0.0000")) - 16;
        const double share = double(value / m_data.largestWeight), inset = std::min(5.0, rect.height() * 0.2);
        const QRectF bar(
            rect.left(), rect.top() + inset, std::max(2.0, room * share), rect.height() - 2 * inset);
        m_painter.fillRect(bar, QColor(m_look.weights->at(0.14f + 0.66f * float(share))));
        m_painter.drawText(rect.adjusted(bar.width() + 6, 0, 0, 0), int(Qt::AlignLeft | Qt::AlignVCenter),
            QString::number(double(value), 'f', 4));
    }

    /// What the strongest colour of each kind of vector stands for, where the query leaves room below it.
    void paintLegend()
    {
        if (m_layout.queryIsStrip() || !m_layout.queryStage())
            return;
        const QRectF& grid = m_layout.query();
        const double line = QFontMetricsF(m_theme.small).height();
        double y = grid.bottom() + 22;
        if (y + 3 * line + 30 > m_layout.bottom())
            return;
        const std::pair<std::string_view, float> kinds[]{ { stages::query, m_data.queryTop },
            { stages::key, m_data.keyTop }, { stages::value, m_data.valueTop } };
        m_painter.setFont(m_theme.small);
        for (const auto& [kind, top] : kinds) {
            m_painter.setPen(m_theme.mutedText);
            const QString name = kind == stages::query ? QCoreApplication::translate("Steps", "query")
                : kind == stages::key                  ? QCoreApplication::translate("Steps", "keys")
                                                       : QCoreApplication::translate("Steps", "values");
            m_painter.drawText(
                QRectF(grid.left(), y, grid.width(), line), int(Qt::AlignLeft | Qt::AlignVCenter), name);
            m_painter.drawText(QRectF(grid.left(), y, grid.width(), line),
                int(Qt::AlignRight | Qt::AlignVCenter), QStringLiteral("±%1").arg(stepNumber(top, top)));
            for (int i = 0; i < int(grid.width()); ++i)
                m_painter.fillRect(QRectF(grid.left() + i, y + line + 1, 1, 5),
                    signedColour(2.0f * float(i) / float(grid.width()) - 1.0f, 1, m_theme));
            y += line + 14;
        }
    }

    /// The context as far as the keys that are done bring it together.
    std::vector<float> partOfContext() const
    {
        const Stage &value = *m_data.stage(stages::value), &weight = *m_data.stage(stages::weight);
        std::vector<double> sums(std::size_t(value.width), 0.0);
        for (int row = 0; row <= m_data.half; ++row) {
            const std::int64_t place = m_data.order[std::size_t(row)];
            const auto vector = value.vectorOf(place);
            for (std::size_t i = 0; i < sums.size(); ++i)
                sums[i] += double(weight.numbers[std::size_t(place)]) * double(vector[i]);
        }
        return { sums.begin(), sums.end() };
    }
    void paintStrips()
    {
        for (const StepsLayout::Strip& strip : m_layout.strips()) {
            const Stage& stage = *strip.stage;
            const bool context = stage.id == stages::context;
            const QString text = context && m_data.head >= 0
                ? QCoreApplication::translate("Steps", "Σ weight × value = context")
                : QString();
            title(strip.label, stage, Qt::AlignRight, text);
            m_painter.setOpacity(visibility(stage));
            const bool part = context && m_data.half >= 0 && m_data.current == m_data.stepOf(stage);
            if (part)
                paintCells(m_painter, strip.cells, partOfContext(), largestOf(stage.numbers), 1, m_theme);
            else
                paintCells(m_painter, strip.cells, stage.numbers, largestOf(stage.numbers), 1, m_theme);
            m_painter.setOpacity(1);
            m_painter.setPen(QPen(m_theme.border, 1));
            m_painter.setBrush(Qt::NoBrush);
            m_painter.drawRect(strip.cells.adjusted(-0.5, -0.5, 0.5, 0.5));
            if (stage.id == stages::heads && m_data.layer->heads > 1) { // where this head's part stands
                m_painter.setPen(QPen(stageColour(stages::value, m_theme), 2));
                m_painter.drawRect(stripCell(strip.cells, m_data.head, m_data.layer->heads));
            }
        }
    }

    void paintFrames()
    {
        m_painter.setBrush(Qt::NoBrush);
        const auto frames = m_layout.frames(m_data, m_data.current);
        const auto before = m_layout.frames(m_data, m_look.before);
        for (std::size_t i = 0; i < frames.size(); ++i) {
            QRectF frame = frames[i];
            if (m_look.progress < 1 && i < before.size()) { // it moves over from the step before
                const QRectF& from = before[i];
                const auto between = [&](double a, double b) { return a + (b - a) * m_look.progress; };
                frame = QRectF(QPointF(between(from.left(), frame.left()), between(from.top(), frame.top())),
                    QPointF(between(from.right(), frame.right()), between(from.bottom(), frame.bottom())));
            } else {
                m_painter.setOpacity(m_look.progress);
            }
            m_painter.setPen(QPen(m_theme.highlight, 2));
            m_painter.drawRect(frame);
            m_painter.setOpacity(1);
        }
        if (m_data.half >= 0 && m_data.current >= 0)
            paintHalf();
        if (m_look.opened)
            frameCell(*m_look.opened, m_theme.accent);
    }
    void frameCell(const StepCell& cell, const QColor& colour)
    {
        const QRectF rect = m_layout.cellRect(m_data, cell);
        const bool strip = rect.top() >= m_layout.bottom() || m_layout.query().contains(rect.center());
        if (rect.isEmpty()
            || (!strip && (rect.top() < m_layout.top() - 1 || rect.bottom() > m_layout.bottom() + 1)))
            return;
        m_painter.setPen(QPen(colour, 2));
        m_painter.drawRect(rect.adjusted(-2, -2, 2, 2));
    }
    void paintHalf()
    {
        const StepsData::Step& step = m_data.steps[std::size_t(m_data.current)];
        if (!m_data.stepsThroughKeys())
            return frameCell({ step.stages.back()->id, 0, m_data.half }, m_theme.highlight);
        const double top = m_layout.rowTop(m_data.half);
        if (top < m_layout.top() - 1 || top + m_layout.rowHeight() > m_layout.bottom() + 1)
            return;
        m_painter.setPen(QPen(m_theme.highlight, 1));
        m_painter.drawRect(QRectF(m_layout.labelsRight() - m_layout.labelsWidth() - 4, top,
            m_layout.area().right() - m_layout.labelsRight() + m_layout.labelsWidth() + 8,
            m_layout.rowHeight()));
    }

    QPainter& m_painter;
    const StepsData& m_data;
    const StepsLayout& m_layout;
    const StepsLook& m_look;
    const Theme& m_theme;
};

} // namespace

QColor signedColour(float share, float strength, const Theme& theme)
{
    const bool dark = isDark(theme.kind);
    const QColor above = dark ? QColor(0x5b9bff) : QColor(0x2a5fbd),
                 below = dark ? QColor(0xff7a5c) : QColor(0xd24a32);
    const float amount = std::isfinite(share) ? std::pow(std::min(1.0f, std::abs(share)), 0.75f) : 0.0f;
    return mixed(theme.panel, share < 0 ? below : above, amount * strength);
}

QColor stageColour(std::string_view stage, const Theme& theme)
{
    const bool dark = isDark(theme.kind);
    if (stage == stages::query || stage == stages::queryBefore)
        return dark ? QColor(0x8fb4ff) : QColor(0x1f54c4);
    if (stage == stages::key || stage == stages::keyBefore)
        return dark ? QColor(0xff9c8a) : QColor(0xb3261e);
    if (stage == stages::weight)
        return dark ? QColor(0xc9a0ff) : QColor(0x6a28d9);
    if (stage == stages::value || stage == stages::context)
        return dark ? QColor(0x7ddc9a) : QColor(0x14703a);
    return theme.text;
}

void paintSteps(QPainter& painter, const StepsData& data, const StepsLayout& layout, const StepsLook& look)
{
    if (!data.empty())
        Painter(painter, data, layout, look).paint();
}

} // namespace headlight::ui
