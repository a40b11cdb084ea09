#pragma once
// A fixed order of texts and special tokens; several post-processors are one of these under another name.

#include "core/text/postprocessor.h"

namespace headlight {

struct TemplateItem {
    enum class Kind { Text, Pair, Special };
    Kind kind = Kind::Text;
    std::int64_t typeId = 0;
    std::vector<std::int64_t> ids; ///< of a special item
    std::vector<std::string> tokens; ///< as many as ids
};

/// A special item from description[key] = ["[SEP]", 102]. Errors: BadFile.
Expected<TemplateItem> readTemplateToken(const Json& description, const char* key, const Place& place);

/// `single` is used for one text, `pair` for two.
PostProcessorPtr makeTemplate(std::vector<TemplateItem> single, std::vector<TemplateItem> pair);

} // namespace headlight
