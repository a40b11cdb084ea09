// Implements session_media.h.

#include "ui/session/session_media.h"

#include "core/audio/sound_reader.h"
#include "core/audio/sound_writer.h"
#include "core/vision/image_reader.h"
#include "core/vision/image_writer.h"
#include "ui/session/kept_inputs.h"
#include "ui/session/pictures.h"

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QVariant>

namespace headlight::ui {
namespace {

std::string base64(const std::string& bytes)
{
    return QByteArray::fromRawData(bytes.data(), qsizetype(bytes.size())).toBase64().toStdString();
}

std::span<const std::byte> bytesOf(const QByteArray& array)
{
    return std::as_bytes(std::span(array.constData(), std::size_t(array.size())));
}

Error tooMuch(std::string_view where)
{
    return { ErrorKind::Unsupported,
        std::string(where)
            + " holds more pictures and sounds than a session may: it was not made by Headlight." };
}

/// Numbers that JSON writes as such; floats by their shortest text that means the same float.
nlohmann::ordered_json numberOf(const QVariant& value)
{
    if (value.typeId() == QMetaType::Float)
        return QString::number(value.toFloat(), 'g', 9).toDouble();
    return value.toDouble();
}

nlohmann::ordered_json tagged(const char* tag, std::initializer_list<double> numbers)
{
    return { { tag, nlohmann::ordered_json(std::vector<double>(numbers)) } };
}

/// A tagged value; invalid when it is an ordinary object.
QVariant untagged(const Json& object)
{
    const auto numbers = [&](const char* tag, std::size_t count) -> std::vector<double> {
        if (object.size() != 1 || !object.contains(tag) || !object[tag].is_array()
            || object[tag].size() != count)
            return {};
        std::vector<double> list;
        for (const Json& number : object[tag]) {
            if (!number.is_number())
                return {};
            list.push_back(number.get<double>());
        }
        return list;
    };
    if (const auto p = numbers("point", 2); !p.empty())
        return QPointF(p[0], p[1]);
    if (const auto s = numbers("size", 2); !s.empty())
        return QSizeF(s[0], s[1]);
    if (const auto r = numbers("rect", 4); !r.empty())
        return QRectF(r[0], r[1], r[2], r[3]);
    return {};
}

} // namespace

MediaWriter::MediaWriter(EncodedMedia* known)
    : m_known(known)
{
}

MediaWriter::~MediaWriter()
{
    if (m_known)
        *m_known = std::move(m_used);
}

std::string MediaWriter::add(const Image& picture)
{
    const auto name = [](std::size_t i) { return "picture-" + std::to_string(i + 1); };
    auto& used = m_used.pictures;
    const auto same = [&](const auto& known) {
        return sharesPixels(known.first, picture) || known.first == picture;
    };
    if (const auto found = std::ranges::find_if(used, same); found != used.end())
        return name(std::size_t(found - used.begin()));
    auto& before = m_known ? m_known->pictures : used;
    if (const auto known = std::ranges::find_if(before, same); known != before.end())
        used.push_back(*known);
    else
        used.emplace_back(picture, EncodedMedia::Encoded{ "png", base64(encodePng(picture)) });
    m_media[name(used.size() - 1)] = { { used.back().second.format, used.back().second.base64 } };
    return name(used.size() - 1);
}

std::string MediaWriter::add(const Sound& sound)
{
    const auto name = [](std::size_t i) { return "sound-" + std::to_string(i + 1); };
    auto& used = m_used.sounds;
    const auto same = [&](const auto& known) {
        return sharesSamples(known.first, sound) || known.first == sound;
    };
    if (const auto found = std::ranges::find_if(used, same); found != used.end())
        return name(std::size_t(found - used.begin()));
    auto& before = m_known ? m_known->sounds : used;
    if (const auto known = std::ranges::find_if(before, same); known != before.end()) {
        used.push_back(*known);
    } else {
        const EncodedSound encoded = encodeSound(sound);
        used.emplace_back(sound, EncodedMedia::Encoded{ encoded.format, base64(encoded.bytes) });
    }
    m_media[name(used.size() - 1)] = { { used.back().second.format, used.back().second.base64 } };
    return name(used.size() - 1);
}

Expected<QByteArray> fromBase64(const std::string& text, std::string_view what, std::string_view where)
{
    auto decoded =
        QByteArray::fromBase64Encoding(QByteArray::fromRawData(text.data(), qsizetype(text.size())),
            QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return Error{ ErrorKind::BadFile,
            std::string(where) + ": \"" + std::string(what) + "\" is no base64: the file is damaged." };
    return std::move(decoded.decoded);
}

Expected<Media> readMedia(const Json& session, std::string_view where)
{
    Media media;
    const auto found = session.find("media");
    if (found == session.end() || found->is_null())
        return media;
    if (!found->is_object())
        return Error{ ErrorKind::BadFile, std::string(where) + ": \"media\" is no object." };
    std::int64_t pixels = 0, samples = 0;
    for (const auto& [name, item] : found->items()) {
        const std::string source = std::string(where) + " (" + name.substr(0, 40) + ')';
        for (const char* format : { "png", "flac", "wav" }) {
            HEADLIGHT_TRY(const std::string text, jsonOr<std::string>(item, format, {}, source));
            if (text.empty())
                continue;
            HEADLIGHT_TRY(const QByteArray bytes, fromBase64(text, name.substr(0, 40), where));
            if (std::string_view(format) == "png") {
                HEADLIGHT_TRY(Image picture, decodeImage(bytesOf(bytes), source));
                pixels += std::int64_t(picture.width()) * picture.height();
                screenPicture(picture); // here, not when the window wants it
                media.pictures.emplace(name, std::move(picture));
            } else {
                HEADLIGHT_TRY(Sound sound, decodeSound(bytesOf(bytes), source));
                samples += sound.count();
                media.sounds.emplace(name, std::move(sound));
            }
            if (pixels > Image::maxPixels || samples > Sound::maxSamples)
                return tooMuch(where);
        }
    }
    return media;
}

nlohmann::ordered_json jsonOf(const QVariant& value)
{
    using Ordered = nlohmann::ordered_json;
    switch (value.typeId()) {
    case QMetaType::Bool:
        return value.toBool();
    case QMetaType::Int:
    case QMetaType::LongLong:
        return value.toLongLong();
    case QMetaType::UInt:
    case QMetaType::ULongLong:
        return value.toULongLong();
    case QMetaType::Double:
    case QMetaType::Float:
        return numberOf(value);
    case QMetaType::QString:
        return value.toString().toStdString();
    case QMetaType::QPoint:
    case QMetaType::QPointF:
        return tagged("point", { value.toPointF().x(), value.toPointF().y() });
    case QMetaType::QSize:
    case QMetaType::QSizeF:
        return tagged("size", { value.toSizeF().width(), value.toSizeF().height() });
    case QMetaType::QRect:
    case QMetaType::QRectF: {
        const QRectF r = value.toRectF();
        return tagged("rect", { r.x(), r.y(), r.width(), r.height() });
    }
    default:
        break;
    }
    if (value.typeId() == QMetaType::QVariantMap) {
        Ordered object = Ordered::object();
        const QVariantMap map = value.toMap();
        for (auto it = map.begin(); it != map.end(); ++it)
            object[it.key().toStdString()] = jsonOf(it.value());
        return object;
    }
    if (!value.canConvert<QVariantList>())
        return value.canConvert<int>() ? Ordered(value.toInt()) : Ordered();
    Ordered list = Ordered::array();
    for (const QVariant& element : value.toList())
        list.push_back(jsonOf(element));
    return list;
}

QVariant variantOf(const Json& json)
{
    if (json.is_boolean())
        return json.get<bool>();
    if (json.is_number_integer() && holdsExactly<int>(json))
        return json.get<int>();
    if (json.is_number_integer() && holdsExactly<std::int64_t>(json))
        return qlonglong(json.get<std::int64_t>());
    if (json.is_number())
        return json.get<double>();
    if (json.is_string())
        return QString::fromStdString(json.get<std::string>());
    if (json.is_array()) {
        QVariantList list;
        for (const Json& element : json)
            list << variantOf(element);
        return list;
    }
    if (!json.is_object())
        return {};
    if (const QVariant value = untagged(json); value.isValid())
        return value;
    QVariantMap map;
    for (const auto& [key, element] : json.items())
        map.insert(QString::fromStdString(key), variantOf(element));
    return map;
}

} // namespace headlight::ui
