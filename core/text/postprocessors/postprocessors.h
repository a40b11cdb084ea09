#pragma once
// What each file of this folder makes from its description in tokenizer.json; listed in ../postprocessor.cpp.

#include "core/text/postprocessor.h"

namespace headlight {

Expected<PostProcessorPtr> makeBertProcessing(const Json& description, const Place& place);
Expected<PostProcessorPtr> makeByteLevelProcessing(const Json& description, const Place& place);
Expected<PostProcessorPtr> makePostProcessorSequence(const Json& description, const Place& place);
Expected<PostProcessorPtr> makeRobertaProcessing(const Json& description, const Place& place);
Expected<PostProcessorPtr> makeTemplateProcessing(const Json& description, const Place& place);

} // namespace headlight
