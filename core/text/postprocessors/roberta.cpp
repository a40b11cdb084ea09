// RoBERTa's frame: <s> text </s>, or <s> text </s></s> pair </s>, all of segment 0, with trimmed offsets.

#include "core/io/json.h"
#include "core/text/postprocessors/postprocessors.h"
#include "core/text/postprocessors/template.h"
#include "core/text/postprocessors/trim_offsets.h"

namespace headlight {
namespace {

using Kind = TemplateItem::Kind;

class RobertaProcessing final : public PostProcessor {
public:
    RobertaProcessing(PostProcessorPtr frame, bool trims, bool addsPrefixSpace)
        : m_frame(std::move(frame))
        , m_trims(trims)
        , m_addsPrefixSpace(addsPrefixSpace)
    {
    }
    void process(std::vector<Encoding>& parts, SpecialTokens add) const override
    {
        for (Encoding& part : parts)
            if (m_trims)
                trimOffsets(part, m_addsPrefixSpace);
        m_frame->process(parts, add);
    }

private:
    PostProcessorPtr m_frame;
    bool m_trims, m_addsPrefixSpace;
};

} // namespace

Expected<PostProcessorPtr> makeRobertaProcessing(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const TemplateItem cls, readTemplateToken(description, "cls", place));
    HEADLIGHT_TRY(const TemplateItem sep, readTemplateToken(description, "sep", place));
    HEADLIGHT_TRY(const bool trims, jsonOr<bool>(description, "trim_offsets", true, place.text()));
    HEADLIGHT_TRY(const bool prefixed, jsonOr<bool>(description, "add_prefix_space", true, place.text()));
    const TemplateItem text{ Kind::Text, 0, {}, {} }, pair{ Kind::Pair, 0, {}, {} };
    return PostProcessorPtr(std::make_unique<RobertaProcessing>(
        makeTemplate({ cls, text, sep }, { cls, text, sep, sep, pair, sep }), trims, prefixed));
}

} // namespace headlight
