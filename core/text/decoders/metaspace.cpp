// "▁" becomes a space again; the first token's own, which stands for no space of the text, goes.

#include "core/io/json.h"
#include "core/text/decoders/decoders.h"
#include "core/text/replace_all.h"

namespace headlight {
namespace {

class MetaspaceDecoder final : public Decoder {
public:
    MetaspaceDecoder(std::string mark, bool marksStart)
        : m_mark(std::move(mark))
        , m_marksStart(marksStart)
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            replaceAll(tokens[i], m_mark, i == 0 && m_marksStart ? "" : " ");
    }

private:
    std::string m_mark;
    bool m_marksStart;
};

} // namespace

Expected<DecoderPtr> makeMetaspaceDecoder(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(std::string mark, jsonOr<std::string>(description, "replacement", "\u2581", place.text()));
    HEADLIGHT_TRY(const bool prefixed, jsonOr<bool>(description, "add_prefix_space", true, place.text()));
    HEADLIGHT_TRY(const std::string scheme,
        jsonOr<std::string>(description, "prepend_scheme", prefixed ? "always" : "never", place.text()));
    return DecoderPtr(std::make_unique<MetaspaceDecoder>(std::move(mark), scheme != "never"));
}

} // namespace headlight
