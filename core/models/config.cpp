#include "core/models/config.h"

#include "core/io/file.h"
#include "core/io/json.h"

namespace headlight {

struct Config::Content {
    Json json;
    std::string where;
    /// Shared by the parts of a configuration.
    std::shared_ptr<std::vector<std::string>> problems = std::make_shared<std::vector<std::string>>();

    template <typename T>
    T value(const char* key, T fallback)
    {
        Expected<T> found = jsonOr<T>(json, key, fallback, where);
        if (found)
            return *found;
        problems->push_back(found.error().message);
        return fallback;
    }
};

Config::Config(std::unique_ptr<Content> content)
    : m_content(std::move(content))
{
}
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;
Config::~Config() = default;

Expected<Config> Config::open(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "config.json";
    std::error_code ignored;
    if (!std::filesystem::exists(folder, ignored))
        return Error { ErrorKind::NotFound, fmt::format("There is no folder {}.", folder.string()) };
    if (!std::filesystem::exists(file, ignored))
        return Error { ErrorKind::NotFound,
            fmt::format("{} is not a model folder: it has no config.json.", folder.string()) };
    HEADLIGHT_TRY(const std::string text, readFile(file));
    return parse(text, file.string());
}

Expected<Config> Config::parse(const std::string& text, const std::string& where)
{
    HEADLIGHT_TRY(Json json, parseJson(text, where));
    if (!json.is_object())
        return Error { ErrorKind::BadFile, fmt::format("{} is not a JSON object.", where) };
    auto content = std::make_unique<Content>();
    content->json = std::move(json);
    content->where = where;
    return Config(std::move(content));
}

std::string Config::modelType() const
{
    return m_content->value<std::string>("model_type", "");
}

std::string Config::architecture() const
{
    const auto all = m_content->value<std::vector<std::string>>("architectures", {});
    return all.empty() ? std::string() : all.front();
}

std::int64_t Config::size(const char* key, std::int64_t fallback, std::int64_t largest)
{
    const std::int64_t value = m_content->value<std::int64_t>(key, fallback);
    if (value >= 1 && value <= largest)
        return value;
    problem(fmt::format("{} has {} = {}, a whole number from 1 to {} was expected.", m_content->where, key, value, largest));
    return 1;
}

std::pair<std::int64_t, std::int64_t> Config::sizePair(const char* key, std::int64_t fallback, std::int64_t largest)
{
    if (!has(key) || !m_content->json[key].is_array()) {
        const std::int64_t both = size(key, fallback, largest);
        return { both, both };
    }
    const std::vector<std::int64_t> given = numbers(key);
    if (given.size() == 2 && std::ranges::all_of(given, [&](std::int64_t n) { return n >= 1 && n <= largest; }))
        return { given[0], given[1] };
    problem(fmt::format("{} has {} = [{}], a height and a width from 1 to {} were expected.", m_content->where, key,
        fmt::join(given, ", "), largest));
    return { 1, 1 };
}

std::int64_t Config::number(const char* key, std::int64_t fallback)
{
    return m_content->value<std::int64_t>(key, fallback);
}

std::optional<std::int64_t> Config::optionalNumber(const char* key)
{
    return has(key) ? std::optional(number(key, 0)) : std::nullopt;
}

std::optional<std::int64_t> Config::optionalNumber(const char* key, std::optional<std::int64_t> fallback)
{
    return m_content->json.contains(key) ? optionalNumber(key) : fallback;
}

std::optional<float> Config::optionalReal(const char* key, std::optional<float> fallback)
{
    if (!m_content->json.contains(key))
        return fallback;
    return has(key) ? std::optional(real(key, 0.0f)) : std::nullopt;
}

std::vector<std::int64_t> Config::numbers(const char* key)
{
    const auto found = m_content->json.find(key);
    if (found != m_content->json.end() && found->is_number())
        return { number(key, 0) };
    return m_content->value<std::vector<std::int64_t>>(key, {});
}

std::vector<double> Config::reals(const char* key)
{
    return m_content->value<std::vector<double>>(key, {});
}

std::vector<std::string> Config::texts(const char* key)
{
    const auto found = m_content->json.find(key);
    if (found != m_content->json.end() && found->is_string())
        return { text(key, "") };
    return m_content->value<std::vector<std::string>>(key, {});
}

bool Config::has(const char* key) const
{
    const auto found = m_content->json.find(key);
    return found != m_content->json.end() && !found->is_null();
}

bool Config::mentions(const char* key) const
{
    return m_content->json.contains(key);
}

Config Config::part(const char* key)
{
    auto content = std::make_unique<Content>();
    content->json = has(key) && m_content->json[key].is_object() ? m_content->json[key] : Json::object();
    content->where = fmt::format("{} ({})", m_content->where, key);
    content->problems = m_content->problems;
    return Config(std::move(content));
}

Activation Config::activation(const char* key, const std::string& fallback)
{
    const std::string name = text(key, fallback);
    if (const auto known = activationFromName(name))
        return *known;
    problem(fmt::format("The activation \"{}\" is not known.", name));
    return Activation::Identity;
}

float Config::real(const char* key, float fallback)
{
    return float(m_content->value<double>(key, double(fallback)));
}

double Config::precise(const char* key, double fallback)
{
    return m_content->value<double>(key, fallback);
}

bool Config::flag(const char* key, bool fallback)
{
    return m_content->value<bool>(key, fallback);
}

std::string Config::text(const char* key, const std::string& fallback)
{
    return m_content->value<std::string>(key, fallback);
}

std::vector<std::string> Config::labels(std::int64_t fallback)
{
    const auto named = m_content->value<std::map<std::string, std::string>>("id2label", {});
    const std::int64_t count = named.empty() ? size("num_labels", fallback, 1 << 20) : std::int64_t(named.size());
    std::vector<std::string> labels;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto found = named.find(std::to_string(i));
        labels.push_back(found == named.end() ? fmt::format("LABEL_{}", i) : found->second);
    }
    return labels;
}

void Config::problem(std::string sentence)
{
    m_content->problems->push_back(std::move(sentence));
}

Status Config::status() const
{
    if (m_content->problems->empty())
        return {};
    return Error { ErrorKind::Unsupported, fmt::format("{}", fmt::join(*m_content->problems, " ")) };
}

std::string Config::dump() const
{
    return m_content->json.dump(2);
}

} // namespace headlight
