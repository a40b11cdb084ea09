// Draws the picture, its tint and what stands beside it. Colours are looked up per patch, or per pixel when
// smooth.

#include "ui/session/pictures.h"
#include "ui/views/image_figure.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heatmap_painter.h"

#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double chipHeight = 24, chipGap = 6, stripHeight = 84, wide = metrics::wideGap;

QString tr(const char* text)
{
    return QCoreApplication::translate("Image", text);
}

/// Half the height of the page belongs to the picture at least.
double stripRoom(const QRectF& area, int heads)
{
    return heads > 1 ? std::min(stripHeight + ImageLayout::stripLabel, area.height() * 0.28) : 0;
}

} // namespace

bool PatchRegion::contains(const PatchGrid::Cell& cell) const
{
    return cell.row >= firstRow && cell.row < lastRow && cell.column >= firstColumn
        && cell.column < lastColumn;
}

PatchRegion PatchRegion::between(const PatchGrid::Cell& a, const PatchGrid::Cell& b)
{
    return { std::min(a.row, b.row), std::max(a.row, b.row) + 1, std::min(a.column, b.column),
        std::max(a.column, b.column) + 1 };
}

std::optional<PatchRegion> PatchRegion::of(const QVariant& option)
{
    const QRect cells = option.toRectF().toRect();
    if (cells.isEmpty())
        return std::nullopt;
    return PatchRegion{ cells.top(), cells.top() + cells.height(), cells.left(),
        cells.left() + cells.width() };
}

ImageLayout::ImageLayout(const QRectF& area, const QSizeF& pictureSize, int heads, double wordsHeight)
{
    const double below = stripRoom(area, heads);
    const bool withSide = area.width() > 2 * sideWidth;
    const double wordsRoom = wordsHeight > 0 ? wordsHeight + 8 : 0;
    picture = area.adjusted(0, 0, withSide ? -sideWidth - wide : 0, (below > 0 ? -below - 8 : 0) - wordsRoom);
    const QRectF drawn = PatchGeometry::fitted(pictureSize, picture);
    side = withSide ? QRectF(drawn.right() + wide, area.top(), sideWidth, std::max(drawn.height(), 60.0))
                    : QRectF();
    if (wordsHeight > 0)
        words = QRectF(area.left(), drawn.bottom() + 8, area.width(), wordsHeight);
    if (below <= 0 || pictureSize.isEmpty())
        return;
    const double height = below - stripLabel, natural = height * pictureSize.width() / pictureSize.height();
    const double step = std::min(natural + 8, area.width() / heads),
                 width = std::max(4.0, step - std::min(8.0, step * 0.1));
    for (int head = 0; head < heads; ++head) {
        const QSizeF thumb(width, std::min(height, width * pictureSize.height() / pictureSize.width()));
        strip.emplace_back(QPointF(area.left() + head * step, area.bottom() - below), thumb);
    }
}

ImagePicture::ImagePicture(const Scene& scene, Effort effort)
    : m_scene(scene)
{
    const ShownMap map(scene);
    if (map.empty() || !map.columnAxis().grid())
        return;
    m_grid = *map.columnAxis().grid();
    m_crosses = map.crosses();
    m_windows = map.map().layer().windows;
    m_boxes = BoxMarks(scene);
    if (m_boxes.empty())
        m_words = WordStrip(scene, map);
    readPicture(*scene.result, effort);
    m_main = distributionOf(scene, map, effort);
    for (int head = 0; head < map.map().layer().heads; ++head)
        m_heads.push_back(distributionOf(scene, ShownMap(scene, scene.selection.layer, { head }), effort));
    for (int token = 0; token < m_grid.leadingTokens; ++token)
        m_leading.push_back(token);
    m_brush = PatchRegion::of(scene.options.value(QStringLiteral("brush")));
}

ImageLayout ImagePicture::layout(const QRectF& area)
{
    m_words.lay(area.width(), themeOf(m_scene));
    return ImageLayout(area, m_size, heads(), m_words.height());
}

void ImagePicture::readPicture(const AnalysisResult& result, Effort effort)
{
    m_size = QSizeF(m_grid.model.width, m_grid.model.height);
    const bool own = !result.picture.empty();
    const Image& picture = own || !result.image ? result.picture : result.image->resized;
    if (picture.empty())
        return;
    if (own)
        m_frame = PatchGeometry::Frame::Original;
    m_size = QSizeF(picture.width(), picture.height());
    const ScreenPicture copies = screenPicture(picture);
    m_base = effort == Effort::Prompt ? copies.whole : toQImage(picture);
    m_small = copies.small;
}

PatchGeometry ImagePicture::geometry(const QRectF& room) const
{
    return { m_grid, m_frame, m_size, PatchGeometry::fitted(m_size, room) };
}

float ImagePicture::weight(const PatchGrid::Cell& cell) const
{
    const auto token = std::size_t(m_grid.token(cell));
    return token < m_main.weights.size() ? m_main.weights[token] : 0.0f;
}

double ImagePicture::mass(const PatchRegion& region) const
{
    double sum = 0;
    for (int row = region.firstRow; row < std::min(region.lastRow, m_grid.rows()); ++row)
        for (int column = region.firstColumn; column < std::min(region.lastColumn, m_grid.columns());
             ++column)
            sum += double(weight({ row, column }));
    return sum;
}

QRgb ImagePicture::tint(float weight, float top) const
{
    return colourOf(colourMap(m_scene.display.colourMap), ValueScale(m_scene.display.scale, top)(weight));
}

void ImagePicture::paintTint(
    QPainter& painter, const PatchGeometry& geometry, const Distribution& distribution) const
{
    painter.save();
    painter.setOpacity(m_scene.display.imageOverlay);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(geometry.target, Qt::IntersectClip);
    if (m_scene.display.smoothImage)
        paintSmoothTint(painter, geometry, distribution);
    else
        for (int row = 0; row < m_grid.rows(); ++row)
            for (int column = 0; column < m_grid.columns(); ++column) {
                const auto token = std::size_t(m_grid.token({ row, column }));
                painter.fillRect(geometry.cellRect({ row, column }),
                    QColor(tint(distribution.weights[token], distribution.top)));
            }
    painter.restore();
}

void ImagePicture::paintSmoothTint(
    QPainter& painter, const PatchGeometry& geometry, const Distribution& distribution) const
{
    // Weights, not colours, are interpolated: between a low and a high one lies every colour of the bar.
    constexpr int perPatch = 12;
    QImage image(m_grid.columns() * perPatch, m_grid.rows() * perPatch, QImage::Format_RGB32);
    const auto at = [&](int row, int column) {
        const PatchGrid::Cell cell{ std::clamp(row, 0, m_grid.rows() - 1),
            std::clamp(column, 0, m_grid.columns() - 1) };
        return double(distribution.weights[std::size_t(m_grid.token(cell))]);
    };
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const double row = (y + 0.5) / perPatch - 0.5, column = (x + 0.5) / perPatch - 0.5;
            const int r = int(std::floor(row)), c = int(std::floor(column));
            const double upper = std::lerp(at(r, c), at(r, c + 1), column - c);
            const double lower = std::lerp(at(r + 1, c), at(r + 1, c + 1), column - c);
            image.setPixel(x, y, tint(float(std::lerp(upper, lower, row - r)), distribution.top));
        }
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(geometry.seen(), image);
}

void ImagePicture::paintLines(QPainter& painter, const PatchGeometry& geometry) const
{
    const QRectF seen = geometry.seen();
    if (seen.width() / m_grid.columns() < 6)
        return;
    painter.setPen(QPen(QColor(0, 0, 0, 46), 1));
    for (int row = 1; row < m_grid.rows(); ++row) {
        const double y = geometry.cellRect({ row, 0 }).top();
        painter.drawLine(QPointF(seen.left(), y), QPointF(seen.right(), y));
    }
    for (int column = 1; column < m_grid.columns(); ++column) {
        const double x = geometry.cellRect({ 0, column }).left();
        painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()));
    }
}

void ImagePicture::paintMain(QPainter& painter, const PatchGeometry& geometry, const Theme& theme) const
{
    painter.save();
    painter.setClipRect(geometry.target.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (m_base.isNull())
        painter.fillRect(geometry.target, theme.surface);
    else
        painter.drawImage(geometry.target, m_base);
    paintTint(painter, geometry, m_main);
    painter.setRenderHint(QPainter::Antialiasing, false);
    paintLines(painter, geometry);
    if (m_brush) {
        painter.setBrush(Qt::NoBrush);
        const QRectF region = geometry.cellRect({ m_brush->firstRow, m_brush->firstColumn })
                                  .united(geometry.cellRect({ std::min(m_brush->lastRow, m_grid.rows()) - 1,
                                      std::min(m_brush->lastColumn, m_grid.columns()) - 1 }));
        painter.setPen(QPen(theme.highlight, 2, Qt::DashLine));
        painter.drawRect(region);
    }
    paintChosen(painter, geometry, theme);
    painter.restore();
}

QRectF ImagePicture::chipRect(const QRectF& side, int index, const Theme& theme) const
{
    const double top = side.top() + 22 + 30;
    const double width =
        QFontMetricsF(theme.small)
            .horizontalAdvance(tokenLabel(columnAxisOf(m_scene), m_leading[std::size_t(index)]))
        + 20;
    return { side.left(), top + index * (chipHeight + chipGap), width, chipHeight };
}

void ImagePicture::paintSide(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (area.isEmpty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    const bool back =
        m_scene.display.direction == TokenDirection::LookedAtBy && !m_main.averaged && !m_crosses;
    painter.drawText(QRectF(area.left(), area.top(), area.width(), 18), int(Qt::AlignLeft) | Qt::TextDontClip,
        back ? tr("attention to") : tr("attention from"));
    painter.setFont(theme.title);
    painter.setPen(theme.text);
    painter.drawText(QRectF(area.left(), area.top() + 18, area.width(), 28),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
        QFontMetricsF(theme.title).elidedText(chosenName(), Qt::ElideRight, area.width()));
    painter.setFont(theme.small);
    const TokenAxis columns = columnAxisOf(m_scene);
    for (int i = 0; i < int(m_leading.size()); ++i) {
        const QRectF chip = chipRect(area, i, theme);
        const bool chosen = isChosen(m_leading[std::size_t(i)]);
        painter.setPen(chosen ? theme.accent : theme.border);
        painter.setBrush(chosen ? theme.accentSoft : theme.panel);
        painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), chipHeight / 2, chipHeight / 2);
        painter.setPen(chosen ? theme.accent : theme.text);
        painter.drawText(chip, Qt::AlignCenter, tokenLabel(columns, m_leading[std::size_t(i)]));
    }
    const double top = area.top() + 62 + double(m_leading.size()) * (chipHeight + chipGap);
    const double height = m_scene.parts.legend ? std::clamp(area.bottom() - top - 50, 60.0, 220.0) : 0;
    if (m_scene.parts.legend)
        ColourBar{
            &colourMap(m_scene.display.colourMap), m_scene.display.scale, m_main.top, false, {}
        }.paint(painter, QRectF(area.left(), top, area.width(), height), theme);
    if (m_brush) {
        const int count =
            (m_brush->lastRow - m_brush->firstRow) * (m_brush->lastColumn - m_brush->firstColumn);
        painter.setPen(theme.text);
        painter.drawText(QRectF(area.left(), top + height + 10, area.width(), 36),
            int(Qt::AlignLeft) | Qt::TextDontClip | Qt::TextWordWrap,
            tr("mass inside the brush %1\n%2 of %3 patches")
                .arg(mass(*m_brush), 0, 'f', 3)
                .arg(count)
                .arg(m_grid.patches()));
    }
    painter.restore();
}

void ImagePicture::paintStrip(QPainter& painter, const std::vector<QRectF>& places, const Theme& theme) const
{
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setFont(theme.small);
    const auto& chosen = m_scene.selection.heads;
    for (std::size_t head = 0; head < places.size() && head < m_heads.size(); ++head) {
        const QRectF& place = places[head];
        const PatchGeometry geometry{ m_grid, m_frame, m_size, place };
        if (m_base.isNull())
            painter.fillRect(place, theme.surface);
        else
            painter.drawImage(place, m_small);
        paintTint(painter, geometry, m_heads[head]);
        const bool isChosen = std::ranges::find(chosen, int(head)) != chosen.end();
        if (isChosen) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.accent, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            painter.drawRect(place);
        }
        painter.setPen(isChosen ? theme.accent : theme.mutedText);
        const QString label = tr("head %1").arg(head);
        const bool fits = QFontMetricsF(theme.small).horizontalAdvance(label) <= place.width() + 6;
        painter.drawText(QRectF(place.left(), place.bottom() + 2, place.width(), ImageLayout::stripLabel),
            int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, fits ? label : QString::number(head));
    }
    painter.restore();
}

} // namespace headlight::ui
