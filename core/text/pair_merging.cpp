#include "core/text/pair_merging.h"

namespace headlight {

PairMerging::PairMerging(std::vector<CountedWord> words)
    : m_words(std::move(words))
{
    for (std::size_t i = 0; i < m_words.size(); ++i)
        count(i, 1);
    for (const auto& [pair, occurrences] : m_pairs)
        m_queue.push({ occurrences.count, pair });
}

/// Adds the pairs of one word to the counts, or takes them off.
void PairMerging::count(std::size_t word, int sign)
{
    const CountedWord& w = m_words[word];
    for (std::size_t i = 0; i + 1 < w.pieces.size(); ++i) {
        Occurrences& occurrences = m_pairs[{ w.pieces[i], w.pieces[i + 1] }];
        occurrences.count += sign * w.count;
        if (sign > 0 && (occurrences.words.empty() || occurrences.words.back() != word))
            occurrences.words.push_back(word);
    }
}

std::optional<std::pair<PiecePair, std::int64_t>> PairMerging::mostFrequent()
{
    while (!m_queue.empty()) {
        const Candidate best = m_queue.top();
        const auto found = m_pairs.find(best.pair);
        const std::int64_t now = found == m_pairs.end() ? 0 : found->second.count;
        if (now > 0 && now == best.count)
            return std::pair{ best.pair, best.count };
        m_queue.pop();
        if (now > 0 && now < best.count) // a larger count has a candidate of its own
            m_queue.push({ now, best.pair });
    }
    return std::nullopt;
}

void PairMerging::merge(PiecePair pair, int merged)
{
    const std::vector<std::size_t> holders = std::move(m_pairs[pair].words);
    std::vector<PiecePair> changed;
    for (const std::size_t holder : holders) {
        std::vector<int>& pieces = m_words[holder].pieces;
        std::vector<int> result;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const bool match = i + 1 < pieces.size() && PiecePair(pieces[i], pieces[i + 1]) == pair;
            result.push_back(match ? merged : pieces[i]);
            i += match ? 1 : 0;
        }
        if (result.size() == pieces.size())
            continue;
        count(holder, -1);
        pieces = std::move(result);
        count(holder, 1);
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
            if (pieces[i] == merged || pieces[i + 1] == merged)
                changed.emplace_back(pieces[i], pieces[i + 1]);
    }
    m_pairs.erase(pair);
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    for (const PiecePair& neighbour : changed)
        m_queue.push({ m_pairs[neighbour].count, neighbour });
}

} // namespace headlight
