#pragma once
// ICU works on UTF-16; this is a text in it, with the way back to code points. Include in .cpp files only.

#include <string_view>
#include <unicode/unistr.h>
#include <vector>

namespace headlight {

struct Utf16 {
    icu::UnicodeString text;
    std::vector<int> codePoint; ///< number of the code point at or before each unit, and the count at the end

    explicit Utf16(std::u32string_view source)
    {
        codePoint.reserve(source.size() + 1);
        for (std::size_t i = 0; i < source.size(); ++i) {
            text.append(UChar32(source[i]));
            codePoint.resize(std::size_t(text.length()), int(i));
        }
        codePoint.push_back(int(source.size()));
    }
};

} // namespace headlight
