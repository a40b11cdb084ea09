// Several decoders, one after the other.

#include "core/text/decoders/decoders.h"

namespace headlight {
namespace {

class DecoderSequence final : public Decoder {
public:
    explicit DecoderSequence(std::vector<DecoderPtr> steps)
        : m_steps(std::move(steps))
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        for (const DecoderPtr& step : m_steps)
            step->apply(tokens);
    }

private:
    std::vector<DecoderPtr> m_steps;
};

} // namespace

Expected<DecoderPtr> makeDecoderSequence(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(auto steps, makeParts<Decoder>(makeDecoder, description, "decoders", place));
    return DecoderPtr(std::make_unique<DecoderSequence>(std::move(steps)));
}

} // namespace headlight
