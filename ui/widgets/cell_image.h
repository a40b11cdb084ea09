#pragma once
// Weights to pixels: one colour lookup per number, one image that is reused from paint to paint.

#include "core/tensor/tensor.h"
#include "core/trace/attention_map.h"
#include "ui/session/display_settings.h"
#include "ui/style/colour_line.h"
#include "ui/style/colour_map.h"

#include <QImage>
#include <QRectF>

class QPainter;

namespace headlight::ui {

/// The colour of a place on the colour bar. Weights are never negative: a diverging map gives its upper half.
QRgb colourOf(const ColourMap& map, float position);

/// How the weights of a map become colours.
struct CellColours {
    const ColourMap* map = nullptr;
    Scale scale = Scale::Linear;
    std::vector<float> tops{ 1.0f }; ///< what 1 on the colour bar stands for: of all rows, or of each
    bool isSigned = false; ///< differences: 0 is the middle of the map, −top and top are its ends

    bool perRow() const { return tops.size() > 1; }
    /// From the weights of a row to their colours.
    ColourLine ofRow(std::int64_t row) const;
    QRgb colour(float weight, std::int64_t row) const;
};

/// Weights of a part of a map. Shapes: [h,w], at most one number per cell of the block; fewer when pooled.
struct CellValues {
    Block block{ 0, 0, 0, 0 };
    Tensor values;

    bool empty() const { return values.empty() || values.count() == 0; }
    bool exact() const
    {
        return !empty() && values.shape()[0] == block.rows() && values.shape()[1] == block.columns();
    }
    bool covers(const Block& wanted) const;
    /// One weight of an exact block.
    float at(std::int64_t row, std::int64_t column) const;
};

/// Fills `image` (Format_RGB32) with `window`, given in cells of the map. Cells that share a pixel are
/// pooled (of differences the one farthest from 0 is the largest); what `cells` does not cover stays
/// untouched.
void paintCells(QImage& image, const CellValues& cells, const QRectF& window, const CellColours& colours,
    Pooling pooling);

/// The same as shapes: a rectangle for every run of pixels of one colour.
void paintAsCells(QPainter& painter, const QRectF& area, const QImage& image);

/// A whole map as a small picture, one pixel per number.
QImage thumbnailImage(const Tensor& values, const CellColours& colours);

} // namespace headlight::ui
