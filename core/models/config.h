#pragma once
// A model's config.json, read with defaults and checked: a family asks for what it needs, and all problems come out as
// one sentence in the end.

#include "core/base/expected.h"

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
    /// 0 counts too.
    std::int64_t number(const char* key, std::int64_t fallback);
    float real(const char* key, float fallback);
    bool flag(const char* key, bool fallback);
    std::string text(const char* key, const std::string& fallback);
    /// id2label in the order of the ids; "LABEL_i" for num_labels without names; two labels by default.
    std::vector<std::string> labels();
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
