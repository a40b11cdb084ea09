#pragma once
// What a text becomes for a model, with the way back from each token to the text.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace headlight {

/// Whether encode() adds what the model expects around a text ([CLS], [SEP], ...).
enum class SpecialTokens { Add, Leave };

/// All vectors have one entry per token.
struct Encoding {
    std::vector<std::int64_t> ids;
    std::vector<std::string>
        tokens; ///< as the vocabulary writes them; an added token as it stood in the text
    /// Code points [begin, end) of the token's own input text; {0, 0} for tokens that were added around the
    /// text.
    std::vector<std::pair<int, int>> offsets;
    std::vector<std::int64_t> typeIds; ///< segment: 0 or 1
    std::vector<std::uint8_t> specialMask; ///< 1 for tokens that were added around the text
    std::vector<int> wordIndex; ///< number of the word in its own text, -1 for added tokens
    std::vector<int> sequenceIndex; ///< 0 text, 1 pair, -1 added around them

    std::size_t size() const { return ids.size(); }
    void append(const Encoding& other);
};

} // namespace headlight
