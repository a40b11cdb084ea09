#pragma once
// The alphabet of byte-level vocabularies: every byte has one printable character, so that a token is text
// whatever bytes it holds. Source: Radford et al. 2019 (GPT-2).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headlight {

class NormalizedString;
struct PreTokenized;

char32_t characterOfByte(std::uint8_t byte);
/// None for a character that stands for no byte.
std::optional<std::uint8_t> byteOfCharacter(char32_t c);

/// Each code point becomes the characters of its UTF-8 bytes, which share its origin.
void toByteLevel(NormalizedString& text);
/// The same for the pieces of a text; added tokens stay as they are.
void toByteLevel(PreTokenized& text);
/// The bytes a token stands for; a token with a character outside of the alphabet stands for itself.
std::string fromByteLevel(std::string_view token);

} // namespace headlight
