#pragma once
// Pictures and sounds inside session files: written once however many pins show them, exact to the last bit.
// Include in .cpp files only.

#include "core/io/json.h"
#include "ui/session/session_file.h"

namespace headlight::ui {

/// Collects what inputs hold while a session is written.
class MediaWriter {
public:
    /// What `known` has is not encoded again; afterwards it has what this session holds.
    explicit MediaWriter(EncodedMedia* known);
    ~MediaWriter();
    /// The name under which it is found again: "picture-1", "sound-1".
    std::string add(const Image& picture);
    std::string add(const Sound& sound);
    /// The object "media".
    nlohmann::ordered_json take() { return std::move(m_media); }

private:
    EncodedMedia* m_known;
    EncodedMedia m_used;
    nlohmann::ordered_json m_media = nlohmann::ordered_json::object();
};

/// What was in "media", decoded; all of a file together is held to what one picture or sound may be.
struct Media {
    std::map<std::string, Image> pictures;
    std::map<std::string, Sound> sounds;
};

/// Errors: BadFile; Unsupported for more than can be held.
Expected<Media> readMedia(const Json& session, std::string_view where);
/// Errors: BadFile for what is no base64.
Expected<QByteArray> fromBase64(const std::string& text, std::string_view what, std::string_view where);

/// Options of views as JSON; values of kinds that JSON does not have are tagged: {"rect": [x, y, w, h]}.
nlohmann::ordered_json jsonOf(const QVariant& value);
QVariant variantOf(const Json& json);

} // namespace headlight::ui
