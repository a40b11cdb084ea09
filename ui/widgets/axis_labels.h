#pragma once
// Token labels along the sides of a map: they thin out rather than overlap, and chosen ones always stay.

#include "ui/style/theme.h"

#include <QStringList>
#include <vector>

class QPainter;
class QPointF;
class QRectF;

namespace headlight::ui {

enum class LabelLook { Plain, Pointed, Chosen };

constexpr double labelGap = 7;

struct LabelRange {
    int first = 0, last = 0;
};

/// Which labels of a range to draw when cells are `cell` pixels apart and a label needs `needed`; those of
/// `kept` are drawn in any case and push their neighbours away.
std::vector<int> thinnedLabels(
    const LabelRange& range, double cell, double needed, const std::vector<int>& kept);

/// `chosen` labels are bold, others of `kept` merely darker.
LabelLook labelLook(int index, const std::vector<int>& kept, const std::vector<int>& chosen);

/// Room for the widest label, within reason: longer ones are elided.
double labelWidth(const QStringList& labels, const Theme& theme);
/// Height of labels of this width when slanted, and how far apart they must stand.
double slantedHeight(double width, const Theme& theme);
double slantedSpacing(const Theme& theme);

void paintRowLabel(
    QPainter& painter, const QRectF& place, const QString& label, LabelLook look, const Theme& theme);
/// Whether labels of this width stand side by side over cells so wide.
bool labelsFit(double width, double cell);
/// Upright, its middle above `foot`.
void paintStraightLabel(
    QPainter& painter, const QPointF& foot, const QString& label, LabelLook look, const Theme& theme);
/// Rising to the right from `foot`.
void paintSlantedLabel(
    QPainter& painter, const QPointF& foot, const QString& label, LabelLook look, const Theme& theme);

} // namespace headlight::ui
