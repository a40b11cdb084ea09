// What is drawn over the tinted picture: chosen patches, the window they look within, boxes.

#include "ui/views/image_figure.h"

#include <QPainter>
#include <QSet>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Image", text);
}

/// The tokens of the window that holds `query`.
QSet<std::int64_t> windowOf(const Windows& windows, std::int64_t query)
{
    for (const auto& tokens : windows.tokens) {
        if (std::ranges::find(tokens, query) != tokens.end())
            return QSet<std::int64_t>(tokens.begin(), tokens.end());
    }
    return {};
}

} // namespace

bool ImagePicture::isChosen(int token) const
{
    if (m_crosses)
        return m_scene.selection.key == token;
    return std::ranges::find(m_scene.selection.queries, token) != m_scene.selection.queries.end();
}

QString ImagePicture::chosenName() const
{
    const auto& queries = m_scene.selection.queries;
    if (m_main.averaged)
        return tr("all, on average");
    const auto words = ShownTokens::withHidden(rowAxisOf(m_scene), m_scene.display).placesOf(queries);
    if (words.size() > 1)
        return tr("%1 tokens").arg(queries.size());
    const auto boxes = chosenBoxes(m_scene.selection, *m_scene.result);
    if (boxes.size() == 1)
        return QString::fromStdString(m_scene.result->boxes[std::size_t(boxes.front())].label);
    return shownLabel(rowAxisOf(m_scene), m_scene.display, queries.front());
}

/// The outline of a window may have several parts: shifted windows wrap around the picture.
void ImagePicture::paintWindow(QPainter& painter, const PatchGeometry& geometry, int query) const
{
    const QSet<std::int64_t> window = windowOf(*m_windows, query);
    const auto inside = [&](int row, int column) {
        return row >= 0 && column >= 0 && row < m_grid.rows() && column < m_grid.columns()
            && window.contains(m_grid.token({ row, column }));
    };
    painter.setPen(QPen(QColor(255, 255, 255, 200), 1.5, Qt::DashLine));
    for (int row = 0; row < m_grid.rows(); ++row)
        for (int column = 0; column < m_grid.columns(); ++column) {
            if (!inside(row, column))
                continue;
            const QRectF cell = geometry.cellRect({ row, column });
            if (!inside(row - 1, column))
                painter.drawLine(cell.topLeft(), cell.topRight());
            if (!inside(row + 1, column))
                painter.drawLine(cell.bottomLeft(), cell.bottomRight());
            if (!inside(row, column - 1))
                painter.drawLine(cell.topLeft(), cell.bottomLeft());
            if (!inside(row, column + 1))
                painter.drawLine(cell.topRight(), cell.bottomRight());
        }
}

void ImagePicture::paintChosen(QPainter& painter, const PatchGeometry& geometry, const Theme& theme) const
{
    painter.setBrush(Qt::NoBrush);
    if (m_windows && !m_crosses)
        for (int query : m_scene.selection.queries)
            paintWindow(painter, geometry, query);
    painter.setPen(QPen(Qt::white, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    std::vector<int> patches = m_scene.selection.queries;
    if (m_crosses)
        patches = m_scene.selection.key ? std::vector{ *m_scene.selection.key } : std::vector<int>{};
    for (int patch : patches) {
        if (const auto cell = m_grid.cellOfToken(patch))
            painter.drawRect(geometry.cellRect(*cell).adjusted(1, 1, -1, -1));
    }
    m_boxes.paint(painter, geometry.target, theme);
}

} // namespace headlight::ui
