#pragma once
// The classic baseline: logistic regression on which words a text has. What a transformer must beat to be worth it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace headlight {

/// A text's words: lower case, cut at everything but letters, digits and apostrophes; and pairs of neighbours if asked.
enum class WordFeatures { Words, WordsAndPairs };
std::vector<std::string> wordsOf(std::string_view text, WordFeatures features);

/// Two classes, 0 and 1. Trained to convergence on all examples at once, so there is no randomness in it.
class BagOfWords {
public:
    struct Example {
        std::string_view text;
        std::int64_t label;
    };
    /// `penalty` is L2's weight per example. Words seen once are left out.
    BagOfWords(std::span<const Example> examples, WordFeatures features, double penalty);
    double probability(std::string_view text) const;
    double accuracy(std::span<const Example> examples) const;

private:
    std::vector<std::int32_t> features(std::string_view text) const;
    void fit(const std::vector<std::vector<std::int32_t>>& rows, std::span<const Example> examples, double penalty);
    double score(const std::vector<std::int32_t>& row) const;

    WordFeatures m_kind;
    std::unordered_map<std::string, std::int32_t> m_index;
    std::vector<double> m_weights;
    double m_bias = 0.0;
};

/// The best of several penalties and both kinds of features on `validation`.
BagOfWords bestBagOfWords(std::span<const BagOfWords::Example> training, std::span<const BagOfWords::Example> validation);

} // namespace headlight
