#pragma once
// A template cut into text and the words of its tags, with Jinja's rules for white space (trim_blocks and lstrip_blocks
// on, as the reference sets them).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headlight::chat {

struct Word {
    enum class Kind { Text, BeginPrint, EndPrint, BeginBlock, EndBlock, Name, String, Integer, Real, Sign, End };
    Kind kind = Kind::End;
    std::string text; ///< a string without its quotes, escapes resolved
    int line = 1;
};

/// Ends with a word of kind End. Problems: a tag or text that is not closed, a character no expression has.
std::vector<Word> cutTemplate(std::string_view source);

} // namespace headlight::chat
