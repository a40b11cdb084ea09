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

Value turnValue(const ChatTurn& turn)
{
    return Value::dict({ { "role", turn.role }, { "content", turn.text } });
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
    std::error_code ignored;
    Json config = Json::object();
    if (const fs::path path = folder / "tokenizer_config.json"; fs::exists(path, ignored)) {
        HEADLIGHT_TRY(config, readJson(path));
    }
    std::optional<std::string> source = config.is_object() ? templateIn(config) : std::nullopt;
    if (const fs::path path = folder / "chat_template.jinja"; fs::exists(path, ignored)) {
        HEADLIGHT_TRY(source, readFile(path));
    }
    if (!source)
        return std::optional<ChatTemplate>();
    HEADLIGHT_TRY(ChatTemplate parsed, parse(*source, config.is_object() ? namedTokens(config) : std::map<std::string, std::string>()));
    return std::optional(std::move(parsed));
}

Expected<std::string> ChatTemplate::apply(std::span<const ChatTurn> turns, Reply reply, std::int64_t now) const
try {
    Context::Names names = globalFunctions(now);
    for (const auto& [name, token] : m_program->tokens)
        names[name] = token;
    List messages;
    for (const ChatTurn& turn : turns)
        messages.push_back(turnValue(turn));
    names["messages"] = Value::list(std::move(messages));
    names["add_generation_prompt"] = reply == Reply::Begun;
    Context context(std::move(names));
    runAll(m_program->statements, context);
    return std::move(context.output);
} catch (const TemplateProblem& problem) {
    return Error { ErrorKind::BadInput, fmt::format("The model's chat template {}.", problem.what()) };
}

} // namespace headlight
