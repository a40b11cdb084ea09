#pragma once
// Python's way with texts, code point by code point, as filters and methods share it.

#include "core/text/chat/template_value.h"

#include <string_view>

namespace headlight::chat {

/// The code points of well-formed UTF-8; a byte that is none stands alone.
std::vector<std::string_view> codePoints(std::string_view text);
std::string upper(const std::string& text);
std::string lower(const std::string& text);
/// First letter upper, the rest lower.
std::string capitalised(const std::string& text);
/// Every run of letters so, as Python's title().
std::string titled(const std::string& text);
/// Every word between blanks, dashes and opening brackets so, as Jinja's filter title.
std::string headlined(const std::string& text);
enum class Side { Left, Right, Both };
/// Without white space, or without any of these characters, at its ends.
std::string stripped(std::string_view text, Side side, const std::string* characters = nullptr);
/// At most `most` times (negative: always).
std::string replaced(std::string_view text, const std::string& what, const std::string& with, std::int64_t most = -1);
/// Between separators, or between runs of white space where there is none. Problems: an empty separator.
List split(std::string_view text, const std::string* separator, std::int64_t most = -1);
std::string joined(const List& items, const std::string& between);

} // namespace headlight::chat
