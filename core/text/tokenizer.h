#pragma once
// Text to tokens and back, exactly as the files of a Hugging Face tokenizer say. Immutable: any number of
// threads may use one tokenizer at the same time.

#include "core/base/expected.h"
#include "core/text/encoding.h"
#include "core/text/special_ids.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace headlight {

struct Pipeline;

enum class SkipSpecial { Yes, No };

class Tokenizer {
public:
    /// From a folder with tokenizer.json, or else with one of the older forms (formats/formats.cpp lists
    /// them); tokenizer_config.json, special_tokens_map.json, added_tokens.json and config.json are honoured.
    /// Or from one of those files. Errors: NotFound (names the files looked for), BadFile, Unsupported (names
    /// the part and its place).
    static Expected<std::shared_ptr<const Tokenizer>> open(const std::filesystem::path& path);
    /// Whether a folder holds files that open() reads, or whether it reads this file.
    static bool reads(const std::filesystem::path& path);
    explicit Tokenizer(Pipeline pipeline);
    ~Tokenizer();

    /// Never cuts or pads. Ill-formed UTF-8 is read as U+FFFD, which counts as one code point in the offsets.
    Encoding encode(std::string_view text, std::optional<std::string_view> pair = std::nullopt,
        SpecialTokens add = SpecialTokens::Add) const;
    /// Ids that no token has are left out.
    std::string decode(std::span<const std::int64_t> ids, SkipSpecial skip = SkipSpecial::Yes) const;

    /// What a decoder of another language reads and writes (Marian); this one itself for nearly all models.
    const Tokenizer& target() const;

    /// Empty for an id that no token has.
    std::string token(std::int64_t id) const;
    std::optional<std::int64_t> id(std::string_view token) const;
    /// One past the largest id, added tokens included.
    std::int64_t vocabularySize() const;
    /// True for tokens that decode() may skip ([CLS], [MASK], ...).
    bool isSpecial(std::int64_t id) const;
    const SpecialTokenIds& special() const;
    /// How many tokens the model was trained for, special ones included, if tokenizer_config.json says it.
    std::optional<std::int64_t> maximumLength() const;

private:
    Encoding encodeOne(std::string_view text, int sequence) const;

    std::unique_ptr<const Pipeline> m_pipeline;
};

} // namespace headlight
