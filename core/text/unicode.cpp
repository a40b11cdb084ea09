#include "core/text/unicode.h"

#include "core/base/check.h"
#include "core/text/utf16.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace headlight {
namespace {

constexpr char32_t asciiEnd = 0x80;

/// The general category in Unicode 8, whose tables Hugging Face's tokenizers use for punctuation, controls
/// and marks. Later characters had none; a handful of older ones had another one.
UCharCategory categoryInUnicode8(char32_t c)
{
    switch (c) {
    case 0x166d: // Canadian syllabics chi sign
    case 0x111c9: // Sharada sandhi mark
        return U_OTHER_PUNCTUATION;
    case 0x1734: // Hanunoo sign pamudpod
        return U_NON_SPACING_MARK;
    case 0x1885: // Mongolian Ali Gali letters
    case 0x1886:
        return U_OTHER_LETTER;
    case 0xa9bd: // Javanese consonant sign keret
    case 0x1cf2: // Vedic signs ardhavisarga
    case 0x1cf3:
        return U_COMBINING_SPACING_MARK;
    default:
        return unicodeAge(c) <= 8 ? UCharCategory(u_charType(UChar32(c))) : U_UNASSIGNED;
    }
}

bool hasCategory(UCharCategory category, std::uint32_t mask)
{
    return (U_MASK(category) & mask) != 0;
}

bool hadCategory(char32_t c, std::uint32_t mask)
{
    // Asking today's category first saves looking at the age of nearly every character.
    const bool mayHaveChanged = (c >= 0x166d && c <= 0x1cf3) || c == 0xa9bd || c == 0x111c9;
    if (!mayHaveChanged && !hasCategory(UCharCategory(u_charType(UChar32(c))), mask))
        return false;
    return hasCategory(categoryInUnicode8(c), mask);
}

} // namespace

int unicodeAge(char32_t c)
{
    UVersionInfo age;
    u_charAge(UChar32(c), age);
    return age[0];
}

std::u32string decodeUtf8(std::string_view bytes)
{
    std::u32string text;
    text.reserve(bytes.size());
    const char* data = bytes.data();
    for (std::size_t i = 0; i < bytes.size();) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(data, i, bytes.size(), c);
        text.push_back(char32_t(c));
    }
    return text;
}

void appendUtf8(std::string& bytes, char32_t c)
{
    char buffer[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(buffer, length, c);
    bytes.append(buffer, std::size_t(length));
}

std::string encodeUtf8(std::u32string_view text)
{
    std::string bytes;
    bytes.reserve(text.size());
    for (const char32_t c : text)
        appendUtf8(bytes, c);
    return bytes;
}

bool isWhiteSpace(char32_t c)
{
    if (c < asciiEnd)
        return c == ' ' || (c >= '\t' && c <= '\r');
    return u_isUWhiteSpace(UChar32(c));
}

bool isControl(char32_t c)
{
    if (c < asciiEnd)
        return c < ' ' || c == 0x7f;
    return hadCategory(c, U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK);
}

bool isPunctuation(char32_t c)
{
    if (c < asciiEnd)
        return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') || (c > 'z' && c < 0x7f);
    return hadCategory(c, U_GC_P_MASK);
}

bool isNonspacingMark(char32_t c)
{
    return c >= asciiEnd && hadCategory(c, U_GC_MN_MASK);
}

bool isMark(char32_t c)
{
    // This one class comes from the tables of Unicode 9, where the two letters had become marks.
    return c >= asciiEnd
        && (hadCategory(c, U_GC_M_MASK) || c == 0x1885 || c == 0x1886
            || (unicodeAge(c) == 9 && hasCategory(UCharCategory(u_charType(UChar32(c))), U_GC_M_MASK)));
}

bool isLetter(char32_t c)
{
    if (c < asciiEnd)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return hasCategory(UCharCategory(u_charType(UChar32(c))), U_GC_L_MASK);
}

bool isNumber(char32_t c)
{
    if (c < asciiEnd)
        return c >= '0' && c <= '9';
    return hasCategory(UCharCategory(u_charType(UChar32(c))), U_GC_N_MASK);
}

bool isWordCharacter(char32_t c)
{
    if (c < asciiEnd)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    return u_hasBinaryProperty(UChar32(c), UCHAR_ALPHABETIC)
        || hasCategory(UCharCategory(u_charType(UChar32(c))), U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)
        || u_hasBinaryProperty(UChar32(c), UCHAR_JOIN_CONTROL);
}

bool isIdeograph(char32_t c)
{
    if (c < 0x3400)
        return false;
    return (c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0x20000 && c <= 0x2a6df) || (c >= 0x2a700 && c <= 0x2b73f) || (c >= 0x2b740 && c <= 0x2b81f)
        || (c >= 0x2b920 && c <= 0x2ceaf) || (c >= 0x2f800 && c <= 0x2fa1f);
}

std::vector<std::size_t> graphemeBorders(std::u32string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    const Utf16 utf16(text);
    const std::unique_ptr<icu::BreakIterator> borders(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    HEADLIGHT_CHECK(U_SUCCESS(status) && borders, "ICU lacks its rules for graphemes");
    borders->setText(utf16.text);
    std::vector<std::size_t> result;
    for (std::int32_t at = borders->first(); at != icu::BreakIterator::DONE; at = borders->next())
        result.push_back(std::size_t(utf16.codePoint[std::size_t(at)]));
    return result;
}

void appendLowerCase(std::u32string& text, char32_t c)
{
    constexpr char32_t capitalIWithDot = 0x130, combiningDotAbove = 0x307;
    if (c == capitalIWithDot) // the only character whose lower case is two characters
        text.append({ U'i', combiningDotAbove });
    else
        text.push_back(c < asciiEnd ? (c >= 'A' && c <= 'Z' ? c + 32 : c) : char32_t(u_tolower(UChar32(c))));
}

} // namespace headlight
