#pragma once
// The kinds of checkpoints that bring a SentencePiece model: which ids its pieces have in them, what stands
// around a text, and which tokens exist beside the pieces.

#include "core/text/formats/frame.h"
#include "core/text/sentencepiece/sentencepiece_model.h"

namespace headlight {

/// Where a piece of the model file finds its id.
enum class PieceNumbering {
    AsInFile,
    Fairseq, ///< <s> 0, <pad> 1, </s> 2, <unk> 3, and all other pieces one further up
    VocabularyJson, ///< vocab.json beside the model
};

struct SentencePieceFamily {
    std::string_view name;
    std::string_view classPart; ///< of the names of its tokenizer classes
    std::vector<std::string_view> modelTypes; ///< in config.json
    PieceNumbering numbering = PieceNumbering::AsInFile;
    Frame frame; ///< "@" stands for the token of the source language
    std::vector<std::string_view> special; ///< found in the text and skipped by decoding
    /// The tokens for languages come after the pieces; "" around them or "__".
    std::vector<std::string_view> languages;
    std::string_view languageMarks;
    std::string_view lastToken; ///< gets the id after all others ("<mask>")
    bool hasExtraIds = false; ///< <extra_id_99> ... <extra_id_0> after the pieces
};

/// What the files name, or else what the model's own pieces and its file's name tell.
const SentencePieceFamily& sentencePieceFamily(
    const TokenizerConfig& config, const SentencePieceModel& model, const std::string& fileName);

} // namespace headlight
