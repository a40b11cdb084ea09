// "<0xE2>" and the like become the bytes they name; a run of them that is no UTF-8 shows as one U+FFFD per
// byte.

#include "core/text/decoders/decoders.h"
#include "core/text/unicode.h"

#include <charconv>

namespace headlight {
namespace {

std::optional<char> byteNamedBy(const std::string& token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>')
        return std::nullopt;
    unsigned value = 0;
    const char *begin = token.data() + 3, *end = begin + 2;
    const auto [stop, error] = std::from_chars(begin, end, value, 16);
    return error == std::errc() && stop == end ? std::optional(char(value)) : std::nullopt;
}

class ByteFallbackDecoder final : public Decoder {
public:
    void apply(std::vector<std::string>& tokens) const override
    {
        std::vector<std::string> result;
        std::string bytes;
        for (std::string& token : tokens) {
            if (const auto byte = byteNamedBy(token)) {
                bytes.push_back(*byte);
                continue;
            }
            flush(bytes, result);
            result.push_back(std::move(token));
        }
        flush(bytes, result);
        tokens = std::move(result);
    }

private:
    static void flush(std::string& bytes, std::vector<std::string>& result)
    {
        if (encodeUtf8(decodeUtf8(bytes)) == bytes) {
            if (!bytes.empty())
                result.push_back(bytes);
        } else {
            result.insert(result.end(), bytes.size(), "\ufffd");
        }
        bytes.clear();
    }
};

} // namespace

Expected<DecoderPtr> makeByteFallbackDecoder(const Json&, const Place&)
{
    return DecoderPtr(std::make_unique<ByteFallbackDecoder>());
}

} // namespace headlight
