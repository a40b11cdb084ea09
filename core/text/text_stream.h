#pragma once
// Decoding while a model writes: token by token, and never half a character.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace headlight {

class Tokenizer;

class TextStream {
public:
    explicit TextStream(std::shared_ptr<const Tokenizer> tokenizer);

    /// What the text grows by with this token; empty while the token ends inside of a UTF-8 sequence. All
    /// that was returned, joined, is decode() of all ids, special ones left out.
    std::string push(std::int64_t id);
    /// What was held back, with U+FFFD for bytes that never became a character.
    std::string finish();

private:
    std::string decoded(std::size_t begin, std::size_t end) const;
    std::string take();

    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::vector<std::int64_t> m_ids; ///< a few shown ones, which decide about spaces, and those held back
    std::size_t m_shown = 0; ///< of m_ids
};

} // namespace headlight
