#pragma once
// Where A, B and their difference stand for the room there is; a plain struct, tested without a window.

#include <QRectF>

namespace headlight::ui {

enum class CompareShow { SideBySide, Difference };

struct CompareLayout {
    enum class Arrangement {
        Row, ///< three alike, in a row
        Large, ///< A above B at the left, the difference large beside them
        Column, ///< three alike, one below the other
        Alone, ///< the difference only
    };
    Arrangement arrangement = Arrangement::Alone;
    QRectF a, b, difference; ///< with their titles; a and b are empty when the difference stands alone

    static CompareLayout of(const QRectF& area, CompareShow show);

    /// Panels are never smaller; where they would be, only the difference is shown.
    static constexpr double leastWidth = 210, leastHeight = 170;
    static constexpr double titleHeight = 26, gap = 14;
};

} // namespace headlight::ui
