#pragma once
// Between pixels of the screen and patches of the picture, as a plain struct without a window.

#include "core/vision/patch_grid.h"

#include <QRectF>
#include <QSizeF>

namespace headlight::ui {

struct PatchGeometry {
    PatchGrid grid;
    /// Whether patches are placed in the original picture, or in what the model was fed.
    enum class Frame { Original, Fed };
    Frame frame = Frame::Fed;
    QSizeF picture; ///< its own pixels
    QRectF target; ///< where it is drawn

    /// The picture as large as `room` allows, small ones enlarged.
    static QRectF fitted(const QSizeF& picture, const QRectF& room);

    QRectF cellRect(const PatchGrid::Cell& cell) const;
    /// All patches together; what lies outside was not seen by the model.
    QRectF seen() const;
    std::optional<PatchGrid::Cell> cellAt(const QPointF& pixel) const;
};

} // namespace headlight::ui
