#pragma once
// The third step: a piece of text becomes tokens of the vocabulary. The list of models is in
// subword_model.cpp; each is a file in models/.

#include "core/text/normalized_string.h"
#include "core/text/part_list.h"
#include "core/text/vocabulary.h"

namespace headlight {

/// A token and the code points of the piece it covers.
struct PieceToken {
    std::int64_t id = 0;
    Span span;
};

class SubwordModel {
public:
    virtual ~SubwordModel() = default;
    /// Appends the tokens of one piece, in order.
    virtual void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const = 0;
    virtual const Vocabulary& vocabulary() const = 0;
    /// What stands for text that the vocabulary cannot spell.
    virtual std::optional<std::int64_t> unknownId() const = 0;
};

using SubwordModelPtr = PartPtr<SubwordModel>;

/// What a model is made from. The vocabulary is read apart from the description: it is large.
struct SubwordModelSource {
    const Json& description;
    Vocabulary vocabulary;
    Place place;
};

/// Errors: BadFile, Unsupported.
Expected<SubwordModelPtr> makeSubwordModel(SubwordModelSource source);

} // namespace headlight
