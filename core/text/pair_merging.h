#pragma once
// The heart of the vocabulary trainer: words as rows of pieces, and how often which two pieces stand side by
// side, kept up to date while pieces are merged.

#include <cstdint>
#include <optional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

namespace headlight {

using PiecePair = std::pair<int, int>; ///< left and right piece, by id

struct CountedWord {
    std::vector<int> pieces;
    std::int64_t count = 0;
};

class PairMerging {
public:
    explicit PairMerging(std::vector<CountedWord> words);

    /// The most frequent pair and its count; of equal ones that with the smallest ids. None when no pair is
    /// left.
    std::optional<std::pair<PiecePair, std::int64_t>> mostFrequent();
    /// Replaces the pair by `merged` wherever it stands, from left to right.
    void merge(PiecePair pair, int merged);

private:
    struct Candidate {
        std::int64_t count;
        PiecePair pair;
        bool operator<(const Candidate& other) const
        {
            return count != other.count ? count < other.count : pair > other.pair;
        }
    };
    struct Occurrences {
        std::int64_t count = 0;
        std::vector<std::size_t> words; ///< may name a word that no longer holds the pair
    };
    struct PairHash {
        std::size_t operator()(const PiecePair& pair) const
        {
            return std::hash<std::uint64_t>()(
                (std::uint64_t(std::uint32_t(pair.first)) << 32 | std::uint32_t(pair.second))
                * 0x9e3779b97f4a7c15u);
        }
    };
    void count(std::size_t word, int sign);

    std::vector<CountedWord> m_words;
    std::unordered_map<PiecePair, Occurrences, PairHash> m_pairs;
    std::priority_queue<Candidate> m_queue; ///< counts may be stale; checked when taken
};

} // namespace headlight
