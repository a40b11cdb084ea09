#pragma once
// Which tokens of two inputs are the same, so that their maps can be laid over each other: rows and columns
// of a comparison. Plain values, tested without a window.

#include "ui/session/shown_tokens.h"

#include <span>

namespace headlight::ui {

/// One row or column of two aligned maps: the tokens of each side, as places in the lists that were aligned,
/// ascending. One to one, several to one where tokenizers cut words differently, or a gap on one side.
struct AlignedTokens {
    std::vector<int> a, b;
    bool both() const { return !a.empty() && !b.empty(); }
    friend bool operator==(const AlignedTokens&, const AlignedTokens&) = default;
};

/// Whether both sides were cut into tokens by the same tokenizer.
enum class Vocabulary { Same, Different };

struct TokenAlignment {
    std::vector<AlignedTokens> units; ///< in the order of both inputs

    int count() const { return int(units.size()); }
    int onlyA() const; ///< tokens that B has not
    int onlyB() const;
    /// Units of more than one token on a side.
    int joined() const;
    /// Every token has exactly one partner.
    bool oneToOne() const;
    std::optional<int> unitOfA(int token) const;

    /// The first with the first, and so on.
    static TokenAlignment identity(int count);
    /// The longest common subsequence. Same vocabulary: of tokens, alike when label, continuation and
    /// specialness are. Different: of words without regard to case and accents, then between them of
    /// stretches that spell the same, each split at the boundaries that both tokenizers have; special tokens
    /// by what they are for ([CLS] is <s>). What is left between two matches is a gap, first A's, then B's.
    static TokenAlignment of(
        std::span<const TokenInfo> a, std::span<const TokenInfo> b, Vocabulary vocabulary);
};

/// Two axes laid over each other, or the sentence that says why they cannot be.
struct AxisAlignment {
    TokenAlignment alignment;
    QString reason;
};
/// `shownA` and `shownB` are the tokens that take part; the units count places in them. Pictures and sounds
/// are aligned place by place, and only when they are cut alike.
AxisAlignment alignAxes(const TokenAxis& a, std::span<const int> shownA, const TokenAxis& b,
    std::span<const int> shownB, Vocabulary vocabulary);
/// The same of what is shown: a word of several tokens takes part as one.
AxisAlignment alignAxes(const TokenAxis& a, const ShownTokens& shownA, const TokenAxis& b,
    const ShownTokens& shownB, Vocabulary vocabulary);

} // namespace headlight::ui
