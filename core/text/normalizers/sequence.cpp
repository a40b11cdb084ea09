// Several normalizers, one after the other.

#include "core/text/normalizers/normalizers.h"

namespace headlight {
namespace {

class NormalizerSequence final : public Normalizer {
public:
    explicit NormalizerSequence(std::vector<NormalizerPtr> steps)
        : m_steps(std::move(steps))
    {
    }
    void apply(NormalizedString& text) const override
    {
        for (const NormalizerPtr& step : m_steps)
            step->apply(text);
    }

private:
    std::vector<NormalizerPtr> m_steps;
};

} // namespace

Expected<NormalizerPtr> makeNormalizerSequence(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(auto steps, makeParts<Normalizer>(makeNormalizer, description, "normalizers", place));
    return NormalizerPtr(std::make_unique<NormalizerSequence>(std::move(steps)));
}

} // namespace headlight
