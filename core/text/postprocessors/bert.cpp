// BERT's frame: [CLS] text [SEP], or [CLS] text [SEP] pair [SEP] with the pair in segment 1.

#include "core/io/json.h"
#include "core/text/postprocessors/postprocessors.h"
#include "core/text/postprocessors/template.h"

namespace headlight {
namespace {

using Kind = TemplateItem::Kind;

} // namespace

Expected<PostProcessorPtr> makeBertProcessing(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const TemplateItem cls, readTemplateToken(description, "cls", place));
    HEADLIGHT_TRY(const TemplateItem sep, readTemplateToken(description, "sep", place));
    const TemplateItem text{ Kind::Text, 0, {}, {} }, pair{ Kind::Pair, 1, {}, {} };
    TemplateItem lastSep = sep;
    lastSep.typeId = 1;
    return makeTemplate({ cls, text, sep }, { cls, text, sep, pair, lastSep });
}

} // namespace headlight
