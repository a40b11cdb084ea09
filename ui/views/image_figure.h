#pragma once
// The picture with its patches tinted by what the chosen patch, word, box or [CLS] looks at; the words that
// look at it and the heads of the layer beneath.

#include "ui/views/box_marks.h"
#include "ui/views/patch_geometry.h"
#include "ui/views/word_strip.h"
#include "ui/widgets/cell_image.h"
#include "ui/widgets/heading.h"

#include <QImage>

namespace headlight::ui {

/// A rectangle of patches, ends exclusive.
struct PatchRegion {
    int firstRow = 0, lastRow = 0, firstColumn = 0, lastColumn = 0;
    bool contains(const PatchGrid::Cell& cell) const;
    /// From one corner patch to another, in any order.
    static PatchRegion between(const PatchGrid::Cell& a, const PatchGrid::Cell& b);
    /// As an option of a scene: x and width are columns, y and height rows.
    QRectF toRect() const
    {
        return QRectF(firstColumn, firstRow, lastColumn - firstColumn, lastRow - firstRow);
    }
    static std::optional<PatchRegion> of(const QVariant& option);
};

/// Where the parts of the picture's page stand.
struct ImageLayout {
    QRectF picture; ///< room for it
    QRectF side;
    QRectF words; ///< of a decoder
    std::vector<QRectF> strip; ///< one per head
    ImageLayout(const QRectF& area, const QSizeF& picture, int heads, double wordsHeight = 0);

    static constexpr double sideWidth = 170, stripLabel = 18;
};

/// What the Image view shows. Options: "brush" (QRectF of patches).
class ImagePicture {
public:
    ImagePicture() = default;
    explicit ImagePicture(const Scene& scene, Effort effort = Effort::Exact);

    bool empty() const { return m_grid.patches() == 0; }
    /// Of this layer.
    const PatchGrid& grid() const { return m_grid; }
    /// Words or boxes look at the patches, which look at nothing themselves.
    bool crosses() const { return m_crosses; }
    const BoxMarks& boxes() const { return m_boxes; }
    const WordStrip& words() const { return m_words; }
    /// Where its parts stand in `area`. Lays out the words.
    ImageLayout layout(const QRectF& area);
    QSizeF size() const { return m_size; }
    int heads() const { return int(m_heads.size()); }
    PatchGeometry geometry(const QRectF& room) const;
    const std::vector<int>& leadingTokens() const { return m_leading; }
    float weight(const PatchGrid::Cell& cell) const;
    /// The patch whose look is shown, or who is looked at.
    std::optional<PatchGrid::Cell> chosenCell() const
    {
        const auto token = m_crosses ? m_scene.selection.key : m_scene.selection.query();
        return token ? m_grid.cellOfToken(*token) : std::nullopt;
    }
    float weightOf(int token) const { return m_main.weights[std::size_t(token)]; }
    /// Sum over a region.
    double mass(const PatchRegion& region) const;

    /// The picture with everything over it but the pointer's mark.
    void paintMain(QPainter& painter, const PatchGeometry& geometry, const Theme& theme) const;
    void paintWords(QPainter& painter, const QRectF& area, const Theme& theme) const
    {
        m_words.paint(painter, area, theme);
    }
    /// Title, colour bar, chips of the leading tokens, mass inside the brush.
    void paintSide(QPainter& painter, const QRectF& area, const Theme& theme) const;
    void paintStrip(QPainter& painter, const std::vector<QRectF>& places, const Theme& theme) const;
    /// Where paintSide puts the chip of a leading token.
    QRectF chipRect(const QRectF& side, int index, const Theme& theme) const;

private:
    void readPicture(const AnalysisResult& result, Effort effort);
    void paintTint(QPainter& painter, const PatchGeometry& geometry, const Distribution& distribution) const;
    void paintSmoothTint(
        QPainter& painter, const PatchGeometry& geometry, const Distribution& distribution) const;
    void paintLines(QPainter& painter, const PatchGeometry& geometry) const;
    void paintChosen(QPainter& painter, const PatchGeometry& geometry, const Theme& theme) const;
    void paintWindow(QPainter& painter, const PatchGeometry& geometry, int query) const;
    QString chosenName() const;
    /// A patch or leading token, as the row or the column.
    bool isChosen(int token) const;
    QRgb tint(float weight, float top) const;

    Scene m_scene;
    PatchGrid m_grid;
    bool m_crosses = false;
    std::shared_ptr<const Windows> m_windows;
    BoxMarks m_boxes;
    WordStrip m_words;
    PatchGeometry::Frame m_frame = PatchGeometry::Frame::Fed;
    QSizeF m_size;
    QImage m_base, m_small; ///< the picture, and as large as the strip needs; null for raw tensors
    Distribution m_main;
    std::vector<Distribution> m_heads;
    std::vector<int> m_leading;
    std::optional<PatchRegion> m_brush;
};

class ImageFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

} // namespace headlight::ui
