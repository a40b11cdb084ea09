#pragma once
// A model's config.json, read with defaults and checked: a family asks for what it needs, and all problems come out as
// one sentence in the end.

#include "core/base/expected.h"
#include "core/nn/layers.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headlight {

class Config {
public:
    /// Errors: NotFound ("… is not a model folder"), BadFile.
    static Expected<Config> open(const std::filesystem::path& folder);
    /// From text; `where` names it in messages. Errors: BadFile.
    static Expected<Config> parse(const std::string& text, const std::string& where);

    std::string modelType() const;
    /// The first of "architectures", or "".
    std::string architecture() const;

    /// A whole number ≥ 1 and ≤ `largest`. Missing without a default, or out of range: kept as a problem.
    std::int64_t size(const char* key, std::int64_t fallback = 0, std::int64_t largest = 1 << 24);
    /// Height and width: one size for both, or a list of two. Checked as `size`.
    std::pair<std::int64_t, std::int64_t> sizePair(const char* key, std::int64_t fallback, std::int64_t largest);
    /// 0 counts too.
    std::int64_t number(const char* key, std::int64_t fallback);
    /// Nothing when the key is missing or null.
    std::optional<std::int64_t> optionalNumber(const char* key);
    float real(const char* key, float fallback);
    /// The same in f64: for what is multiplied and cut to a whole number.
    double precise(const char* key, double fallback);
    /// Nothing when the key is null, the fallback when it is missing: null is a choice of its own.
    std::optional<std::int64_t> optionalNumber(const char* key, std::optional<std::int64_t> fallback);
    std::optional<float> optionalReal(const char* key, std::optional<float> fallback);
    bool flag(const char* key, bool fallback);
    std::string text(const char* key, const std::string& fallback);
    /// Lists; a single value counts as a list of one.
    std::vector<std::int64_t> numbers(const char* key);
    std::vector<double> reals(const char* key);
    std::vector<std::string> texts(const char* key);
    /// True when the key is there and not null.
    bool has(const char* key) const;
    /// True when the key is there, if null.
    bool mentions(const char* key) const;
    /// The object under a key ("text_config", "rope_scaling"): a configuration of its own whose problems come out here.
    /// Empty when there is none.
    Config part(const char* key);
    /// An activation by its name under `key`.
    Activation activation(const char* key, const std::string& fallback);
    /// id2label in the order of the ids; "LABEL_i" for num_labels without names; `fallback` labels without both.
    std::vector<std::string> labels(std::int64_t fallback = 2);
    /// Notes that a value cannot be used.
    void problem(std::string sentence);

    /// Unsupported or BadFile, naming every problem found, when there was one.
    Status status() const;
    /// The whole file, for `inspect`.
    std::string dump() const;

    Config(Config&&) noexcept;
    Config& operator=(Config&&) noexcept;
    ~Config();

private:
    struct Content;
    explicit Config(std::unique_ptr<Content> content);
    std::unique_ptr<Content> m_content;
};

} // namespace headlight
