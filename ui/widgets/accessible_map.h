#pragma once
// What a screen reader hears of a widget that paints cells: a table whose cells are made when they are asked
// for, so that a map of 8,000 × 8,000 costs nothing. "row it, column animal, 0.62".

#include <QRect>
#include <QString>

#include <functional>
#include <optional>

class QWidget;

namespace headlight::ui {

struct AccessibleCell {
    int row = 0, column = 0;
    friend bool operator==(const AccessibleCell&, const AccessibleCell&) = default;
};

/// All of a map that can be heard. Functions that are left out say nothing. They are called on the GUI
/// thread, while the widget lives; what they capture must live as long.
struct AccessibleMap {
    std::function<int()> rows, columns;
    std::function<QString(int)> rowName, columnName; ///< "it", "animal"; empty: not said
    std::function<QString(AccessibleCell)> value; ///< "0.62"
    std::function<std::optional<AccessibleCell>()> current; ///< chosen or pointed at
    std::function<QRect(AccessibleCell)> place; ///< in the widget
    std::function<void(AccessibleCell)> choose; ///< a press by the screen reader
};

/// Once, where the widget is made. Its accessible name is what the table is called.
void makeAccessible(QWidget* widget, AccessibleMap map);
/// The current cell or the numbers changed: a screen reader that listens says the cell. Cheap when nobody
/// listens.
void tellAccessible(QWidget* widget);
/// What it was told last; empty before that.
QString toldLast(const QWidget* widget);
/// "row it, column animal, 0.62"
QString spoken(const AccessibleMap& map, AccessibleCell cell);
/// A weight as it is said: two digits that matter.
QString spokenWeight(float weight);

} // namespace headlight::ui
