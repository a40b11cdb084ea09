#pragma once
// What a SentencePiece model file (.model, .spm) says, and what a GGUF file copies from one.

#include "core/base/expected.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

struct SentencePieceModel {
    enum class Kind { Unigram = 1, Bpe = 2, Word = 3, Character = 4 };
    enum class Type { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };
    struct Piece {
        std::string text;
        float score = 0;
        Type type = Type::Normal;
    };

    Kind kind = Kind::Unigram;
    std::vector<Piece> pieces; ///< by id
    bool byteFallback = false; ///< unknown text is spelled in Byte pieces
    bool addDummyPrefix = true; ///< a space in front of the text
    bool removeExtraSpaces = true; ///< at both ends, and all but one of a run
    bool escapeSpaces = true; ///< as "▁"
    bool spaceAsSuffix = false; ///< the dummy space goes to the end
    std::string charsmap; ///< compiled normalization, perhaps empty

    /// The first piece of a type, -1 when there is none.
    std::int64_t find(Type type) const;
    std::int64_t find(std::string_view text) const;
};

/// `where` names the source in messages. Errors: BadFile.
Expected<SentencePieceModel> parseSentencePieceModel(std::string_view bytes, std::string_view where);
/// Errors: NotFound, BadFile.
Expected<SentencePieceModel> readSentencePieceModel(const std::filesystem::path& path);

} // namespace headlight
