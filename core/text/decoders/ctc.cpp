// What a CTC model wrote frame by frame: repeats are one, blanks go, the word delimiter becomes a space.
// Source: Graves et al. 2006.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/replace_all.h"

namespace headlight {
namespace {

struct CtcSettings {
    std::string blank, delimiter;
    bool cleanup = true;
};

class CtcDecoder final : public Decoder {
public:
    explicit CtcDecoder(CtcSettings settings)
        : m_settings(std::move(settings))
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
        for (std::string& token : tokens) {
            replaceAll(token, m_settings.blank, "");
            if (!m_settings.cleanup)
                continue;
            cleanUpSpaces(token);
            replaceAll(token, m_settings.delimiter, " ");
        }
        std::erase(tokens, "");
    }

private:
    CtcSettings m_settings;
};

} // namespace

Expected<DecoderPtr> makeCtcDecoder(const Json& description, const Place& place)
{
    CtcSettings settings;
    HEADLIGHT_TRY(settings.blank, jsonOr<std::string>(description, "pad_token", "<pad>", place.text()));
    HEADLIGHT_TRY(
        settings.delimiter, jsonOr<std::string>(description, "word_delimiter_token", "|", place.text()));
    HEADLIGHT_TRY(settings.cleanup, jsonOr<bool>(description, "cleanup", true, place.text()));
    return DecoderPtr(std::make_unique<CtcDecoder>(std::move(settings)));
}

} // namespace headlight
