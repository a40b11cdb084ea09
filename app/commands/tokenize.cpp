// headlight tokenize: what a text becomes for a model. A folder that holds tokenizer files alone is enough.

#include "app/commands/commands.h"

#include "app/output.h"
#include "core/engine/catalogue.h"
#include "core/io/json.h"
#include "core/models/checkpoint.h"
#include "core/models/gguf/gguf_tokenizer.h"
#include "core/text/tokenizer.h"

#include <fstream>
#include <iostream>

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model, text, jsonLines;
    std::optional<std::string> pair;
    bool noSpecial = false, asTarget = false, json = false;

    SpecialTokens special() const { return noSpecial ? SpecialTokens::Leave : SpecialTokens::Add; }
};

/// One line, in ASCII: some readers take U+2028 and its like for the end of a line. Tokens of a vocabulary
/// that is not UTF-8 throughout show U+FFFD.
std::string jsonLine(const Encoding& encoding)
{
    const Json answer{ { "ids", encoding.ids }, { "tokens", encoding.tokens },
        { "offsets", encoding.offsets }, { "type_ids", encoding.typeIds },
        { "special_mask", encoding.specialMask } };
    return answer.dump(-1, ' ', true, Json::error_handler_t::replace) + '\n';
}

std::string table(const Encoding& encoding)
{
    std::string lines;
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        const auto [begin, end] = encoding.offsets[i];
        const std::string where = encoding.specialMask[i] ? "added" : fmt::format("{}-{}", begin, end);
        lines += fmt::format("{:>5} {:>8}  {:<11} {} {}\n", i, encoding.ids[i], where, encoding.typeIds[i],
            encoding.tokens[i]);
    }
    return lines;
}

/// Answers one {"text": ..., "text_pair": ...}. Errors: BadFile, BadInput.
Expected<std::string> answer(
    const Tokenizer& tokenizer, const std::string& line, const std::string& where, SpecialTokens add)
{
    HEADLIGHT_TRY(const Json item, parseJson(line, where));
    HEADLIGHT_TRY(const std::string text, jsonGet<std::string>(item, "text", where));
    HEADLIGHT_TRY(const std::string pair, jsonOr<std::string>(item, "text_pair", "", where));
    const bool hasPair = item.contains("text_pair") && !item["text_pair"].is_null();
    return jsonLine(
        tokenizer.encode(text, hasPair ? std::optional<std::string_view>(pair) : std::nullopt, add));
}

/// An answer per line, written as soon as it is known, so that the verb can serve another program through a
/// pipe.
Status answerLines(const Tokenizer& tokenizer, const Options& options, const JobControl& job)
{
    const bool fromStandardInput = options.jsonLines == "-";
    std::ifstream file;
    if (!fromStandardInput)
        file.open(options.jsonLines);
    if (!fromStandardInput && !file)
        return Error{ ErrorKind::NotFound, fmt::format("{} cannot be read.", options.jsonLines) };
    std::istream& input = fromStandardInput ? std::cin : file;
    std::string line;
    for (int number = 1; std::getline(input, line); ++number) {
        if (job.stopRequested())
            return Error{ ErrorKind::Cancelled, "stopped" };
        if (line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        const std::string where =
            fmt::format("{}, line {}", fromStandardInput ? "standard input" : options.jsonLines, number);
        HEADLIGHT_TRY(const std::string result, answer(tokenizer, line, where, options.special()));
        HEADLIGHT_TRY_STATUS(writeOutput({}, result));
    }
    return {};
}

/// A folder needs no model in it, and a file of a tokenizer is enough; anything else is looked up as every
/// verb does.
Expected<fs::path> pathOf(const std::string& model)
{
    std::error_code ignored;
    if (fs::is_directory(model, ignored) || Tokenizer::reads(model))
        return fs::path(model);
    return resolveModel(model, Resources::locate());
}

/// From tokenizer files, or from what a GGUF file carries.
Expected<std::shared_ptr<const Tokenizer>> openTokenizer(const fs::path& path)
{
    if (Tokenizer::reads(path))
        return Tokenizer::open(path);
    HEADLIGHT_TRY(const Checkpoint checkpoint, Checkpoint::open(path));
    if (checkpoint.gguf() != nullptr) {
        HEADLIGHT_TRY(auto carried, ggufTokenizer(*checkpoint.gguf()));
        if (carried != nullptr)
            return carried;
    }
    return Tokenizer::open(checkpoint.folder());
}

Status run(const Options& options, const JobControl& job)
{
    HEADLIGHT_TRY(const auto path, pathOf(options.model));
    HEADLIGHT_TRY(const auto opened, openTokenizer(path));
    const Tokenizer* tokenizer = options.asTarget ? &opened->target() : opened.get();
    if (!options.jsonLines.empty())
        return answerLines(*tokenizer, options, job);
    const Encoding encoding = tokenizer->encode(options.text, options.pair, options.special());
    return writeOutput({}, options.json ? jsonLine(encoding) : table(encoding));
}

} // namespace

Command tokenizeCommand()
{
    return { "tokenize", "Show the tokens of a text", [](CLI::App& app) -> Command::Run {
                auto options = std::make_shared<Options>();
                app.add_option("MODEL", options->model, "Bundled name, folder, file or org/name")->required();
                auto* text = app.add_option("--text", options->text, "The text");
                app.add_option("--text-pair", options->pair, "A second text")->needs(text);
                auto* lines = app.add_option("--jsonl", options->jsonLines,
                    "A file of {\"text\": ..., \"text_pair\": ...} per line (- is standard input); answers "
                    "in JSON lines");
                text->excludes(lines);
                app.add_flag("--no-special", options->noSpecial, "Add nothing around the text");
                app.add_flag("--as-target", options->asTarget, "Read the text as what the decoder writes (Marian)");
                app.add_flag("--json", options->json, "Write JSON");
                return [options, text, lines](const JobControl& job) {
                    if (text->empty() && lines->empty())
                        throw CLI::RequiredError("--text or --jsonl");
                    return run(*options, job);
                };
            } };
}

} // namespace headlight
