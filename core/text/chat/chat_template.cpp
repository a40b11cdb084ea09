#include "core/text/chat/chat_template.h"

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/chat/template_functions.h"
#include "core/text/chat/template_parser.h"

namespace headlight {

using namespace chat;

struct ChatTemplate::Program {
    std::vector<Statement> statements;
    std::map<std::string, std::string> tokens;
};

namespace {

namespace fs = std::filesystem;

/// A special token is a text, or an object that has it as content.
std::map<std::string, std::string> namedTokens(const Json& config)
{
    std::map<std::string, std::string> tokens;
    for (const auto& [key, value] : config.items()) {
        if (!key.ends_with("_token"))
            continue;
        if (value.is_string())
            tokens[key] = value.get<std::string>();
        else if (value.is_object() && value.contains("content") && value.at("content").is_string())
            tokens[key] = value.at("content").get<std::string>();
    }
    return tokens;
}

/// A text, or several with names, of which "default" is meant.
std::optional<std::string> templateIn(const Json& config)
{
    const auto found = config.find("chat_template");
    if (found == config.end())
        return std::nullopt;
    if (found->is_string())
        return found->get<std::string>();
    for (const Json& one : found->is_array() ? *found : Json::array())
        if (one.is_object() && one.value("name", "") == "default" && one.contains("template") && one.at("template").is_string())
            return one.at("template").get<std::string>();
    return std::nullopt;
}

/// Something to say that no template says itself.
constexpr std::string_view probe = "Zq7";

Value partsOf(const ChatTurn& turn)
{
    List parts;
    for (std::size_t i = 0; i < turn.pictures.size(); ++i)
        parts.push_back(Value::dict({ { "type", std::string("image") } }));
    if (!turn.text.empty() || parts.empty())
        parts.push_back(Value::dict({ { "type", std::string("text") }, { "text", turn.text } }));
    return Value::list(std::move(parts));
}

Expected<Json> readIfThere(const fs::path& path)
{
    std::error_code ignored;
    return fs::exists(path, ignored) ? readJson(path) : Expected<Json>(Json::object());
}

} // namespace

ChatTemplate::ChatTemplate(std::shared_ptr<const Program> program)
    : m_program(std::move(program))
{
}

Expected<ChatTemplate> ChatTemplate::parse(std::string_view source, std::map<std::string, std::string> tokens)
try {
    auto program = std::make_shared<Program>();
    program->statements = parseTemplate(source);
    program->tokens = std::move(tokens);
    return ChatTemplate(std::move(program));
} catch (const TemplateProblem& problem) {
    return Error { ErrorKind::Unsupported, fmt::format("The model's chat template {}, which Headlight cannot follow.", problem.what()) };
}

Expected<std::optional<ChatTemplate>> ChatTemplate::open(const fs::path& folder)
{
    HEADLIGHT_TRY(const Json config, readIfThere(folder / "tokenizer_config.json"));
    std::optional<std::string> source = config.is_object() ? templateIn(config) : std::nullopt;
    for (const char* name : { "processor_config.json", "chat_template.json" }) {
        HEADLIGHT_TRY(const Json file, readIfThere(folder / name));
        if (auto found = file.is_object() ? templateIn(file) : std::nullopt)
            source = std::move(found);
    }
    std::error_code ignored;
    if (const fs::path path = folder / "chat_template.jinja"; fs::exists(path, ignored)) {
        HEADLIGHT_TRY(source, readFile(path));
    }
    if (!source)
        return std::optional<ChatTemplate>();
    HEADLIGHT_TRY(ChatTemplate parsed, parse(*source, config.is_object() ? namedTokens(config) : std::map<std::string, std::string>()));
    return std::optional(std::move(parsed));
}

Expected<std::string> ChatTemplate::run(std::span<const ChatTurn> turns, Content content, Reply reply, std::int64_t now) const
try {
    Context::Names names = globalFunctions(now);
    for (const auto& [name, token] : m_program->tokens)
        names[name] = token;
    List messages;
    for (const ChatTurn& turn : turns)
        messages.push_back(Value::dict(
            { { "role", turn.role }, { "content", content == Content::Parts ? partsOf(turn) : Value(turn.text) } }));
    names["messages"] = Value::list(std::move(messages));
    names["add_generation_prompt"] = reply == Reply::Begun;
    Context context(std::move(names));
    runAll(m_program->statements, context);
    return std::move(context.output);
} catch (const TemplateProblem& problem) {
    return Error { ErrorKind::BadInput, fmt::format("The model's chat template {}.", problem.what()) };
}

/// Whether what is said that way arrives as a text. A list that is only printed stands in quotes.
bool ChatTemplate::carries(Content content, std::int64_t now) const
{
    const std::vector<ChatTurn> turns { { "user", std::string(probe) } };
    const Expected<std::string> said = run(turns, content, Reply::No, now);
    const std::size_t at = said ? said->find(probe) : std::string::npos;
    return at != std::string::npos && (content == Content::Text || at == 0 || ((*said)[at - 1] != '\'' && (*said)[at - 1] != '"'));
}

bool ChatTemplate::placesPictures(std::int64_t now) const
{
    const std::vector<ChatTurn> with { { "user", std::string(probe), { 0 } } }, without { { "user", std::string(probe) } };
    const Expected<std::string> seen = run(with, Content::Parts, Reply::No, now);
    const Expected<std::string> read = run(without, Content::Parts, Reply::No, now);
    return carries(Content::Parts, now) && seen && read && *seen != *read;
}

ChatTemplate::Content ChatTemplate::contentFor(std::span<const ChatTurn> turns, std::int64_t now) const
{
    const bool pictures = std::ranges::any_of(turns, [](const ChatTurn& turn) { return !turn.pictures.empty(); });
    const bool parts = pictures ? placesPictures(now) : !carries(Content::Text, now) && carries(Content::Parts, now);
    return parts ? Content::Parts : Content::Text;
}

Expected<std::string> ChatTemplate::apply(
    std::span<const ChatTurn> turns, Reply reply, std::int64_t now, std::string_view picture) const
{
    const Content content = contentFor(turns, now);
    if (content == Content::Parts)
        return run(turns, content, reply, now);
    std::vector<ChatTurn> texts(turns.begin(), turns.end());
    for (ChatTurn& turn : texts)
        for (std::size_t i = 0; i < turn.pictures.size(); ++i)
            turn.text.insert(0, picture);
    return run(texts, content, reply, now);
}

} // namespace headlight
