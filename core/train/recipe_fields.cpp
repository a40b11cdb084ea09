#include "core/train/recipe_fields.h"

#include "core/io/json.h"

namespace headlight {
namespace {

const Json nothing;

} // namespace

RecipeFields::RecipeFields(const Json& object, std::string where)
    : RecipeFields(object, std::move(where), std::make_shared<std::vector<std::string>>())
{
}

RecipeFields::RecipeFields(const Json& object, std::string where, std::shared_ptr<std::vector<std::string>> problems)
    : m_object(std::make_shared<const Json>(object))
    , m_where(std::move(where))
    , m_problems(std::move(problems))
{
    if (!m_object->is_object())
        problem(fmt::format("{} is not a JSON object in braces.", m_where));
}

void RecipeFields::problem(const std::string& sentence)
{
    m_problems->push_back(sentence);
}

bool RecipeFields::has(const char* key) const
{
    return m_object->is_object() && m_object->contains(key);
}

const Json& RecipeFields::raw(const char* key)
{
    m_known.insert(key);
    return has(key) ? m_object->at(key) : nothing;
}

std::int64_t RecipeFields::size(
    const char* key, std::optional<std::int64_t> fallback, std::int64_t least, std::int64_t most)
{
    const Json& value = raw(key);
    if (value.is_null() && fallback)
        return *fallback;
    if (value.is_number_integer() && value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most)
        return value.get<std::int64_t>();
    problem(fmt::format("{}: \"{}\" must be a whole number from {} to {}, found {}.", m_where, key, least, most,
        value.is_null() ? "nothing" : value.dump()));
    return least;
}

double RecipeFields::real(const char* key, std::optional<double> fallback, double least, double most)
{
    const Json& value = raw(key);
    if (value.is_null() && fallback)
        return *fallback;
    if (value.is_number() && value.get<double>() >= least && value.get<double>() <= most)
        return value.get<double>();
    problem(fmt::format("{}: \"{}\" must be a number from {} to {}, found {}.", m_where, key, least, most,
        value.is_null() ? "nothing" : value.dump()));
    return least;
}

std::string RecipeFields::text(const char* key, std::optional<std::string> fallback)
{
    const Json& value = raw(key);
    if (value.is_null() && fallback)
        return *fallback;
    if (value.is_string())
        return value.get<std::string>();
    problem(fmt::format(
        "{}: \"{}\" must be a text in quotes, found {}.", m_where, key, value.is_null() ? "nothing" : value.dump()));
    return {};
}

std::vector<std::string> RecipeFields::texts(const char* key)
{
    std::vector<std::string> result;
    const Json& value = raw(key);
    if (!value.is_null() && !value.is_array())
        problem(fmt::format("{}: \"{}\" must be a list of texts.", m_where, key));
    for (const Json& entry : value.is_array() ? value : Json::array())
        if (entry.is_string())
            result.push_back(entry.get<std::string>());
        else
            problem(fmt::format("{}: \"{}\" must hold texts in quotes, found {}.", m_where, key, entry.dump()));
    return result;
}

std::vector<std::pair<std::string, std::string>> RecipeFields::table(const char* key)
{
    std::vector<std::pair<std::string, std::string>> result;
    const Json& value = raw(key);
    if (!value.is_object()) {
        problem(fmt::format("{}: \"{}\" must be an object of texts.", m_where, key));
        return result;
    }
    for (const auto& [name, entry] : value.items())
        if (entry.is_string() || entry.is_null())
            result.emplace_back(name, entry.is_null() ? std::string() : entry.get<std::string>());
        else
            problem(fmt::format("{}: \"{}\" must hold texts or null, found {}.", m_where, key, entry.dump()));
    return result;
}

RecipeFields RecipeFields::object(const char* key)
{
    const Json& value = raw(key);
    return { value.is_null() ? Json::object() : value, fmt::format("{}, {}", m_where, key), m_problems };
}

std::vector<RecipeFields> RecipeFields::list(const char* key)
{
    std::vector<RecipeFields> result;
    const Json& value = raw(key);
    if (!value.is_null() && !value.is_array())
        problem(fmt::format("{}: \"{}\" must be a list.", m_where, key));
    for (const Json& entry : value.is_array() ? value : Json::array())
        result.push_back(
            RecipeFields(entry, fmt::format("{}, {}[{}]", m_where, key, result.size()), m_problems));
    return result;
}

void RecipeFields::close()
{
    if (!m_object->is_object())
        return;
    for (const auto& [key, value] : m_object->items())
        if (!m_known.contains(key))
            problem(fmt::format("{}: there is no setting \"{}\"; known here: {}.", m_where, key, fmt::join(m_known, ", ")));
}

Status RecipeFields::status() const
{
    if (m_problems->empty())
        return {};
    return Error { ErrorKind::BadFile, m_problems->front() };
}

} // namespace headlight
