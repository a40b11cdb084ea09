#pragma once
// What QPainter draws, as elements of an SVG. Part of svg_device.cpp.

#include <QMap>
#include <QPaintEngine>
#include <QPainterPath>
#include <QTransform>

namespace headlight::ui {

class SvgEngine final : public QPaintEngine {
public:
    SvgEngine();

    bool begin(QPaintDevice* device) override;
    bool end() override;
    void updateState(const QPaintEngineState& changed) override;
    void drawPath(const QPainterPath& path) override;
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override;
    void drawLines(const QLineF* lines, int count) override;
    void drawRects(const QRectF* rects, int count) override;
    void drawImage(const QRectF& target, const QImage& image, const QRectF& source,
        Qt::ImageConversionFlags flags) override;
    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override;
    void drawTextItem(const QPointF& place, const QTextItem& item) override;
    Type type() const override { return SVG; }

    using QPaintEngine::drawLines;
    using QPaintEngine::drawPolygon;
    using QPaintEngine::drawRects;

    const QByteArray& body() const { return m_body; }
    const QByteArray& definitions() const { return m_definitions; }

private:
    /// How the clip meets what is drawn.
    enum class Reach { Inside, Cut, Outside };
    Reach reachOf(const QRectF& deviceBounds) const;
    void setClip(const QPainterPath& devicePath, Qt::ClipOperation operation);
    /// Opens the group that the next element belongs to.
    void enterGroup(Reach reach, bool crisp);
    void leaveGroup();
    QByteArray clipReference();
    QByteArray paintAttributes();
    QByteArray fillAttributes();
    QByteArray strokeAttributes() const;
    QByteArray transformAttribute() const;
    QByteArray gradientReference(const QBrush& brush);
    /// An axis-parallel rectangle without an outline, cut to the clip: most of what is drawn.
    bool drawPlainRect(const QRectF& rect);
    bool crisp() const { return !m_hints.testFlag(QPainter::Antialiasing); }

    QByteArray m_body, m_definitions, m_group;
    QPen m_pen;
    QBrush m_brush;
    QFont m_font;
    QTransform m_transform;
    QPainter::RenderHints m_hints;
    double m_opacity = 1;
    bool m_clips = false;
    QPainterPath m_clip; ///< in pixels of the device
    std::vector<std::pair<QPainterPath, QByteArray>> m_clipNames;
    QMap<QString, bool> m_families; ///< of texts; whether their letters are equally wide
    int m_gradients = 0;
};

} // namespace headlight::ui
