#pragma once
// Tokens beside the model's own ([MASK], <|endoftext|>, words a user added): found in the text before
// anything else cuts it. Follows Hugging Face's tokenizers in what "single_word", "lstrip", "rstrip" and
// "normalized" mean.

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

    const AddedToken* find(std::string_view content) const;
    const AddedToken* find(std::int64_t id) const;
    const std::vector<AddedToken>& tokens() const { return m_tokens; }

private:
    /// Longest match first, by first character: how long the tokens are, and which one a text is.
    struct Index {
        std::unordered_map<char32_t, std::vector<std::size_t>> lengths;
        std::unordered_map<std::u32string, std::size_t> tokens;

        void add(std::u32string content, std::size_t token);
        std::optional<std::pair<std::size_t, std::size_t>> longestAt(
            std::u32string_view text, std::size_t at) const;
    };
    std::vector<Piece> cut(std::u32string_view text, const Index& index) const;

    std::vector<AddedToken> m_tokens;
    std::unordered_map<std::string, std::size_t> m_byContent;
    std::unordered_map<std::int64_t, std::size_t> m_byId;
    Index m_raw, m_normalized;
};

} // namespace headlight
