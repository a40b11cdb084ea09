#pragma once
// Reading a recipe's JSON so that a typing error is found: every key must be asked for, or it is a problem.

#include "core/base/expected.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace headlight {

/// One object of a recipe. All objects of a recipe share one list of problems.
class RecipeFields {
public:
    RecipeFields(const nlohmann::json& object, std::string where);

    /// A whole number in [least,most]; without a fallback it must be there.
    std::int64_t size(const char* key, std::optional<std::int64_t> fallback, std::int64_t least = 1,
        std::int64_t most = std::int64_t(1) << 40);
    double real(const char* key, std::optional<double> fallback, double least, double most);
    std::string text(const char* key, std::optional<std::string> fallback);
    std::vector<std::string> texts(const char* key);
    /// The object or list under `key`; empty ones when it is absent.
    RecipeFields object(const char* key);
    std::vector<RecipeFields> list(const char* key);
    const nlohmann::json& raw(const char* key);
    bool has(const char* key) const;

    /// After everything was asked for: keys nobody knows become problems.
    void close();
    void problem(const std::string& sentence);
    /// BadFile with the first problem.
    Status status() const;
    const std::string& where() const { return m_where; }
    /// The keys of this object, in order, with the values as text; for label tables. Null gives an empty text.
    std::vector<std::pair<std::string, std::string>> table(const char* key);

private:
    RecipeFields(const nlohmann::json& object, std::string where, std::shared_ptr<std::vector<std::string>> problems);

    std::shared_ptr<const nlohmann::json> m_object;
    std::string m_where;
    std::set<std::string> m_known;
    std::shared_ptr<std::vector<std::string>> m_problems;
};

} // namespace headlight
