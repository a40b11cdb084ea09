// Implements clipboard.h.

#include "ui/export/clipboard.h"

#include "ui/export/export_figure.h"
#include "ui/export/numbers.h"

#include <QApplication>
#include <QClipboard>
#include <QImage>
#include <QMimeData>

namespace headlight::ui {
namespace {

/// Numbers: as text they would take some 30 MB.
constexpr std::int64_t mostCopied = 2'000'000;

/// What goes onto the clipboard: one of them.
struct Content {
    QImage picture;
    QByteArray svg;
    QString text;
};

Expected<Content> contentOf(const CopyWanted& wanted)
{
    Content content;
    if (!wanted.scene.result || !wanted.view->available(*wanted.scene.result))
        return Error{ ErrorKind::Unsupported, wanted.view->needs.toStdString() };
    switch (wanted.as) {
    case CopyAs::Numbers:
        if (const QSize cells = wanted.view->figure().cells(wanted.scene);
            std::int64_t(cells.width()) * cells.height() > mostCopied)
            return Error{ ErrorKind::BadInput,
                "These are too many numbers for a clipboard; save them as NPZ or safetensors." };
        content.text = tabSeparated(wanted.view->figure().table(wanted.scene));
        return content;
    case CopyAs::Svg: {
        HEADLIGHT_TRY(
            content.svg, figureBytes(*wanted.view, wanted.scene, ExportFormat::Svg, wanted.options));
        return content;
    }
    case CopyAs::Picture:
        HEADLIGHT_TRY_STATUS(checkOptions(wanted.options));
        content.picture = figureImage(*wanted.view, wanted.scene, wanted.options);
        break;
    }
    if (content.picture.isNull())
        return Error{ ErrorKind::BadInput,
            "The picture is too large for the memory there is; choose a smaller size." };
    return content;
}

void put(const Content& content)
{
    auto* data = new QMimeData;
    if (!content.picture.isNull())
        data->setImageData(content.picture);
    if (!content.svg.isEmpty()) {
        data->setData(QStringLiteral("image/svg+xml"), content.svg);
        data->setText(QString::fromUtf8(content.svg));
    }
    if (!content.text.isEmpty())
        data->setText(content.text);
    QApplication::clipboard()->setMimeData(data);
}

} // namespace

void copyFigure(AsyncJob& job, QObject* receiver, const CopyWanted& wanted, std::function<void(Status)> done)
{
    // Answers of an AsyncJob are copied by the future they travel in.
    using Answer = std::shared_ptr<Expected<Content>>;
    job.start<Answer>(
        receiver,
        [wanted](const std::stop_token&) { return std::make_shared<Expected<Content>>(contentOf(wanted)); },
        [done = std::move(done)](const Answer& answer) {
            if (!*answer)
                return done(answer->error());
            put(**answer);
            done({});
        });
}

} // namespace headlight::ui
