#pragma once
// The third step: a piece of text becomes tokens of the vocabulary. The list of models is in
// subword_model.cpp; each is a file in models/.

#include "core/text/merge_list.h"
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
    /// True when a token of unknown text is shown as that text and not by its name.
    virtual bool showsUnknownText() const { return false; }
};

using SubwordModelPtr = PartPtr<SubwordModel>;

/// The large part of a model, which is read apart from its description.
struct ModelData {
    ModelData() = default;
    ModelData(Vocabulary tokens) // only WordPiece and WordLevel need no more
        : vocabulary(std::move(tokens))
    {
    }
    Vocabulary vocabulary;
    std::vector<double> scores; ///< Unigram: log-probabilities by id
    MergeList merges; ///< BPE: the first is applied first
};

/// What a model is made from.
struct SubwordModelSource {
    const Json& description;
    ModelData data;
    Place place;
};

/// Errors: BadFile, Unsupported.
Expected<SubwordModelPtr> makeSubwordModel(SubwordModelSource source);

} // namespace headlight
