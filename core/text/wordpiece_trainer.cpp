#include "core/text/wordpiece_trainer.h"

#include "core/base/check.h"
#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/formats/bert_description.h"
#include "core/text/normalizer.h"
#include "core/text/pair_merging.h"
#include "core/text/pretokenizer.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr const char* specialTokens[] = { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" };
constexpr std::string_view continuation = "##";

using WordCounts = std::map<std::u32string, std::int64_t>;

/// The most frequent characters, in code point order.
std::vector<char32_t> alphabetOf(const WordCounts& words, std::size_t limit)
{
    std::map<char32_t, std::int64_t> counts;
    for (const auto& [word, count] : words)
        for (const char32_t c : word)
            counts[c] += count;
    std::vector<std::pair<std::int64_t, char32_t>> byCount;
    for (const auto& [c, count] : counts)
        byCount.emplace_back(-count, c);
    std::sort(byCount.begin(), byCount.end());
    byCount.resize(std::min(byCount.size(), limit));
    std::vector<char32_t> alphabet;
    for (const auto& entry : byCount)
        alphabet.push_back(entry.second);
    std::sort(alphabet.begin(), alphabet.end());
    return alphabet;
}

/// Tokens as they are learned; a token that two merges spell is kept once.
class GrowingVocabulary {
public:
    int idOf(const std::string& token)
    {
        const auto [found, isNew] = m_ids.emplace(token, int(m_tokens.size()));
        if (isNew)
            m_tokens.push_back(token);
        return found->second;
    }
    int merged(PiecePair pair)
    {
        const std::string right = m_tokens[std::size_t(pair.second)].substr(continuation.size());
        return idOf(m_tokens[std::size_t(pair.first)] + right);
    }
    const std::vector<std::string>& tokens() const { return m_tokens; }

private:
    std::vector<std::string> m_tokens;
    std::unordered_map<std::string, int> m_ids;
};

/// Words as single characters; characters outside of the alphabet are left out.
std::vector<CountedWord> spelled(
    const WordCounts& words, const std::vector<char32_t>& alphabet, GrowingVocabulary& vocabulary)
{
    std::vector<CountedWord> result;
    for (const auto& [word, count] : words) {
        CountedWord spelling{ {}, count };
        for (const char32_t c : word) {
            if (!std::binary_search(alphabet.begin(), alphabet.end(), c))
                continue;
            std::string piece(spelling.pieces.empty() ? "" : continuation);
            appendUtf8(piece, c);
            spelling.pieces.push_back(vocabulary.idOf(piece));
        }
        result.push_back(std::move(spelling));
    }
    return result;
}

template <typename Part> PartPtr<Part> known(Expected<PartPtr<Part>> part)
{
    HEADLIGHT_CHECK(part.hasValue(), "a description written here must be readable");
    return std::move(part).value();
}

} // namespace

struct WordPieceTrainer::WordCutter {
    NormalizerPtr normalizer;
    PreTokenizerPtr preTokenizer;
};

WordPieceTrainer::WordPieceTrainer(const WordPieceTraining& settings)
    : m_settings(settings)
    , m_cutter(new WordCutter{
          known(makeNormalizer({ { "type", "BertNormalizer" }, { "lowercase", settings.lowercase } }, {})),
          known(makePreTokenizer({ { "type", "BertPreTokenizer" } }, {})) })
{
}

WordPieceTrainer::~WordPieceTrainer() = default;

void WordPieceTrainer::add(std::string_view text)
{
    PreTokenized cut{ NormalizedString(decodeUtf8(text)), {} };
    m_cutter->normalizer->apply(cut.text);
    cut.pieces.push_back({ 0, cut.text.size(), -1 });
    m_cutter->preTokenizer->split(cut);
    for (const Piece& piece : cut.pieces)
        ++m_counts[std::u32string(cut.view(piece))];
}

Expected<std::vector<std::string>> WordPieceTrainer::train(const JobControl& job) const
{
    GrowingVocabulary vocabulary;
    for (const char* token : specialTokens)
        vocabulary.idOf(token);
    const std::vector<char32_t> alphabet = alphabetOf(m_counts, m_settings.alphabetLimit);
    for (const char32_t c : alphabet)
        vocabulary.idOf(encodeUtf8({ &c, 1 }));
    PairMerging merging(spelled(m_counts, alphabet, vocabulary));
    const std::size_t wanted = m_settings.vocabularySize;
    if (vocabulary.tokens().size() > wanted)
        return Error{ ErrorKind::BadInput,
            fmt::format("A vocabulary of {} does not hold the {} special tokens and single characters of "
                        "these texts; "
                        "ask for a larger one, or for fewer characters.",
                wanted, vocabulary.tokens().size()) };
    while (vocabulary.tokens().size() < wanted) {
        const auto best = merging.mostFrequent();
        if (!best || best->second < m_settings.minimumCount)
            break;
        merging.merge(best->first, vocabulary.merged(best->first));
        job.report(double(vocabulary.tokens().size()) / double(wanted), "learning the vocabulary");
    }
    return vocabulary.tokens();
}

Status writeBertTokenizer(const std::filesystem::path& folder, const std::vector<std::string>& tokens,
    const WordPieceTraining& settings)
{
    Vocabulary vocabulary;
    std::string lines;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        lines += tokens[id] + '\n';
        HEADLIGHT_TRY_STATUS(vocabulary.add(tokens[id], std::int64_t(id)));
    }
    BertDescription description;
    description.lowercase = settings.lowercase;
    HEADLIGHT_TRY(Json tokenizer, bertDescription(description, vocabulary, {}, { folder.string(), "" }));
    Json& entries = tokenizer["model"]["vocab"] = Json::object();
    for (std::size_t id = 0; id < tokens.size(); ++id)
        entries[tokens[id]] = id;
    const Json config{ { "tokenizer_class", "BertTokenizer" }, { "do_lower_case", settings.lowercase },
        { "tokenize_chinese_chars", true }, { "strip_accents", nullptr },
        { "model_max_length", settings.maximumLength }, { "pad_token", "[PAD]" }, { "unk_token", "[UNK]" },
        { "cls_token", "[CLS]" }, { "sep_token", "[SEP]" }, { "mask_token", "[MASK]" } };
    HEADLIGHT_TRY_STATUS(writeFile(folder / "vocab.txt", lines));
    HEADLIGHT_TRY_STATUS(writeFile(folder / "tokenizer_config.json", config.dump(2) + '\n'));
    return writeFile(folder / "tokenizer.json", tokenizer.dump() + '\n');
}

} // namespace headlight
