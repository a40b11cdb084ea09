// Tokens of the byte-level alphabet become the bytes they stand for; what is no UTF-8 shows as U+FFFD.

#include "core/text/byte_level.h"
#include "core/text/decoders/decoders.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class ByteLevelDecoder final : public Decoder {
public:
    void apply(std::vector<std::string>& tokens) const override
    {
        std::string bytes;
        for (const std::string& token : tokens)
            bytes += fromByteLevel(token);
        tokens.assign(1, encodeUtf8(decodeUtf8(bytes)));
    }
};

} // namespace

Expected<DecoderPtr> makeByteLevelDecoder(const Json&, const Place&)
{
    return DecoderPtr(std::make_unique<ByteLevelDecoder>());
}

} // namespace headlight
