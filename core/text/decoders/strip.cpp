// Up to so many of one character off both ends of each token.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class StripDecoder final : public Decoder {
public:
    StripDecoder(std::string content, std::int64_t left, std::int64_t right)
        : m_content(std::move(content))
        , m_left(left)
        , m_right(right)
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (std::string& token : tokens) {
            for (auto i = m_left; i > 0 && token.starts_with(m_content); --i)
                token.erase(0, m_content.size());
            for (auto i = m_right; i > 0 && token.ends_with(m_content); --i)
                token.resize(token.size() - m_content.size());
        }
    }

private:
    std::string m_content; ///< one character
    std::int64_t m_left, m_right;
};

} // namespace

Expected<DecoderPtr> makeStripDecoder(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(std::string content, jsonGet<std::string>(description, "content", place.text()));
    HEADLIGHT_TRY(const auto left, jsonOr<std::int64_t>(description, "start", 0, place.text()));
    HEADLIGHT_TRY(const auto right, jsonOr<std::int64_t>(description, "stop", 0, place.text()));
    if (decodeUtf8(content).size() != 1)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: \"content\" is \"{}\", expected one character.", place.text(), content) };
    return DecoderPtr(std::make_unique<StripDecoder>(std::move(content), left, right));
}

} // namespace headlight
