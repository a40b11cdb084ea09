// Several post-processors, one after the other.

#include "core/text/postprocessors/postprocessors.h"

namespace headlight {
namespace {

class PostProcessorSequence final : public PostProcessor {
public:
    explicit PostProcessorSequence(std::vector<PostProcessorPtr> steps)
        : m_steps(std::move(steps))
    {
    }
    void process(std::vector<Encoding>& parts, SpecialTokens add) const override
    {
        for (const PostProcessorPtr& step : m_steps)
            step->process(parts, add);
    }

private:
    std::vector<PostProcessorPtr> m_steps;
};

} // namespace

Expected<PostProcessorPtr> makePostProcessorSequence(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(auto steps, makeParts<PostProcessor>(makePostProcessor, description, "processors", place));
    return PostProcessorPtr(std::make_unique<PostProcessorSequence>(std::move(steps)));
}

} // namespace headlight
