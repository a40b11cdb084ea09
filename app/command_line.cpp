// Parses with CLI11, runs the chosen verb under Ctrl+C and a progress bar, and turns every way it can end
// into one line and an exit status.

#include "app/command_line.h"

#include "app/commands/commands.h"
#include "app/interrupt.h"
#include "app/progress_bar.h"
#include "app/window.h"
#include "core/engine/catalogue.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>

namespace headlight {
namespace {

struct Parser {
    CLI::App app{
        "Shows what every head of a transformer looks at.\n"
        "Without a verb it opens the window on the given model (name or folder), file, session or picture."
    };
    WindowOptions window;
    Command::Run run;

    Parser();
    void addVerb(const Command& command);
};

Parser::Parser()
{
    app.name("headlight");
    app.set_version_flag("--version", "headlight " HEADLIGHT_VERSION);
    app.set_help_flag("-h,--help", "Show this help and leave");
    app.add_option("PATH", window.paths, "What to open in the window")->type_name("");
    app.add_flag("--quit-after-first-map", window.quitAfterFirstMap)->group(""); // for `bench launch`
    app.require_subcommand(0, 1);
    for (const Command& command : commands())
        addVerb(command);
}

void Parser::addVerb(const Command& command)
{
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    sub->set_help_flag("-h,--help", "Show this help and leave");
    sub->callback([this, verbRun = command.setUp(*sub)] { run = verbRun; });
}

/// One line that ends in where to look it up; parsing notes the verb before it reads the options.
int usageError(const std::string& message, const CLI::App& app)
{
    const auto verbs = app.get_subcommands();
    std::string sentence = message;
    while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == '\n'))
        sentence.pop_back();
    printError(fmt::format(
        "{}. See headlight {}--help.", sentence, verbs.empty() ? "" : verbs.front()->get_name() + ' '));
    return WrongUsage;
}

std::string verbNames()
{
    std::string names;
    for (const Command& command : commands())
        names += fmt::format("{}{}", names.empty() ? "" : ", ", command.name);
    return names;
}

/// What the window opens for a word: the file of that name, else the model known by it. Nothing: neither is
/// there.
std::optional<std::string> placeOf(const std::string& word)
{
    std::error_code ignored;
    if (std::filesystem::exists(word, ignored))
        return word;
    if (word.empty())
        return std::nullopt;
    const auto model = resolveModel(word, Resources::locate());
    return model ? std::optional(model->string()) : std::nullopt;
}

/// A mistyped verb arrives as a path: say so instead of opening a window on nothing.
int runWindow(int argc, char** argv, const Parser& parser)
{
    WindowOptions window = parser.window;
    for (std::string& path : window.paths) {
        const std::optional<std::string> place = placeOf(path);
        if (!place)
            return usageError(
                fmt::format("There is neither a verb nor a file nor a model named {}", path), parser.app);
        path = *place;
    }
    if (!displayAvailable()) {
        printError(fmt::format(
            "There is no display to open a window on. Without one, use a verb: {}.", verbNames()));
        return WrongUsage;
    }
    return openWindow(argc, argv, window);
}

int statusOf(const Error& error)
{
    if (error.kind == ErrorKind::Cancelled)
        return Interrupted;
    printError(error.message);
    return Failed;
}

int runVerb(const Command::Run& run)
{
    const Interrupt interrupt;
    ProgressBar bar;
    const JobControl job(
        interrupt.token(), [&bar](double fraction, std::string_view phase) { bar.show(fraction, phase); });
    const Status status = run(job);
    bar.clear();
    return status ? Done : statusOf(status.error());
}

int guardedRunVerb(const Parser& parser)
{
    try {
        return runVerb(parser.run);
    } catch (const Stopped&) {
        return Interrupted;
    } catch (const CLI::ParseError& error) {
        return usageError(error.what(), parser.app);
    } catch (const std::bad_alloc&) {
        printError("There is not enough memory for this. Try a shorter input or a smaller model.");
    } catch (const std::exception& error) {
        printError(fmt::format("This should not have happened, please report it: {}", error.what()));
    }
    return Failed;
}

} // namespace

void printError(std::string_view message)
{
    std::string line(message);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    fmt::print(stderr, "headlight: {}\n", line);
}

int runCommandLine(int argc, char** argv)
{
    Parser parser;
    try {
        parser.app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return parser.app.exit(help);
    } catch (const CLI::ParseError& error) {
        return usageError(error.what(), parser.app);
    }
    return parser.run ? guardedRunVerb(parser) : runWindow(argc, argv, parser);
}

} // namespace headlight
