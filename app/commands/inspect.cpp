// headlight inspect: what a model is, without running it.

#include "app/commands/commands.h"

#include "app/output.h"
#include "core/engine/engine.h"
#include "core/io/json.h"
#include "core/models/checkpoint.h"

namespace headlight {
namespace {

Json describeParameter(const std::string& parameter, const Tensor& tensor)
{
    return { { "name", parameter }, { "shape", tensor.shape().extents() }, { "type", name(tensor.dtype()) } };
}

/// Whether it has one, or why it cannot be followed.
Json chatTemplate(const OpenModel& model)
{
    return model.chatTemplate ? Json(model.chatTemplate->has_value()) : Json(model.chatTemplate.error().message);
}

Json describe(const OpenModel& model, const Config& config)
{
    const ModelInfo& info = model.network->info();
    Json parameters = Json::array();
    for (const ParameterRef& parameter : model.network->parameters())
        parameters.push_back(describeParameter(parameter->name, parameter->value));
    return { { "name", model.name }, { "folder", model.folder.string() }, { "supported", true }, { "family", info.family },
        { "architecture", info.architecture }, { "task", displayName(info.task) }, { "layers", info.layers },
        { "heads", info.heads }, { "head_size", info.headSize }, { "width", info.width }, { "attention", info.attention },
        { "labels", info.labels }, { "parameter_count", model.parameterCount }, { "stored_type", name(model.storedType) },
        { "tokenizer", model.tokenizer != nullptr }, { "chat_template", chatTemplate(model) }, { "parameters", parameters },
        { "unused_parameters", model.unusedParameters }, { "config", Json::parse(config.dump()) } };
}

/// What can be said of a model that cannot be opened: why, and what its files hold. Errors: `problem` itself when they
/// hold no parameters either.
Expected<Json> describeClosed(const std::filesystem::path& path, const Engine& engine, const Error& problem)
{
    const Expected<Checkpoint> checkpoint = Checkpoint::open(path);
    const Expected<ParameterStore> store = checkpoint ? checkpoint->parameters() : checkpoint.error();
    if (!store)
        return problem;
    Expected<Config> config = checkpoint->config();
    std::int64_t count = 0;
    Json parameters = Json::array();
    for (const auto& [parameter, tensor] : store->tensors()) {
        parameters.push_back(describeParameter(parameter, tensor));
        count += tensor.count();
    }
    return Json { { "name", modelName(path, engine.resources()) }, { "folder", path.string() }, { "supported", false },
        { "problem", problem.message }, { "family", config ? config->modelType() : "" },
        { "architecture", config ? config->architecture() : "" }, { "parameter_count", count },
        { "stored_type", name(store->dominantType()) }, { "parameters", parameters },
        { "config", config ? Json::parse(config->dump()) : Json::object() } };
}

/// Lines of a description for people.
class Page {
public:
    explicit Page(const Json& description)
        : m_json(description)
        , m_text(fmt::format("{}  ({})\n", value("name"), value("folder")))
    {
    }

    std::string write()
    {
        const bool supported = m_json["supported"].get<bool>();
        if (!supported)
            line("problem", value("problem"));
        if (!value("family").empty())
            line("family", value("family"));
        if (supported)
            writeModel();
        else if (!value("architecture").empty())
            line("architecture", value("architecture"));
        line("parameters", fmt::format("{} numbers, mostly {}{}", m_json["parameter_count"].get<std::int64_t>(), value("stored_type"),
            supported ? "" : "; none of them is used"));
        writeParameters();
        return std::move(m_text);
    }

private:
    std::string value(const char* key) const { return m_json[key].get<std::string>(); }
    int number(const char* key) const { return m_json[key].get<int>(); }
    void line(std::string_view key, const std::string& content) { m_text += fmt::format("  {:<12} {}\n", key, content); }

    void writeModel()
    {
        line("architecture", fmt::format("{}, {}", value("architecture"), value("task")));
        line("attention", fmt::format("{} layers × {} heads of {}, {}", number("layers"), number("heads"), number("head_size"), value("attention")));
        if (const Json& chat = m_json["chat_template"]; chat.is_string())
            line("turns", chat.get<std::string>());
        else if (chat.get<bool>())
            line("turns", "has a chat template");
        if (!m_json["labels"].empty())
            line("classes", fmt::format("{}", fmt::join(m_json["labels"].get<std::vector<std::string>>(), ", ")));
    }
    void writeParameters()
    {
        for (const Json& parameter : m_json["parameters"])
            m_text += fmt::format("    {:<68} {:<5} {}\n", parameter["name"].get<std::string>(),
                parameter["type"].get<std::string>(), parameter["shape"].dump());
        if (m_json.contains("unused_parameters"))
            for (const Json& unused : m_json["unused_parameters"])
                m_text += fmt::format("    {:<68} not used\n", unused.get<std::string>());
        if (!m_json["config"].empty())
            m_text += "  configuration\n";
        for (const auto& [key, content] : m_json["config"].items())
            m_text += fmt::format("    {:<36} {}\n", key, shortened(content.dump(-1, ' ', false, Json::error_handler_t::replace)));
    }
    /// A list of a thousand classes is for --json.
    static std::string shortened(const std::string& content)
    {
        constexpr std::size_t longest = 400;
        return content.size() <= longest ? content : content.substr(0, longest) + " ...";
    }

    const Json& m_json;
    std::string m_text;
};

Expected<Json> describeAny(const std::string& reference, const JobControl& job)
{
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const std::filesystem::path path, resolveModel(reference, engine.resources()));
    const auto model = engine.open(reference, job);
    if (!model && model.error().kind == ErrorKind::Cancelled)
        return model.error();
    if (!model)
        return describeClosed(path, engine, model.error());
    HEADLIGHT_TRY(const Checkpoint checkpoint, Checkpoint::open(path));
    HEADLIGHT_TRY(const Config config, checkpoint.config());
    return describe(**model, config);
}

Status run(const std::string& reference, bool json, const JobControl& job)
{
    HEADLIGHT_TRY(const Json description, describeAny(reference, job));
    return writeOutput(
        "", json ? description.dump(2, ' ', false, Json::error_handler_t::replace) + '\n' : Page(description).write());
}

} // namespace

Command inspectCommand()
{
    return { "inspect", "Say what a model is: family, configuration, parameters, attention", [](CLI::App& app) -> Command::Run {
                auto model = std::make_shared<std::string>();
                auto json = std::make_shared<bool>(false);
                app.add_option("MODEL", *model, "Bundled name, folder, file, or org/name of the Hugging Face cache")->required();
                app.add_flag("--json", *json, "As JSON");
                return [model, json](const JobControl& job) { return run(*model, *json, job); };
            } };
}

} // namespace headlight
