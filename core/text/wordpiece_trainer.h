#pragma once
// Learns a WordPiece vocabulary from texts, for models trained here, and writes it as a Hugging Face
// tokenizer.

#include "core/base/expected.h"
#include "core/base/job_control.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

struct WordPieceTraining {
    std::size_t vocabularySize = 8000; ///< special tokens and single characters included
    std::int64_t minimumCount = 2; ///< a pair seen less often is not merged
    std::size_t alphabetLimit = 1000; ///< the rarest characters beyond it become unknown
    bool lowercase = true; ///< and accents off
    std::int64_t maximumLength = 512; ///< written as model_max_length
};

/// Counts words as BERT cuts them, then merges the most frequent pair of neighbouring pieces until the
/// vocabulary is full: what the reference trainer does for WordPiece. Equal counts merge in the order of
/// their ids, and words are taken in code point order, so the same texts in any order give the same
/// vocabulary. Source: Sennrich et al. 2016 (merging by frequency), with BERT's "##" pieces.
class WordPieceTrainer {
public:
    explicit WordPieceTrainer(const WordPieceTraining& settings);
    ~WordPieceTrainer();

    void add(std::string_view text);
    /// Tokens by id; [PAD] [UNK] [CLS] [SEP] [MASK] are 0 to 4. Fewer than asked for when the texts hold no
    /// more pairs. Errors: BadInput when the size does not even hold the single characters.
    Expected<std::vector<std::string>> train(const JobControl& job = {}) const;

private:
    struct WordCutter;
    WordPieceTraining m_settings;
    std::unique_ptr<const WordCutter> m_cutter;
    std::map<std::u32string, std::int64_t> m_counts; ///< how often each word was seen
};

/// Writes vocab.txt, tokenizer_config.json and tokenizer.json, which any reader of Hugging Face tokenizers
/// opens. Errors: Unwritable.
Status writeBertTokenizer(const std::filesystem::path& folder, const std::vector<std::string>& tokens,
    const WordPieceTraining& settings);

} // namespace headlight
