// tiktoken's rank files: a token's bytes in Base64 and its rank, which is its id, per line. Two tokens merge
// when their bytes together are a token, the lowest rank first.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/base64.h"
#include "core/text/byte_level.h"
#include "core/text/decoders/decoders.h"
#include "core/text/formats/byte_level_families.h"
#include "core/text/formats/formats.h"
#include "core/text/formats/frame.h"
#include "core/text/models/bpe.h"
#include "core/text/unicode.h"
#include "core/text/word_patterns.h"

#include <charconv>

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// How a rank file cuts words; the file does not say it, but its name or size does.
struct Encoder {
    std::string_view name; ///< in the file's name
    std::int64_t size; ///< tokens in the file
    std::string_view expression;
    bool normalizes; ///< to NFC
};

constexpr Encoder encoders[] = {
    { "qwen", 151643, words::qwen2, true },
    { "cl100k", 100256, words::llama3, false },
    { "o200k", 199998, words::o200k, false },
    { "llama", 128000, words::llama3, false },
};
constexpr Encoder gpt2Encoder{ "r50k", 50256, words::gpt2, false };

const Encoder& encoderOf(const std::string& fileName, std::int64_t size)
{
    for (const Encoder& encoder : encoders)
        if (fileName.find(encoder.name) != std::string::npos)
            return encoder;
    for (const Encoder& encoder : encoders)
        if (encoder.size == size)
            return encoder;
    return gpt2Encoder;
}

Status readLine(std::string_view line, Vocabulary& vocabulary)
{
    const std::size_t space = std::min(line.find(' '), line.size());
    const auto bytes = decodeBase64(line.substr(0, space));
    const std::string_view number = line.substr(std::min(space + 1, line.size()));
    std::int64_t rank = -1;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rank);
    if (!bytes || bytes->empty() || error != std::errc() || end != number.data() + number.size())
        return Error{ ErrorKind::BadFile, "expected a token in Base64, a space and a number" };
    std::string token;
    for (const char byte : *bytes)
        appendUtf8(token, characterOfByte(std::uint8_t(byte)));
    return vocabulary.add(std::move(token), rank);
}

Expected<Vocabulary> readRanks(const fs::path& path)
{
    HEADLIGHT_TRY(const std::string file, readFile(path));
    Vocabulary vocabulary;
    int number = 1;
    for (std::size_t begin = 0; begin < file.size(); ++number) {
        const std::size_t end = std::min(file.find('\n', begin), file.size());
        std::string_view line = std::string_view(file).substr(begin, end - begin);
        begin = end + 1;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty())
            continue;
        if (const Status status = readLine(line, vocabulary); !status)
            return Error{ ErrorKind::BadFile,
                fmt::format("{}: line {} is broken: {}.", path.string(), number, status.error().message) };
    }
    if (vocabulary.empty())
        return Error{ ErrorKind::BadFile, fmt::format("{} is empty.", path.string()) };
    return vocabulary;
}

SubwordModelPtr makeModel(Vocabulary vocabulary)
{
    std::vector<double> scores(std::size_t(vocabulary.size()));
    for (std::size_t id = 0; id < scores.size(); ++id)
        scores[id] = -double(id);
    BpeSettings settings;
    settings.wholeFirst = true;
    MergeTable merges = mergesByScore(vocabulary, scores, std::vector<bool>(scores.size(), true));
    return makeBpe(std::move(vocabulary), std::move(merges), std::move(settings));
}

} // namespace

Expected<Pipeline> readTiktoken(const fs::path& path)
{
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    HEADLIGHT_TRY(Vocabulary vocabulary, readRanks(path));
    const Encoder& encoder = encoderOf(path.filename().string(), vocabulary.size());
    const Place place{ path.string(), "" };
    Pipeline pipeline;
    if (encoder.normalizes) {
        HEADLIGHT_TRY(pipeline.normalizer, makeNormalizer({ { "type", "NFC" } }, place));
    }
    HEADLIGHT_TRY(pipeline.preTokenizer, makePreTokenizer(splitThenBytes(encoder.expression), place));
    HEADLIGHT_TRY(pipeline.decoder, makeByteLevelDecoder({}, place));
    pipeline.added = AddedTokens(tokensToFind(config, {}, vocabulary), pipeline.normalizer.get());
    pipeline.model = makeModel(std::move(vocabulary));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
