#pragma once
// Base64 (RFC 4648), in which tokenizer files write bytes.

#include <optional>
#include <string>
#include <string_view>

namespace headlight {

/// The bytes; none for a character outside of the alphabet or a length no encoder writes. Padding may lack.
std::optional<std::string> decodeBase64(std::string_view text);

} // namespace headlight
