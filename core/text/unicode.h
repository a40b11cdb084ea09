#pragma once
// What the tokenizer asks of Unicode, on top of ICU: UTF-8 in and out, and the character classes under the
// names and with the exact borders that Hugging Face's tokenizers give them.

#include <string>
#include <string_view>
#include <vector>

namespace headlight {

/// Ill-formed bytes become U+FFFD, one per maximal ill-formed part, as browsers and Python ("replace") do.
std::u32string decodeUtf8(std::string_view bytes);
std::string encodeUtf8(std::u32string_view text);
void appendUtf8(std::string& bytes, char32_t c);

/// The major version of Unicode that brought the character; 0 for unassigned ones.
int unicodeAge(char32_t c);

/// The property White_Space.
bool isWhiteSpace(char32_t c);
/// Categories Cc, Cf and Co; unassigned code points are not among them.
bool isControl(char32_t c);
/// ASCII punctuation (which includes symbols such as $ and +) and the categories P*.
bool isPunctuation(char32_t c);
/// Category Mn.
bool isNonspacingMark(char32_t c);
/// Categories M*.
bool isMark(char32_t c);
/// Categories L*, as a regular expression's \p{L}.
bool isLetter(char32_t c);
/// Categories N*: digits, but also fractions and Roman numerals.
bool isNumber(char32_t c);
/// What a regular expression's \w matches: letters, marks, decimal digits, connectors, joiners.
bool isWordCharacter(char32_t c);
/// The ideograph blocks that BERT treats as words of one character; neither kana nor hangul are among them.
bool isIdeograph(char32_t c);

/// Where the characters as a reader counts them ("grapheme clusters") begin, in code points; and the end.
std::vector<std::size_t> graphemeBorders(std::u32string_view text);

/// Unconditional full lower case of one character, without regard to its neighbours (so no final sigma).
void appendLowerCase(std::u32string& text, char32_t c);

} // namespace headlight
