#pragma once
// A tokenizer from what a GGUF file carries of one, key by key (tokenizer.ggml.*).

#include "core/base/expected.h"
#include "core/text/special_ids.h"

#include <memory>
#include <string>
#include <vector>

namespace headlight {

class Tokenizer;

/// Empty and absent members stand for absent keys.
struct VocabularyData {
    std::string source; ///< names the file in messages
    std::string model; ///< tokenizer.ggml.model: llama, gpt2, bert or t5
    std::string preTokenizer; ///< .pre: how "gpt2" cuts words
    std::vector<std::string> tokens; ///< .tokens, by id
    std::vector<float> scores; ///< .scores: as many as tokens; llama and t5
    std::vector<std::int32_t>
        types; ///< .token_type: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
    std::vector<std::string> merges; ///< .merges, "left right": gpt2
    SpecialTokenIds special; ///< .bos_token_id, .eos_token_id, .unknown_token_id, .seperator_token_id ...
    std::optional<bool> addBos, addEos; ///< .add_bos_token, .add_eos_token
    std::optional<bool> addSpacePrefix, removeExtraSpaces; ///< .add_space_prefix, .remove_extra_whitespaces
    std::string charsmap; ///< .precompiled_charsmap, its bytes
};

/// Encodes as the checkpoint that the file was made from does. Errors: BadFile (lists of different lengths,
/// ids outside of the vocabulary), Unsupported (names the model or pre-tokenizer and what is known).
Expected<std::shared_ptr<const Tokenizer>> makeTokenizer(VocabularyData data);

} // namespace headlight
