#pragma once
// SentencePiece's compiled normalization: a double-array trie from texts to their replacements.
// Source: Aoe 1989 (double arrays); the layout is that of the Darts library, which SentencePiece uses.

#include "core/base/expected.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

class Charsmap {
public:
    struct Match {
        std::size_t length = 0; ///< code points
        std::string_view replacement; ///< UTF-8
    };

    /// An empty blob is a map without rules. Errors: BadFile; `where` names the source.
    static Expected<Charsmap> read(std::string blob, std::string_view where);

    /// The longest rule that the text begins with.
    std::optional<Match> longest(std::u32string_view text) const;
    /// The shortest one.
    std::optional<Match> shortest(std::u32string_view text) const;

private:
    enum class Wanted { Longest, Shortest };
    std::optional<Match> find(std::u32string_view text, Wanted wanted) const;
    std::string_view replacement(std::size_t offset) const;

    std::vector<std::uint32_t> m_units; ///< the trie
    std::string m_texts; ///< replacements, each ended by a zero byte
};

} // namespace headlight
