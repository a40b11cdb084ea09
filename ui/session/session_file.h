#pragma once
// Session files (.headlight): all that a person set and found, as JSON that people can read. README.md in
// this folder says what every key means.

#include "core/base/expected.h"
#include "ui/session/pin.h"

#include <filesystem>
#include <string_view>

namespace headlight::ui {

struct SessionDocument {
    SessionState state;
    std::vector<Pin> pins;
    QString openedFrom; ///< the session file an autosave belongs to
    std::string rest; ///< keys this program does not know, as JSON; written back where they were
    int version = 1; ///< of the file it was read from
};

constexpr int sessionVersion = 1;
constexpr const char* sessionSuffix = "headlight";

/// Pictures and sounds as they were written last: encoding them takes the time of saving.
struct EncodedMedia {
    struct Encoded {
        const char* format = "";
        std::string base64;
    };
    std::vector<std::pair<Image, Encoded>> pictures;
    std::vector<std::pair<Sound, Encoded>> sounds;
};

/// The same document gives the same text, whatever `known` holds.
std::string sessionText(const SessionDocument& document, EncodedMedia* known = nullptr);
/// Errors: BadFile with one sentence. A newer version is read as far as it is understood.
Expected<SessionDocument> parseSession(std::string_view text, std::string_view where);

/// Both take their time: call them on a worker. Errors: Unwritable; NotFound, BadFile.
Status saveSession(
    const std::filesystem::path& path, const SessionDocument& document, EncodedMedia* known = nullptr);
Expected<SessionDocument> readSession(const std::filesystem::path& path);

} // namespace headlight::ui
