#pragma once
// Where each head's thumbnail stands: pixels to places and back, as a plain struct without a window.

#include <QPointF>
#include <QRectF>
#include <optional>

namespace headlight::ui {

struct GridLayout {
    /// Labels beside the rows and above the columns, or one under each thumbnail.
    enum class Labels { Sides, Beneath };

    QRectF area; ///< of the thumbnails alone
    int rows = 0, columns = 0;
    Labels labels = Labels::Sides;
    QSizeF cell; ///< a thumbnail with the gap after it
    QSizeF thumbnail;
    double labelsWidth = rowLabelWidth; ///< of the row labels, with the gap after them

    static constexpr double rowLabelWidth = 56, columnLabelHeight = 20, captionHeight = 16;
    static constexpr double largestThumbnail = 180;

    /// Everything on one screen: thumbnails as large as `room` allows, at most half again as wide as high.
    static GridLayout fitted(const QRectF& room, int rows, int columns, Labels labels, double labelsWidth = rowLabelWidth);

    QRectF rect(int place) const;
    /// The place under a point, gaps included; none outside.
    std::optional<int> placeAt(const QPointF& point) const;
};

/// How many columns put `count` cells of about the given aspect best into `room`.
int columnsFor(const QSizeF& room, int count, double aspect);

} // namespace headlight::ui
