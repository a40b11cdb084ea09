#pragma once
// One writer per format, for export_figure.cpp: each gives the whole content of a file.

#include "ui/export/figure_size.h"

#include <QByteArray>
#include <QColor>
#include <QList>
#include <QPair>
#include <functional>

class QImage;
class QPainter;
class QRectF;

namespace headlight::ui {

/// A figure ready to be drawn, and what goes beside it.
struct Drawing {
    std::function<void(QPainter& painter, const QRectF& area)> paint;
    FigureSize size;
    QColor background; ///< invalid: transparent
    QString title;
    QList<QPair<QString, QString>> metadata;
};

QImage rasterised(const Drawing& drawing);
QByteArray pngBytes(const Drawing& drawing);
QByteArray svgBytes(const Drawing& drawing);
QByteArray pdfBytes(const Drawing& drawing);
/// RFC 4180, UTF-8, lines end in \n.
QByteArray csvBytes(const std::vector<std::vector<QString>>& table);

} // namespace headlight::ui
