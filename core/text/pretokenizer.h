#pragma once
// The second step: normalized text is cut into pieces that no token crosses (words, mostly). The list of
// pre-tokenizers is in pretokenizer.cpp; each is a file in pretokenizers/.

#include "core/text/normalized_string.h"
#include "core/text/part_list.h"

#include <cstdint>

namespace headlight {

/// A piece of the text; with `addedId` it is an added token that was found in the text and is not cut
/// further.
struct Piece {
    std::size_t begin = 0, end = 0;
    std::int64_t addedId = -1;

    bool isAdded() const { return addedId >= 0; }
};

/// One text on its way: pieces in order; what lies between them belongs to no token.
struct PreTokenized {
    NormalizedString text;
    std::vector<Piece> pieces;

    std::u32string_view view(const Piece& piece) const
    {
        return std::u32string_view(text.text()).substr(piece.begin, piece.end - piece.begin);
    }
};

class PreTokenizer {
public:
    virtual ~PreTokenizer() = default;
    /// Cuts the pieces that are not added tokens; may also rewrite the text.
    virtual void split(PreTokenized& text) const = 0;
};

using PreTokenizerPtr = PartPtr<PreTokenizer>;

/// Errors: BadFile, Unsupported.
Expected<PreTokenizerPtr> makePreTokenizer(const Json& description, const Place& place);
std::span<const PartRow<PreTokenizer>> preTokenizerRows();

} // namespace headlight
