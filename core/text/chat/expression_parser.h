#pragma once
// Expressions of templates, in Jinja's order of precedence.

#include "core/text/chat/template_context.h"
#include "core/text/chat/word_reader.h"

namespace headlight::chat {

/// With `a if b else c`. Problems: no expression stands there.
Expression parseExpression(WordReader& words);
/// Without it, as in the list of a loop that has a condition of its own.
Expression parseCondition(WordReader& words);
/// Several with commas between them are a list (Python's tuple).
Expression parseTuple(WordReader& words);
/// What stands behind `name` in call brackets, the opening one taken.
struct Call {
    std::vector<Expression> positional;
    std::vector<std::pair<std::string, Expression>> named;
    Arguments evaluate(Context& context) const;
};
Call parseCall(WordReader& words);

} // namespace headlight::chat
