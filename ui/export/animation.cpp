// Implements animation.h.

#include "ui/export/animation.h"

#include "core/io/file.h"
#include "ui/export/export_figure.h"
#include "ui/export/figure_size.h"
#include "ui/export/gif.h"
#include "ui/export/metadata.h"
#include "ui/session/sites.h"
#include "ui/session/written.h"

#include <QCoreApplication>
#include <QImage>
#include <fmt/format.h>

namespace headlight::ui {
namespace {

constexpr std::pair<AnimationKind, const char*> ids[]{
    { AnimationKind::Layers, "layers" },
    { AnimationKind::Heads, "heads" },
    { AnimationKind::Generation, "generation" },
    { AnimationKind::Steps, "steps" },
};
constexpr int mostGifSide = 65'535;

QString tr(const char* text)
{
    return QCoreApplication::translate("Animation", text);
}

class Frames {
public:
    Frames(const ViewDescriptor& view, const Scene& scene)
        : m_view(view)
        , m_scene(scene)
    {
    }

    void add(Scene frame, const QString& place)
    {
        if (!m_view.available(*frame.result, frame.selection))
            return;
        if (m_view.computation && frame.selection.layer != m_scene.selection.layer)
            frame.computation = frame.result->trace->computation(frame.selection.site());
        if (m_view.computation && !frame.computation)
            return;
        if (!frame.title.isEmpty() && !place.isEmpty())
            frame.title += QStringLiteral(" · ") + place;
        m_frames.push_back(std::move(frame));
    }
    void addLayers()
    {
        for (const auto& layer : layersOf(*m_scene.result, SiteGroup::of(m_scene.selection))) {
            Scene frame = m_scene;
            frame.selection.layer = layer->site.layer;
            frame.selection = clamped(frame.selection, *frame.result);
            add(std::move(frame), tr("layer %1").arg(layer->site.layer));
        }
    }
    void addHeads()
    {
        const auto layer = layerOf(*m_scene.result, m_scene.selection);
        for (int head = 0; layer && head < layer->heads; ++head) {
            Scene frame = m_scene;
            frame.selection.heads = { head };
            add(std::move(frame), tr("head %1").arg(head));
        }
    }
    void addWritten()
    {
        const auto written = writtenIn(*m_scene.result);
        for (int shown = 0; written && shown <= written->count; ++shown) {
            Scene frame = m_scene;
            frame.display = whenWritten(m_scene.display, shown, *written);
            frame.selection = whenWritten(m_scene.selection, shown, *frame.result);
            add(std::move(frame), {});
        }
    }
    void addSteps()
    {
        for (const QVariantMap& step : m_view.figure().steps(m_scene)) {
            Scene frame = m_scene;
            frame.options.insert(step);
            add(std::move(frame), {});
        }
    }
    std::vector<Scene> take() { return m_frames.size() < 2 ? std::vector<Scene>() : std::move(m_frames); }

private:
    const ViewDescriptor& m_view;
    const Scene& m_scene;
    std::vector<Scene> m_frames;
};

QByteArray comment(
    const ViewDescriptor& view, const Scene& scene, const ExportOptions& options, const Animation& how)
{
    auto metadata = figureMetadata(view, scene, options);
    for (auto& [name, value] : metadata) {
        if (name == QLatin1String("command"))
            value += QStringLiteral(" --animate %1 --delay %2%3")
                         .arg(id(how.kind))
                         .arg(how.delay)
                         .arg(how.loop ? QString() : QStringLiteral(" --once"));
    }
    metadata << qMakePair(QStringLiteral("animate"), id(how.kind))
             << qMakePair(QStringLiteral("delay"), QStringLiteral("%1 ms").arg(how.delay));
    return metadataLine(metadata).toUtf8();
}

std::string phase(std::size_t frame, std::size_t count)
{
    return fmt::format("drawing {} of {}", frame + 1, count);
}

Error notDrawn(const std::filesystem::path& path)
{
    return { ErrorKind::BadInput,
        fmt::format(
            "{} could not be drawn at this size; choose a smaller size or fewer dpi.", path.string()) };
}

/// The frames as they are drawn, and where they go.
struct Film {
    const ViewDescriptor& view;
    const std::vector<Scene>& frames;
    const std::filesystem::path& path;
    const ExportOptions& options;
};

Status writeGif(const Film& film, const QByteArray& text, const Animation& how, const JobControl& job)
{
    ExportOptions opaque = film.options; // half-transparent pixels are not GIF's
    opaque.transparent = false;
    const QSize pixels = FigureSize::of(opaque, opaque.natural).pixels();
    if (std::max(pixels.width(), pixels.height()) > mostGifSide)
        return notDrawn(film.path);
    GifWriter gif(pixels, how.loop, text);
    for (std::size_t i = 0; i < film.frames.size(); ++i) {
        job.report(double(i) / double(film.frames.size()), phase(i, film.frames.size()));
        const QImage picture = figureImage(film.view, film.frames[i], opaque);
        if (picture.isNull())
            return notDrawn(film.path);
        gif.add(picture, how.delay);
    }
    const QByteArray bytes = gif.finish();
    if (bytes.isEmpty())
        return notDrawn(film.path);
    return writeFile(film.path, { bytes.constData(), std::size_t(bytes.size()) });
}

/// name-0001.png of name.png.
std::filesystem::path numbered(const std::filesystem::path& path, std::size_t frame)
{
    return path.parent_path()
        / fmt::format("{}-{:04}{}", path.stem().string(), frame + 1, path.extension().string());
}

Status writePictures(const Film& film, const JobControl& job)
{
    std::vector<std::unique_ptr<PendingFile>> files;
    std::vector<std::filesystem::path> fresh; // not there before: removed again when a later one fails
    for (std::size_t i = 0; i < film.frames.size(); ++i) {
        job.report(double(i) / double(film.frames.size()), phase(i, film.frames.size()));
        HEADLIGHT_TRY(
            const QByteArray png, figureBytes(film.view, film.frames[i], ExportFormat::Png, film.options));
        files.push_back(std::make_unique<PendingFile>(numbered(film.path, i)));
        // writeFile's own temporary is renamed onto this one: errors name the folder all the same.
        if (Status status =
                writeFile(files.back()->temporaryPath(), { png.constData(), std::size_t(png.size()) });
            !status) {
            Error error = status.error();
            const std::string hidden = files.back()->temporaryPath().string();
            if (const auto at = error.message.find(hidden); at != std::string::npos)
                error.message.replace(at, hidden.size(), numbered(film.path, i).string());
            return error;
        }
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::error_code ignored;
        const auto target = numbered(film.path, i);
        const bool wasThere = std::filesystem::exists(target, ignored);
        if (const Status status = files[i]->commit(); !status) {
            for (const auto& one : fresh)
                std::filesystem::remove(one, ignored);
            return status;
        }
        if (!wasThere)
            fresh.push_back(target);
    }
    return {};
}

} // namespace

QString id(AnimationKind kind)
{
    return QLatin1String(std::ranges::find(ids, kind, &std::pair<AnimationKind, const char*>::first)->second);
}

std::optional<AnimationKind> animationFromId(const QString& id)
{
    for (const auto& [kind, name] : ids) {
        if (id == QLatin1String(name))
            return kind;
    }
    return std::nullopt;
}

QString title(AnimationKind kind)
{
    switch (kind) {
    case AnimationKind::Layers:
        return tr("every layer");
    case AnimationKind::Heads:
        return tr("every head of the layer");
    case AnimationKind::Generation:
        return tr("the text as it was written");
    case AnimationKind::Steps:
        return tr("every step");
    }
    return {};
}

std::vector<Scene> framesOf(const ViewDescriptor& view, const Scene& scene, AnimationKind kind)
{
    if (!scene.result || !view.available(*scene.result))
        return {};
    Frames frames(view, scene);
    switch (kind) {
    case AnimationKind::Layers:
        frames.addLayers();
        break;
    case AnimationKind::Heads:
        frames.addHeads();
        break;
    case AnimationKind::Generation:
        frames.addWritten();
        break;
    case AnimationKind::Steps:
        frames.addSteps();
        break;
    }
    return frames.take();
}

QSizeF commonSize(const ViewDescriptor& view, const std::vector<Scene>& frames)
{
    QSizeF largest(0, 0);
    for (const Scene& frame : frames)
        largest = largest.expandedTo(view.figure().naturalSize(frame));
    return largest;
}

Status exportAnimation(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options, const Animation& animation, const JobControl& job)
{
    const auto format = formatOf(QString::fromStdString(path.string()));
    if (format != ExportFormat::Gif && format != ExportFormat::Png)
        return Error{ ErrorKind::BadInput,
            fmt::format("{}: an animation is a .gif, or numbered pictures by a .png.", path.string()) };
    if (animation.delay < Animation::leastDelay || animation.delay > Animation::mostDelay)
        return Error{ ErrorKind::BadInput,
            fmt::format("A delay of {} ms is not possible; choose {} to {}.", animation.delay,
                Animation::leastDelay, Animation::mostDelay) };
    const std::vector<Scene> frames = framesOf(view, scene, animation.kind);
    if (frames.empty())
        return Error{ ErrorKind::Unsupported,
            fmt::format("There are no {} to go through in this view of this result.",
                id(animation.kind).toStdString()) };
    ExportOptions common = options;
    HEADLIGHT_TRY_STATUS(checkOptions(common));
    common.natural = commonSize(view, frames);
    const Film film{ view, frames, path, common };
    try {
        return format == ExportFormat::Gif
            ? writeGif(film, comment(view, scene, options, animation), animation, job)
            : writePictures(film, job);
    } catch (const Stopped&) {
        return Error{ ErrorKind::Cancelled, {} };
    }
}

} // namespace headlight::ui
