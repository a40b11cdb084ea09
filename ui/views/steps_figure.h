#pragma once
// The Steps in a file: the picture with its chips, and one line per key for the table. Options: "step" frames
// a step, "row" ends it at a key, "order" is "keys" or "weight".

#include "ui/views/steps_data.h"

namespace headlight::ui {

class StepsFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<QVariantMap> steps(const Scene& scene) const override;
    /// Every stage's number of every key.
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
    /// More keys than these are not drawn but for the largest weights; the table has all.
    static constexpr std::size_t mostRows = 200;
};

} // namespace headlight::ui
