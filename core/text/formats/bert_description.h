#pragma once
// A BERT tokenizer in tokenizer.json's words: for reading vocab.txt and for writing trained vocabularies.

#include "core/text/added_tokens.h"
#include "core/text/vocabulary.h"

namespace headlight {

struct BertDescription {
    bool lowercase = true, splitIdeographs = true;
    bool basicTokenization = true; ///< false: cut at white space only
    std::optional<bool> stripAccents; ///< absent: as lowercase
    std::string pad = "[PAD]", unk = "[UNK]", cls = "[CLS]", sep = "[SEP]", mask = "[MASK]";
};

/// All of tokenizer.json but model.vocab. Special tokens that the vocabulary lacks are left out.
/// Errors: BadFile when it lacks `cls` or `sep`, which the frame around a text needs.
Expected<Json> bertDescription(const BertDescription& settings, const Vocabulary& vocabulary,
    const std::vector<AddedToken>& added, const Place& place);

} // namespace headlight
