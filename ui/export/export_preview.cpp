// Implements export_preview.h.

#include "ui/export/export_preview.h"

#include "ui/export/export_figure.h"
#include "ui/export/figure_size.h"
#include "ui/export/numbers.h"
#include "ui/widgets/labels.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ExportPreview", text);
}

/// Where the figure ends, also when its ground is that of the dialog.
QPixmap framed(QPixmap picture)
{
    QPainter painter(&picture);
    painter.setPen(currentTheme().border);
    const QSizeF size = picture.deviceIndependentSize();
    painter.drawRect(QRectF(0, 0, size.width() - 1, size.height() - 1));
    return picture;
}

QString sizeText(const FigureSize& size)
{
    const QSize pixels = size.pixels();
    const QSizeF paper = size.millimetres();
    return tr("%1 × %2 pixels at %3 dpi, %4 × %5 mm.")
        .arg(pixels.width())
        .arg(pixels.height())
        .arg(size.dpi)
        .arg(std::lround(paper.width()))
        .arg(std::lround(paper.height()));
}

QString factsOf(const ExportPreview::Wanted& wanted, const FigureSize& size, int frames)
{
    if (isTensors(wanted.format))
        return numbersText(*wanted.view, wanted.scene) + u' '
            + tr("Tokens, model and settings are in its metadata.");
    switch (wanted.format) {
    case ExportFormat::Csv:
        return tr("The numbers behind the picture, exactly, with a header row.");
    case ExportFormat::Gif:
        return tr("%1 pictures. ").arg(frames) + sizeText(size);
    case ExportFormat::Png:
        return wanted.animation
            ? tr("%1 files, name-0001.png to name-%2.png. ").arg(frames).arg(frames, 4, 10, QLatin1Char('0'))
                + sizeText(size)
            : sizeText(size);
    default:
        break;
    }
    const QString raster = rasterText(*wanted.view, wanted.scene);
    const QSizeF paper = size.millimetres();
    return tr("%1 × %2 mm. ").arg(std::lround(paper.width())).arg(std::lround(paper.height()))
        + (raster.isEmpty() ? tr("Text stays text, cells stay shapes.") : raster);
}

} // namespace

QString rasterText(const ViewDescriptor& view, const Scene& scene)
{
    const QSize cells = view.figure().cells(scene);
    if (std::int64_t(cells.width()) * cells.height() <= Figure::vectorCellLimit)
        return {};
    return tr("%L1 × %L2 cells are drawn as one image inside; lines and text stay vector.")
        .arg(cells.width())
        .arg(cells.height());
}

ExportPreview::ExportPreview(QWidget* parent)
    : QWidget(parent)
    , m_picture(new QLabel(this))
    , m_facts(mutedLabel({}, this))
{
    m_picture->setFixedSize(room);
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setAccessibleName(QCoreApplication::translate("ExportPreview", "Preview"));
    m_facts->setWordWrap(true);
    m_facts->setMinimumHeight(3 * fontMetrics().height());
    m_facts->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* all = column(this, metrics::gap);
    all->addWidget(m_picture);
    all->addWidget(m_facts, 1);
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, [this] {
        ++m_frame;
        draw();
    });
}

void ExportPreview::show(Wanted wanted)
{
    m_wanted = std::move(wanted);
    m_frame = 0;
    m_next.stop();
    draw();
}

ExportPreview::Drawn ExportPreview::drawn(const Wanted& wanted, int frame, const QSize& room, double ratio)
{
    Drawn out;
    Scene scene = wanted.scene;
    ExportOptions options = wanted.options;
    if (wanted.animation) {
        const auto frames = framesOf(*wanted.view, wanted.scene, wanted.animation->kind);
        out.frames = std::max(1, int(frames.size()));
        if (!frames.empty())
            scene = frames[std::size_t(frame % out.frames)];
        options.natural = commonSize(*wanted.view, frames);
    }
    if (options.natural.isEmpty())
        options.natural = wanted.view->figure().naturalSize(scene);
    const FigureSize size = FigureSize::of(options, options.natural);
    out.facts = factsOf(wanted, size, out.frames);
    const double factor = std::min(room.width() / size.layout.width(), room.height() / size.layout.height());
    out.picture = figureImage(*wanted.view, scene, size.layout, factor * ratio, options.transparent);
    out.picture.setDevicePixelRatio(ratio);
    return out;
}

void ExportPreview::draw()
{
    if (!m_wanted.view || !m_wanted.scene.result)
        return;
    m_job.start<Drawn>(
        this,
        [wanted = m_wanted, frame = m_frame, ratio = devicePixelRatioF()](
            const std::stop_token&) { return drawn(wanted, frame, room, ratio); },
        [this](Drawn drawn) {
            m_facts->setText(drawn.facts);
            m_picture->setPixmap(framed(QPixmap::fromImage(std::move(drawn.picture))));
            if (m_wanted.animation && drawn.frames > 1)
                m_next.start(m_wanted.animation->delay);
        });
}

} // namespace headlight::ui
