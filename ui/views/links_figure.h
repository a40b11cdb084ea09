#pragma once
// Two columns of tokens and the lines between them, width and opacity by weight, one colour per head. Painted
// alike on the screen and in files.

#include "ui/views/links_content.h"
#include "ui/views/links_layout.h"
#include "ui/views/scene_text.h"

namespace headlight::ui {

/// What is under the pointer: a token of one side.
struct LinksPointer {
    std::optional<int> row, column; ///< shown tokens
    friend bool operator==(const LinksPointer&, const LinksPointer&) = default;
    bool anything() const { return row || column; }
};

/// Everything but the lines: labels, titles, and how a weight becomes a line.
class LinksPainter {
public:
    LinksPainter(const Scene& scene, const QRectF& area);

    const LinksLayout& layout() const { return m_layout; }
    bool empty() const { return m_layout.rows == 0; }
    /// `strength` 1 as they are, less for what stands behind something else.
    void paintLinks(QPainter& painter, std::span<const Link> links, double strength = 1) const;
    void paintLabels(QPainter& painter, const LinksPointer& pointer) const;
    /// The weights of the pointed token's lines at their other ends.
    void paintNumbers(QPainter& painter, std::span<const Link> links, const LinksPointer& pointer) const;

private:
    struct Side;
    void paintSide(QPainter& painter, const Side& side) const;
    QColor colourOf(const Link& link, double strength) const;
    double thickest() const;
    double lineWidth(const Link& link) const;
    void paintPixels(QPainter& painter, std::span<const Link> links, double strength) const;
    std::vector<int> chosenRows() const;
    std::vector<int> chosenColumns() const;

    Scene m_scene;
    ShownMap m_map; ///< of the first head: what rows and columns are
    const Theme& m_theme;
    LinksLayout m_layout;
    ValueScale m_scale;
    QStringList m_rowLabels, m_columnLabels;
};

/// "128 of 169 links, those at or above 0.05."
QString linksCaption(const Scene& scene, const LinksContent& content);

/// Options: "threshold", the least weight that gets a line.
class LinksFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    /// Head, query, key, weight: the strongest first.
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

} // namespace headlight::ui
