// headlight models: what can be opened by name.

#include "app/commands/commands.h"

#include "app/output.h"
#include "core/engine/catalogue.h"
#include "core/io/json.h"

namespace headlight {
namespace {

std::string_view originName(CatalogueEntry::Origin origin)
{
    return origin == CatalogueEntry::Origin::Bundled ? "bundled" : "cache";
}

Status run(bool json)
{
    const std::vector<CatalogueEntry> entries = catalogue(Resources::locate());
    if (json) {
        Json list = Json::array();
        for (const CatalogueEntry& entry : entries)
            list.push_back({ { "name", entry.name }, { "origin", originName(entry.origin) },
                { "folder", entry.folder.string() }, { "summary", entry.summary } });
        return writeOutput("", list.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    }
    std::string text;
    for (const CatalogueEntry& entry : entries)
        text += fmt::format("{:<28} {:<8} {}\n", entry.name, originName(entry.origin), entry.summary);
    return writeOutput("", entries.empty() ? "No models were found.\n" : text);
}

} // namespace

Command modelsCommand()
{
    return { "models", "List bundled models and those of the Hugging Face cache", [](CLI::App& app) -> Command::Run {
                auto json = std::make_shared<bool>(false);
                app.add_flag("--json", *json, "As JSON");
                return [json](const JobControl&) { return run(*json); };
            } };
}

} // namespace headlight
