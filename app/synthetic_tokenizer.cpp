#include "app/synthetic_tokenizer.h"

#include "core/io/json.h"
#include "core/text/byte_level.h"
#include "core/text/unicode.h"
#include "core/text/word_patterns.h"

namespace headlight {
namespace {

constexpr std::size_t vocabularySize = 128000;

/// Grows tokens by one letter at a time, the short ones first, with and without a space before them.
void growTokens(std::vector<std::string>& tokens, Json& merges)
{
    std::vector<std::string> row { "\u0120", "" }; // U+0120 is the space of byte-level vocabularies
    while (tokens.size() < vocabularySize) {
        std::vector<std::string> longer;
        for (const std::string& begin : row)
            for (char letter = 'a'; letter <= 'z' && tokens.size() < vocabularySize; ++letter) {
                longer.push_back(begin + letter);
                if (begin.empty())
                    continue; // a single letter is a token already
                tokens.push_back(longer.back());
                merges.push_back(Json::array({ begin, std::string(1, letter) }));
            }
        row = std::move(longer);
    }
}

} // namespace

std::string syntheticTokenizerJson()
{
    std::vector<std::string> tokens;
    for (int byte = 0; byte < 256; ++byte)
        appendUtf8(tokens.emplace_back(), characterOfByte(std::uint8_t(byte)));
    Json merges = Json::array(), vocabulary = Json::object();
    growTokens(tokens, merges);
    for (std::size_t id = 0; id < tokens.size(); ++id)
        vocabulary[tokens[id]] = id;
    const Json split { { "type", "Split" }, { "pattern", { { "Regex", words::llama3 } } }, { "behavior", "Isolated" } };
    const Json bytes { { "type", "ByteLevel" }, { "add_prefix_space", false }, { "use_regex", false } };
    const Json description { { "pre_tokenizer", { { "type", "Sequence" }, { "pretokenizers", Json::array({ split, bytes }) } } },
        { "model", { { "type", "BPE" }, { "vocab", std::move(vocabulary) }, { "merges", std::move(merges) } } } };
    return description.dump(2);
}

std::string englishText(std::size_t bytes)
{
    constexpr std::string_view sentences = "The lighthouse keeper counted the ships that passed in the night, and wrote each of "
                                           "them down in a book. \"There were 17 of them,\" she said; \"it's more than I've seen "
                                           "in years.\" Nobody asked her why.\n\n";
    std::string text;
    while (text.size() < bytes)
        text += sentences;
    return text;
}

} // namespace headlight
