#include "core/train/text/bag_of_words.h"

#include <set>

namespace headlight {

std::vector<std::string> wordsOf(std::string_view text, WordFeatures features)
{
    std::vector<std::string> words;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const auto byte = i < text.size() ? std::uint8_t(text[i]) : std::uint8_t(' ');
        if (byte >= 0x80 || std::isalnum(byte) != 0 || byte == '\'')
            word += char(byte < 0x80 ? std::tolower(byte) : byte);
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    const std::size_t single = words.size();
    if (features == WordFeatures::WordsAndPairs)
        for (std::size_t i = 1; i < single; ++i)
            words.push_back(words[i - 1] + ' ' + words[i]);
    return words;
}

BagOfWords::BagOfWords(std::span<const Example> examples, WordFeatures kind, double penalty)
    : m_kind(kind)
{
    std::map<std::string, int> counts;
    for (const Example& example : examples)
        for (const std::string& word : wordsOf(example.text, kind))
            ++counts[word];
    for (const auto& [word, count] : counts)
        if (count > 1)
            m_index.emplace(word, std::int32_t(m_index.size()));
    m_weights.resize(m_index.size());
    std::vector<std::vector<std::int32_t>> rows;
    for (const Example& example : examples)
        rows.push_back(features(example.text));
    fit(rows, examples, penalty);
}

std::vector<std::int32_t> BagOfWords::features(std::string_view text) const
{
    std::set<std::int32_t> found;
    for (const std::string& word : wordsOf(text, m_kind))
        if (const auto place = m_index.find(word); place != m_index.end())
            found.insert(place->second);
    return { found.begin(), found.end() };
}

double BagOfWords::score(const std::vector<std::int32_t>& row) const
{
    double sum = m_bias;
    for (const std::int32_t feature : row)
        sum += m_weights[std::size_t(feature)];
    return sum;
}

/// Full-batch gradient descent with Adam's per-weight step sizes (Kingma & Ba 2015), which suits rare and common words.
void BagOfWords::fit(const std::vector<std::vector<std::int32_t>>& rows, std::span<const Example> examples, double penalty)
{
    constexpr int rounds = 400;
    constexpr double beta1 = 0.9, beta2 = 0.999, peak = 0.1;
    const std::size_t count = m_weights.size() + 1; // the bias is the last
    std::vector<double> gradient(count), first(count), second(count);
    for (int round = 1; round <= rounds; ++round) {
        for (std::size_t w = 0; w + 1 < count; ++w)
            gradient[w] = penalty * m_weights[w];
        gradient.back() = 0.0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double error
                = (1.0 / (1.0 + std::exp(-score(rows[i]))) - double(examples[i].label)) / double(rows.size());
            for (const std::int32_t feature : rows[i])
                gradient[std::size_t(feature)] += error;
            gradient.back() += error;
        }
        const double rate = peak * (1.0 - double(round - 1) / rounds);
        for (std::size_t w = 0; w < count; ++w) {
            first[w] = beta1 * first[w] + (1.0 - beta1) * gradient[w];
            second[w] = beta2 * second[w] + (1.0 - beta2) * gradient[w] * gradient[w];
            const double step = rate * first[w] / (1.0 - std::pow(beta1, round))
                / (std::sqrt(second[w] / (1.0 - std::pow(beta2, round))) + 1e-12);
            (w + 1 < count ? m_weights[w] : m_bias) -= step;
        }
    }
}

double BagOfWords::probability(std::string_view text) const
{
    return 1.0 / (1.0 + std::exp(-score(features(text))));
}

double BagOfWords::accuracy(std::span<const Example> examples) const
{
    std::int64_t right = 0;
    for (const Example& example : examples)
        right += (probability(example.text) > 0.5) == (example.label == 1) ? 1 : 0;
    return examples.empty() ? 0.0 : double(right) / double(examples.size());
}

BagOfWords bestBagOfWords(std::span<const BagOfWords::Example> training, std::span<const BagOfWords::Example> validation)
{
    std::optional<BagOfWords> best;
    double bestAccuracy = -1.0;
    for (const WordFeatures kind : { WordFeatures::Words, WordFeatures::WordsAndPairs })
        for (const double penalty : { 1e-5, 3e-5, 1e-4, 3e-4, 1e-3 }) {
            BagOfWords candidate(training, kind, penalty);
            const double accuracy = candidate.accuracy(validation);
            if (accuracy > bestAccuracy) {
                best = std::move(candidate);
                bestAccuracy = accuracy;
            }
        }
    return *best;
}

} // namespace headlight
