#pragma once
// The Unicode normal forms with origins. ICU's own normalizer gives the text but not which code point came
// from where, so decomposition and composition are done here from ICU's tables.

namespace headlight {

class NormalizedString;

enum class UnicodeForm { NFC, NFD, NFKC, NFKD };

/// A character composed of several takes the origin of the first, as the reference does; the parts of a
/// decomposed one share its origin.
void applyUnicodeForm(NormalizedString& text, UnicodeForm form);
/// Lower case, character by character.
void applyLowerCase(NormalizedString& text);

} // namespace headlight
