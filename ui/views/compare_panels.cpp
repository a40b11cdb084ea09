#include "ui/views/compare_panels.h"

#include "ui/widgets/labels.h"

#include <QPainter>

namespace headlight::ui {

/// The line above a map.
class ComparePanelHeader : public QWidget {
public:
    using QWidget::QWidget;
    void setTitle(const ComparePanelTitle& title)
    {
        m_title = title;
        setToolTip(plainTip(title.detail));
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        m_title.paint(painter, rect(), currentTheme());
    }

private:
    ComparePanelTitle m_title;
};

ComparePanels::ComparePanels(QWidget* parent)
    : QWidget(parent)
{
    const QString names[]{ tr("Heat map of A"), tr("Heat map of B"), tr("Heat map of the difference") };
    for (std::size_t i = 0; i < compareSides.size(); ++i) {
        m_headers[i] = new ComparePanelHeader(this);
        m_canvases[i] = new HeatmapCanvas(this);
        m_canvases[i]->setMinimumSize(0, 0);
        m_canvases[i]->setAccessibleName(names[i]);
        makeAccessible(m_canvases[i], accessible(compareSides[i]));
        connect(m_canvases[i], &HeatmapCanvas::windowMoved, this,
            [this, moved = m_canvases[i]](const QRectF& window) { follow(moved, window); });
    }
}

AccessibleMap ComparePanels::accessible(CompareSide side)
{
    AccessibleMap map;
    map.rows = [this] { return m_maps ? m_maps->rows() : 0; };
    map.columns = [this] { return m_maps ? m_maps->columns() : 0; };
    map.rowName = [this, side](int row) { return m_maps->rowLabel(side, row); };
    map.columnName = [this, side](int column) { return m_maps->columnLabel(side, column); };
    map.value = [this, side](AccessibleCell cell) {
        const Block one{ cell.row, cell.row + 1, cell.column, cell.column + 1 };
        return spokenWeight(m_maps->block(side, one).at(0));
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        if (m_marks.rows.empty() || !m_marks.column)
            return std::nullopt;
        return AccessibleCell{ m_marks.rows.front(), *m_marks.column };
    };
    map.place = [this, side](AccessibleCell cell) {
        return canvas(side)->cells().cellRect(cell.row, cell.column).toAlignedRect();
    };
    map.choose = [this, side](AccessibleCell cell) {
        emit canvas(side)->cellClicked({ cell.row, cell.column }, Qt::NoModifier);
    };
    return map;
}

void ComparePanels::follow(const HeatmapCanvas* moved, const QRectF& window)
{
    for (HeatmapCanvas* other : m_canvases) {
        if (other == moved)
            continue;
        const QSignalBlocker quiet(other); // it follows; nobody moved it
        other->setWindow(window);
    }
}

void ComparePanels::setShow(CompareShow show)
{
    m_show = show;
    arrange();
}

void ComparePanels::resizeEvent(QResizeEvent*)
{
    arrange();
}

void ComparePanels::arrange()
{
    const CompareLayout layout = CompareLayout::of(rect(), m_show);
    emit roomChanged(
        CompareLayout::of(rect(), CompareShow::SideBySide).arrangement != CompareLayout::Arrangement::Alone);
    const QRectF places[]{ layout.a, layout.b, layout.difference };
    for (std::size_t i = 0; i < compareSides.size(); ++i) {
        const QRect place = places[i].toRect();
        const int title = int(CompareLayout::titleHeight);
        m_headers[i]->setVisible(!place.isEmpty());
        m_canvases[i]->setVisible(!place.isEmpty());
        m_headers[i]->setGeometry(place.left(), place.top(), place.width(), title);
        m_canvases[i]->setGeometry(place.adjusted(0, title, 0, 0));
    }
}

void ComparePanels::setPicture(const ComparePicture& picture, const std::shared_ptr<const CompareMaps>& maps)
{
    m_maps = maps;
    for (const CompareSide side : compareSides) {
        const ComparePanel& panel = picture.panel(side);
        HeatmapCanvas::Sampler sampler;
        if (maps)
            sampler = [maps, side, pooling = panel.content.pooling](const Block& block, std::int64_t height,
                          std::int64_t width, const std::stop_token& stop) {
                return maps->sample(side, block, height, width, pooling, stop);
            };
        m_headers[std::size_t(side)]->setTitle(panel.title);
        canvas(side)->setContent(std::make_shared<const HeatmapContent>(panel.content), sampler);
    }
}

void ComparePanels::setMarks(const HeatmapMarks& marks)
{
    m_marks = marks;
    for (HeatmapCanvas* canvas : m_canvases)
        canvas->setMarks(marks);
    tellAccessible(canvas(CompareSide::Difference)); // one of the three speaks
}

} // namespace headlight::ui
