// A suffix at the end of words ("</w>") becomes a space, but for the last token's.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/replace_all.h"

namespace headlight {
namespace {

class BpeDecoder final : public Decoder {
public:
    explicit BpeDecoder(std::string suffix)
        : m_suffix(std::move(suffix))
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            replaceAll(tokens[i], m_suffix, i + 1 == tokens.size() ? "" : " ");
    }

private:
    std::string m_suffix;
};

} // namespace

Expected<DecoderPtr> makeBpeDecoder(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(std::string suffix, jsonOr<std::string>(description, "suffix", "</w>", place.text()));
    return DecoderPtr(std::make_unique<BpeDecoder>(std::move(suffix)));
}

} // namespace headlight
