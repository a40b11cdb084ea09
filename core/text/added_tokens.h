#pragma once
// Tokens beside the model's own ([MASK], <|endoftext|>, words a user added): found in the text before
// anything else cuts it. Follows Hugging Face's tokenizers in what "single_word", "lstrip", "rstrip" and
// "normalized" mean.

#include "core/text/longest_match.h"
#include "core/text/normalizer.h"
#include "core/text/pretokenizer.h"

#include <string>
#include <unordered_map>

namespace headlight {

struct AddedToken {
    std::int64_t id = 0;
    std::string content;
    bool singleWord = false; ///< only where no word character touches it
    bool stripLeft = false, stripRight = false; ///< takes the white space beside it
    bool normalized = true; ///< looked for in the normalized text (else in the input as it is)
    bool special = false; ///< left out of decoded text
};

class AddedTokens {
public:
    AddedTokens() = default;
    /// `normalizer` may be null; it is used here and not kept.
    AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer);

    /// Normalizes the input around the added tokens and cuts it at them.
    PreTokenized extract(std::u32string input, const Normalizer* normalizer) const;

    /// These tokens with their ids, but only `sought` ones, which may be others, are looked for in a text.
    AddedTokens searching(const std::vector<AddedToken>& sought) const;

    const AddedToken* find(std::string_view content) const;
    const AddedToken* find(std::int64_t id) const;
    const std::vector<AddedToken>& tokens() const { return m_tokens; }

private:
    std::vector<Piece> cut(std::u32string_view text, const LongestMatch& index) const;

    std::vector<AddedToken> m_tokens;
    std::unordered_map<std::string, std::size_t> m_byContent;
    std::unordered_map<std::int64_t, std::size_t> m_byId;
    LongestMatch m_raw, m_normalized; ///< places in m_tokens
};

} // namespace headlight
