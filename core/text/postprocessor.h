#pragma once
// The fourth step: one or two encoded texts get what the model expects around them. The list of
// post-processors is in postprocessor.cpp; each is a file in postprocessors/.

#include "core/text/encoding.h"
#include "core/text/part_list.h"

namespace headlight {

class PostProcessor {
public:
    virtual ~PostProcessor() = default;
    /// `parts` comes with the text and perhaps its pair, and leaves as what is to be joined in order. Only
    /// parts with a sequenceIndex of 0 or 1 are texts.
    virtual void process(std::vector<Encoding>& parts, SpecialTokens add) const = 0;
};

using PostProcessorPtr = PartPtr<PostProcessor>;

/// Errors: BadFile, Unsupported.
Expected<PostProcessorPtr> makePostProcessor(const Json& description, const Place& place);
std::span<const PartRow<PostProcessor>> postProcessorRows();

} // namespace headlight
