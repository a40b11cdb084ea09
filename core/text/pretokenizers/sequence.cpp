// Several pre-tokenizers, one after the other; each cuts the pieces of the one before.

#include "core/text/pretokenizers/pretokenizers.h"

namespace headlight {
namespace {

class PreTokenizerSequence final : public PreTokenizer {
public:
    explicit PreTokenizerSequence(std::vector<PreTokenizerPtr> steps)
        : m_steps(std::move(steps))
    {
    }
    void split(PreTokenized& text) const override
    {
        for (const PreTokenizerPtr& step : m_steps)
            step->split(text);
    }

private:
    std::vector<PreTokenizerPtr> m_steps;
};

} // namespace

Expected<PreTokenizerPtr> makePreTokenizerSequence(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(auto steps, makeParts<PreTokenizer>(makePreTokenizer, description, "pretokenizers", place));
    return PreTokenizerPtr(std::make_unique<PreTokenizerSequence>(std::move(steps)));
}

} // namespace headlight
