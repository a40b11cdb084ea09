#pragma once
// From a template's text to statements that run.

#include "core/text/chat/template_context.h"

#include <string_view>

namespace headlight::chat {

/// Problems: a construct outside the subset (it is named, with its line), syntax errors.
std::vector<Statement> parseTemplate(std::string_view source);

} // namespace headlight::chat
