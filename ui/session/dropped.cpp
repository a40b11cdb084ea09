// Implements dropped.h: folders, checkpoints and sounds by their name, texts by being UTF-8, everything else
// as a picture, which brings its own clear errors.

#include "ui/session/dropped.h"

#include "core/audio/sound_reader.h"
#include "core/engine/imported.h"
#include "core/io/file.h"
#include "core/vision/image_reader.h"
#include "ui/session/pictures.h"

#include <QFileInfo>
#include <QStringDecoder>

namespace headlight::ui {
namespace {

/// More than any model reads at once; keeps a mistaken drop of a database from filling the memory.
constexpr qint64 largestText = 1'000'000;

bool isCheckpoint(const QFileInfo& info)
{
    const QString suffix = info.suffix().toLower();
    return info.isDir() || info.fileName() == QLatin1String("config.json")
        || QStringList{ "safetensors", "bin", "gguf" }.contains(suffix);
}

bool hasPictureName(const QFileInfo& info)
{
    static const QStringList suffixes{ "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff" };
    return suffixes.contains(info.suffix().toLower());
}

bool hasSoundName(const QFileInfo& info)
{
    static const QStringList suffixes{ "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au" };
    return suffixes.contains(info.suffix().toLower());
}

std::optional<std::string> asText(const std::string& bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder.decode(QByteArrayView(bytes.data(), qsizetype(bytes.size())));
    if (decoder.hasError() || text.contains(QChar::Null))
        return std::nullopt;
    return text.trimmed().toStdString();
}

Status readInto(Dropped& dropped, const QFileInfo& info, const JobControl& control)
{
    const std::filesystem::path path = info.filePath().toStdString();
    if (!info.exists())
        return Error{ ErrorKind::NotFound, "There is no file or folder " + path.string() + '.' };
    if (info.isFile() && holdsAttention(path)) {
        dropped.source = info.absoluteFilePath().toStdString();
        HEADLIGHT_TRY(dropped.attention, importAttention(path, control));
        return {};
    }
    if (isCheckpoint(info)) {
        dropped.model = path.string();
        return {};
    }
    if (info.suffix().toLower() == QLatin1String("headlight")) {
        dropped.session = info.absoluteFilePath().toStdString();
        return {};
    }
    if (hasSoundName(info)) {
        dropped.source = info.absoluteFilePath().toStdString();
        HEADLIGHT_TRY(dropped.sound, readSound(path));
        return {};
    }
    if (!hasPictureName(info) && info.size() <= largestText) {
        HEADLIGHT_TRY(const std::string bytes, readFile(path));
        if (auto text = asText(bytes)) {
            dropped.text = std::move(text);
            return {};
        }
    }
    dropped.source = info.absoluteFilePath().toStdString();
    HEADLIGHT_TRY(dropped.image, readImage(path));
    screenPicture(*dropped.image); // here, not when the window wants it
    return {};
}

} // namespace

Expected<Dropped> readDropped(const QStringList& paths, const JobControl& control)
{
    Dropped dropped;
    for (const QString& path : paths) {
        control.report(0, "reading " + path.toStdString());
        HEADLIGHT_TRY_STATUS(readInto(dropped, QFileInfo(path), control));
    }
    return dropped;
}

} // namespace headlight::ui
