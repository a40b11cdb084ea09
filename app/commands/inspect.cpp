// headlight inspect: what a model is, without running it.

#include "app/commands/commands.h"

#include "app/output.h"
#include "core/engine/engine.h"
#include "core/io/json.h"
#include "core/models/config.h"

namespace headlight {
namespace {

Json describe(const OpenModel& model, const Config& config)
{
    const ModelInfo& info = model.network->info();
    Json parameters = Json::array();
    for (const ParameterRef& parameter : model.network->parameters())
        parameters.push_back({ { "name", parameter->name }, { "shape", parameter->value.shape().extents() },
            { "type", name(parameter->value.dtype()) } });
    return { { "name", model.name }, { "folder", model.folder.string() }, { "family", info.family },
        { "architecture", info.architecture }, { "task", displayName(info.task) }, { "layers", info.layers },
        { "heads", info.heads }, { "head_size", info.headSize }, { "width", info.width }, { "attention", info.attention },
        { "labels", info.labels }, { "parameter_count", model.parameterCount }, { "stored_type", name(model.storedType) },
        { "tokenizer", model.tokenizer != nullptr }, { "parameters", parameters },
        { "unused_parameters", model.unusedParameters }, { "config", Json::parse(config.dump()) } };
}

std::string text(const Json& d)
{
    std::string out = fmt::format("{}  ({})\n", d["name"].get<std::string>(), d["folder"].get<std::string>());
    const auto line = [&out](std::string_view key, const std::string& value) { out += fmt::format("  {:<12} {}\n", key, value); };
    line("family", d["family"]);
    line("architecture", fmt::format("{}, {}", d["architecture"].get<std::string>(), d["task"].get<std::string>()));
    line("attention", fmt::format("{} layers × {} heads of {}, {}", d["layers"].get<int>(), d["heads"].get<int>(),
        d["head_size"].get<int>(), d["attention"].get<std::string>()));
    if (!d["labels"].empty())
        line("classes", fmt::format("{}", fmt::join(d["labels"].get<std::vector<std::string>>(), ", ")));
    line("parameters", fmt::format("{} numbers, mostly {}", d["parameter_count"].get<std::int64_t>(), d["stored_type"].get<std::string>()));
    for (const Json& parameter : d["parameters"])
        out += fmt::format("    {:<68} {:<5} {}\n", parameter["name"].get<std::string>(), parameter["type"].get<std::string>(), parameter["shape"].dump());
    for (const Json& unused : d["unused_parameters"])
        out += fmt::format("    {:<68} not used\n", unused.get<std::string>());
    out += "  configuration\n";
    for (const auto& [key, value] : d["config"].items())
        out += fmt::format("    {:<36} {}\n", key, value.dump());
    return out;
}

Status run(const std::string& reference, bool json, const JobControl& job)
{
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const auto model, engine.open(reference, job));
    HEADLIGHT_TRY(const Config config, Config::open(model->folder));
    const Json description = describe(*model, config);
    return writeOutput("", json ? description.dump(2, ' ', false, Json::error_handler_t::replace) + '\n' : text(description));
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
