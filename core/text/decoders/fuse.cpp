// All tokens become one, so that what follows sees the text as a whole.

#include "core/text/decoders/decoders.h"

namespace headlight {
namespace {

class FuseDecoder final : public Decoder {
public:
    void apply(std::vector<std::string>& tokens) const override
    {
        tokens.assign(1, fmt::format("{}", fmt::join(tokens, "")));
    }
};

} // namespace

Expected<DecoderPtr> makeFuseDecoder(const Json&, const Place&)
{
    return DecoderPtr(std::make_unique<FuseDecoder>());
}

} // namespace headlight
