#include "core/text/postprocessor.h"

#include "core/text/postprocessors/postprocessors.h"

namespace headlight {
namespace {

constexpr PartRow<PostProcessor> rows[] = {
    { "BertProcessing", makeBertProcessing },
    { "ByteLevel", makeByteLevelProcessing },
    { "RobertaProcessing", makeRobertaProcessing },
    { "Sequence", makePostProcessorSequence },
    { "TemplateProcessing", makeTemplateProcessing },
};

} // namespace

std::span<const PartRow<PostProcessor>> postProcessorRows()
{
    return rows;
}

Expected<PostProcessorPtr> makePostProcessor(const Json& description, const Place& place)
{
    return makePart(postProcessorRows(), description, place);
}

} // namespace headlight
