// Implements svg_engine.h.

#include "ui/export/svg_engine.h"

#include <QBuffer>
#include <QFontInfo>
#include <QImage>
#include <QPixmap>
#include <cmath>

namespace headlight::ui {
namespace {

QByteArray number(double value)
{
    QByteArray text = QByteArray::number(value, 'f', 2);
    while (text.endsWith('0'))
        text.chop(1);
    if (text.endsWith('.'))
        text.chop(1);
    return text == "-0" ? QByteArray("0") : text;
}

QByteArray attribute(const char* name, const QByteArray& value)
{
    return ' ' + QByteArray(name) + "=\"" + value + '"';
}

/// Edges are rounded, not lengths: rectangles that end at one line in the figure do so in the file.
QByteArray rectAttributes(const QRectF& rect)
{
    const auto rounded = [](double place) { return std::round(place * 100) / 100; };
    const double left = rounded(rect.left()), top = rounded(rect.top());
    return attribute("x", number(left)) + attribute("y", number(top))
        + attribute("width", number(rounded(rect.right()) - left))
        + attribute("height", number(rounded(rect.bottom()) - top));
}

QByteArray opacityAttribute(const char* name, double opacity)
{
    return opacity < 1 ? attribute(name, QByteArray::number(opacity, 'g', 4)) : QByteArray();
}

/// The colour, and its opacity where it is not 1. There is no opacity of groups: shapes that overlap show it.
QByteArray colourAttributes(const char* name, const QColor& colour, double opacity = 1)
{
    return attribute(name, colour.name(QColor::HexRgb).toLatin1())
        + opacityAttribute((QByteArray(name) + "-opacity").constData(), opacity * double(colour.alphaF()));
}

QByteArray pathData(const QPainterPath& path)
{
    QByteArray data;
    const auto point = [&](int i) { return number(path.elementAt(i).x) + ' ' + number(path.elementAt(i).y); };
    for (int i = 0; i < path.elementCount(); ++i) {
        switch (path.elementAt(i).type) {
        case QPainterPath::MoveToElement:
            data += 'M' + point(i);
            break;
        case QPainterPath::LineToElement:
            data += 'L' + point(i);
            break;
        case QPainterPath::CurveToElement:
            data += 'C' + point(i) + ' ' + point(i + 1) + ' ' + point(i + 2);
            i += 2;
            break;
        case QPainterPath::CurveToDataElement:
            break;
        }
    }
    return data;
}

/// XML 1.0 has no control characters.
QByteArray xmlText(QString text)
{
    for (QChar& letter : text) {
        if (letter < u' ' || letter.unicode() >= 0xfffe)
            letter = u' ';
    }
    return text.toHtmlEscaped().toUtf8();
}

/// A run from right to left as a text of its own: what has no direction at its ends would take the file's, so
/// marks from right to left (U+200F) stand around it.
QString isolated(const QString& run, const QTextItem& item)
{
    const auto strong = [](QChar letter) {
        return letter.direction() == QChar::DirR || letter.direction() == QChar::DirAL;
    };
    if (!item.renderFlags().testFlag(QTextItem::RightToLeft) || (strong(run.front()) && strong(run.back())))
        return run;
    return QChar(0x200f) + run + QChar(0x200f);
}

QByteArray fontAttributes(const QFont& font, int perInch)
{
    const double size = font.pixelSize() > 0 ? font.pixelSize() : font.pointSizeF() * perInch / 72;
    QByteArray text = attribute("font-family", xmlText(font.family())) + attribute("font-size", number(size));
    if (font.weight() != QFont::Normal)
        text += attribute("font-weight", QByteArray::number(font.weight()));
    if (font.italic())
        text += attribute("font-style", "italic");
    if (font.letterSpacing() != 0 && font.letterSpacingType() == QFont::AbsoluteSpacing)
        text += attribute("letter-spacing", number(font.letterSpacing()));
    if (font.underline())
        text += attribute("text-decoration", "underline");
    return text;
}

constexpr QPaintEngine::PaintEngineFeatures features = QPaintEngine::AllFeatures
    & ~QPaintEngine::PaintEngineFeatures(QPaintEngine::PerspectiveTransform | QPaintEngine::PorterDuff
        | QPaintEngine::ConicalGradientFill | QPaintEngine::RadialGradientFill | QPaintEngine::BlendModes
        | QPaintEngine::RasterOpModes | QPaintEngine::PatternBrush);

} // namespace

SvgEngine::SvgEngine()
    : QPaintEngine(features)
{
}

bool SvgEngine::begin(QPaintDevice*)
{
    return true;
}

bool SvgEngine::end()
{
    leaveGroup();
    // What a browser without the font takes. Qt's renderer knows no lists of fonts; it passes over this rule.
    for (auto family = m_families.cbegin(); family != m_families.cend(); ++family)
        m_definitions += "<style>@supports (font-family:a){text[font-family=\"" + xmlText(family.key())
            + "\"]{font-family:'" + xmlText(family.key()) + (*family ? "',monospace" : "',sans-serif")
            + "}}</style>\n";
    return true;
}

void SvgEngine::updateState(const QPaintEngineState& changed)
{
    const DirtyFlags dirty = changed.state();
    if (dirty & DirtyPen)
        m_pen = changed.pen();
    if (dirty & DirtyBrush)
        m_brush = changed.brush();
    if (dirty & DirtyFont)
        m_font = changed.font();
    if (dirty & DirtyHints)
        m_hints = changed.renderHints();
    if (dirty & DirtyOpacity)
        m_opacity = changed.opacity();
    if (dirty & DirtyTransform)
        m_transform = changed.transform();
    if (dirty & DirtyClipEnabled)
        m_clips = changed.isClipEnabled();
    if (dirty & DirtyClipPath)
        setClip(changed.transform().map(changed.clipPath()), changed.clipOperation());
    if (dirty & DirtyClipRegion) {
        QPainterPath path;
        path.addRegion(changed.clipRegion());
        setClip(changed.transform().map(path), changed.clipOperation());
    }
}

void SvgEngine::setClip(const QPainterPath& devicePath, Qt::ClipOperation operation)
{
    const bool before = m_clips && !m_clip.isEmpty();
    m_clips = operation != Qt::NoClip;
    if (operation == Qt::IntersectClip && before) {
        // Rectangles stay exact rectangles; the general intersection leaves tiny edges.
        const QRectF a = m_clip.boundingRect(), b = devicePath.boundingRect();
        const auto isRect = [](const QPainterPath& path) {
            return path.elementCount() == 5
                && path.contains(path.boundingRect().adjusted(1e-3, 1e-3, -1e-3, -1e-3));
        };
        if (isRect(m_clip) && isRect(devicePath)) {
            m_clip = QPainterPath();
            m_clip.addRect(a & b);
        } else {
            m_clip = m_clip.intersected(devicePath);
        }
    } else {
        m_clip = devicePath;
    }
}

SvgEngine::Reach SvgEngine::reachOf(const QRectF& deviceBounds) const
{
    if (!m_clips)
        return Reach::Inside;
    const QRectF clip = m_clip.boundingRect();
    if (clip.isEmpty() || !clip.intersects(deviceBounds))
        return Reach::Outside;
    if (m_clip.elementCount() == 5)
        return clip.contains(deviceBounds) ? Reach::Inside : Reach::Cut;
    return m_clip.contains(deviceBounds) ? Reach::Inside : Reach::Cut;
}

QByteArray SvgEngine::clipReference()
{
    for (const auto& [path, name] : m_clipNames) {
        if (path == m_clip)
            return name;
    }
    const QByteArray name = "clip" + QByteArray::number(qsizetype(m_clipNames.size()) + 1);
    m_clipNames.emplace_back(m_clip, name);
    m_definitions += "<clipPath id=\"" + name + "\"><path d=\"" + pathData(m_clip) + "\"/></clipPath>\n";
    return name;
}

void SvgEngine::enterGroup(Reach reach, bool crisp)
{
    QByteArray wanted;
    if (reach == Reach::Cut)
        wanted += attribute("clip-path", "url(#" + clipReference() + ')');
    if (crisp)
        wanted += attribute("shape-rendering", "crispEdges");
    if (wanted == m_group)
        return;
    leaveGroup();
    m_group = wanted;
    if (!wanted.isEmpty())
        m_body += "<g" + wanted + ">\n";
}

void SvgEngine::leaveGroup()
{
    if (!m_group.isEmpty())
        m_body += "</g>\n";
    m_group.clear();
}

QByteArray SvgEngine::gradientReference(const QBrush& brush)
{
    const auto* gradient = static_cast<const QLinearGradient*>(brush.gradient());
    const QByteArray name = "gradient" + QByteArray::number(++m_gradients);
    m_definitions += "<linearGradient id=\"" + name + "\" gradientUnits=\"userSpaceOnUse\""
        + attribute("x1", number(gradient->start().x())) + attribute("y1", number(gradient->start().y()))
        + attribute("x2", number(gradient->finalStop().x()))
        + attribute("y2", number(gradient->finalStop().y())) + ">";
    for (const auto& [place, colour] : gradient->stops())
        m_definitions += "<stop" + attribute("offset", QByteArray::number(place, 'g', 5))
            + colourAttributes("stop-color", colour).replace("stop-color-opacity", "stop-opacity") + "/>";
    m_definitions += "</linearGradient>\n";
    return name;
}

QByteArray SvgEngine::fillAttributes()
{
    if (m_brush.style() == Qt::NoBrush)
        return attribute("fill", "none");
    if (m_brush.style() == Qt::LinearGradientPattern)
        return attribute("fill", "url(#" + gradientReference(m_brush) + ')')
            + opacityAttribute("fill-opacity", m_opacity);
    return colourAttributes("fill", m_brush.color(), m_opacity);
}

QByteArray SvgEngine::strokeAttributes() const
{
    if (m_pen.style() == Qt::NoPen)
        return {};
    const double width = m_pen.widthF() > 0 ? m_pen.widthF() : 1;
    QByteArray text =
        colourAttributes("stroke", m_pen.color(), m_opacity) + attribute("stroke-width", number(width));
    if (m_pen.capStyle() != Qt::FlatCap)
        text += attribute("stroke-linecap", m_pen.capStyle() == Qt::RoundCap ? "round" : "square");
    if (m_pen.joinStyle() == Qt::BevelJoin || m_pen.joinStyle() == Qt::RoundJoin)
        text += attribute("stroke-linejoin", m_pen.joinStyle() == Qt::BevelJoin ? "bevel" : "round");
    if (m_pen.style() != Qt::SolidLine) {
        QByteArray dashes;
        for (const double dash : m_pen.dashPattern())
            dashes += (dashes.isEmpty() ? "" : ",") + number(dash * width);
        text += attribute("stroke-dasharray", dashes);
    }
    return text;
}

QByteArray SvgEngine::transformAttribute() const
{
    if (m_transform.isIdentity())
        return {};
    if (m_transform.type() == QTransform::TxTranslate)
        return attribute(
            "transform", "translate(" + number(m_transform.dx()) + ' ' + number(m_transform.dy()) + ')');
    QByteArray matrix;
    for (const double part : { m_transform.m11(), m_transform.m12(), m_transform.m21(), m_transform.m22() })
        matrix += QByteArray::number(part, 'g', 7) + ' ';
    return attribute(
        "transform", "matrix(" + matrix + number(m_transform.dx()) + ' ' + number(m_transform.dy()) + ')');
}

QByteArray SvgEngine::paintAttributes()
{
    return fillAttributes() + strokeAttributes() + transformAttribute();
}

void SvgEngine::drawPath(const QPainterPath& path)
{
    const double pen = m_pen.style() == Qt::NoPen ? 0 : std::max(1.0, m_pen.widthF());
    const Reach reach = reachOf(m_transform.mapRect(path.boundingRect().adjusted(-pen, -pen, pen, pen)));
    if (reach == Reach::Outside || path.isEmpty())
        return;
    enterGroup(reach, crisp());
    const QByteArray rule = path.fillRule() == Qt::OddEvenFill && m_brush.style() != Qt::NoBrush
        ? attribute("fill-rule", "evenodd")
        : QByteArray();
    m_body += "<path" + attribute("d", pathData(path)) + rule + paintAttributes() + "/>\n";
}

void SvgEngine::drawPolygon(const QPointF* points, int count, PolygonDrawMode mode)
{
    QPainterPath path(points[0]);
    for (int i = 1; i < count; ++i)
        path.lineTo(points[i]);
    if (mode != PolylineMode) {
        path.closeSubpath();
        path.setFillRule(mode == OddEvenMode ? Qt::OddEvenFill : Qt::WindingFill);
        return drawPath(path);
    }
    const QBrush brush = m_brush;
    m_brush = Qt::NoBrush;
    drawPath(path);
    m_brush = brush;
}

void SvgEngine::drawLines(const QLineF* lines, int count)
{
    for (int i = 0; i < count; ++i) {
        const QPointF ends[]{ lines[i].p1(), lines[i].p2() };
        drawPolygon(ends, 2, PolylineMode);
    }
}

bool SvgEngine::drawPlainRect(const QRectF& rect)
{
    const bool straight = m_transform.type() <= QTransform::TxScale;
    const bool plainClip = !m_clips || m_clip.elementCount() == 5;
    if (m_pen.style() != Qt::NoPen || !straight || !plainClip || m_brush.style() != Qt::SolidPattern)
        return false;
    QRectF mapped = m_transform.mapRect(rect.normalized());
    if (m_clips)
        mapped &= m_clip.boundingRect();
    if (mapped.isEmpty())
        return true;
    enterGroup(Reach::Inside, crisp());
    m_body += "<rect" + rectAttributes(mapped) + fillAttributes() + "/>\n";
    return true;
}

void SvgEngine::drawRects(const QRectF* rects, int count)
{
    for (int i = 0; i < count; ++i) {
        if (drawPlainRect(rects[i]))
            continue;
        QPainterPath path;
        path.addRect(rects[i]);
        drawPath(path);
    }
}

void SvgEngine::drawImage(
    const QRectF& target, const QImage& image, const QRectF& source, Qt::ImageConversionFlags)
{
    // Whole pixels of the source go into the file, so its edges may stand out of the target: they are cut.
    const QRect pixels = source.toAlignedRect() & image.rect();
    if (pixels.isEmpty() || source.isEmpty())
        return;
    const double x = target.width() / source.width(), y = target.height() / source.height();
    const QRectF place(target.left() + (pixels.left() - source.left()) * x,
        target.top() + (pixels.top() - source.top()) * y, pixels.width() * x, pixels.height() * y);
    const QTransform toDevice = m_transform;
    const QPainterPath clip = m_clip;
    const bool clips = m_clips;
    if (!QRectF(target.adjusted(-1e-3, -1e-3, 1e-3, 1e-3)).contains(place)) {
        QPainterPath frame;
        frame.addRect(target);
        setClip(toDevice.map(frame), Qt::IntersectClip);
    }
    if (const Reach reach = reachOf(toDevice.mapRect(place)); reach != Reach::Outside) {
        QByteArray png;
        QBuffer buffer(&png);
        image.copy(pixels).save(&buffer, "PNG");
        enterGroup(reach, false);
        m_body += "<image" + rectAttributes(place) + attribute("preserveAspectRatio", "none")
            + (m_hints.testFlag(QPainter::SmoothPixmapTransform)
                    ? QByteArray()
                    : attribute("image-rendering", "optimizeSpeed"))
            + opacityAttribute("opacity", m_opacity) + transformAttribute()
            + attribute("xlink:href", "data:image/png;base64," + png.toBase64()) + "/>\n";
    }
    m_clip = clip;
    m_clips = clips;
}

void SvgEngine::drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source)
{
    drawImage(target, pixmap.toImage(), source, Qt::AutoColor);
}

void SvgEngine::drawTextItem(const QPointF& place, const QTextItem& item)
{
    const QString text = item.text();
    if (m_pen.style() == Qt::NoPen || text.trimmed().isEmpty())
        return;
    const QRectF bounds(place.x(), place.y() - item.ascent(), item.width(), item.ascent() + item.descent());
    const Reach reach = reachOf(m_transform.mapRect(bounds));
    if (reach == Reach::Outside)
        return;
    enterGroup(reach, false);
    m_families.insert(item.font().family(), QFontInfo(item.font()).fixedPitch());
    m_body += "<text" + attribute("x", number(place.x())) + attribute("y", number(place.y()))
        + fontAttributes(item.font(), 96) + colourAttributes("fill", m_pen.color(), m_opacity)
        + transformAttribute() + attribute("xml:space", "preserve") + '>' + xmlText(isolated(text, item))
        + "</text>\n";
}

} // namespace headlight::ui
