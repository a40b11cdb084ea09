#pragma once
// All heads of a model as one small map, a square per head coloured by a statistic: shows where in the model
// one is, and a click goes elsewhere.

#include "ui/style/colour_map.h"
#include "ui/style/theme.h"
#include "ui/widgets/accessible_map.h"

#include <QRectF>
#include <QWidget>
#include <optional>
#include <vector>

namespace headlight::ui {

struct OverviewContent {
    struct Head {
        int layer = 0, head = 0;
        float value = 0; ///< of the statistic
        QString tip;
        bool faded = false;
    };
    QString caption; ///< "layer × head, by entropy"
    std::vector<int> layers; ///< in the order of the rows
    int heads = 0; ///< columns
    std::vector<Head> values;
    const ColourMap* map = nullptr;

    /// Squares as large as `area` allows, at most 24 pixels.
    double side(const QRectF& area) const;
    QRectF square(const QRectF& area, const Head& head) const;
    /// `chosen` is framed: a layer and its chosen heads.
    void paint(QPainter& painter, const QRectF& area, int chosenLayer, const std::vector<int>& chosenHeads,
        const Theme& theme) const;
    double heightFor(double width) const;
    /// Room for the squares and the caption, at most 180 pixels.
    double naturalWidth(const Theme& theme) const;
};

class OverviewMap : public QWidget {
    Q_OBJECT
public:
    explicit OverviewMap(QWidget* parent = nullptr);
    void setContent(const OverviewContent& content);
    void setChosen(int layer, const std::vector<int>& heads);

signals:
    void headClicked(int layer, int head, Qt::KeyboardModifiers modifiers);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    AccessibleMap accessible();
    const OverviewContent::Head* headAt(const QPointF& pixel) const;

    OverviewContent m_content;
    int m_layer = 0;
    std::vector<int> m_heads;
};

} // namespace headlight::ui
