// headlight bench: what the engine reaches on this machine. Compare figures as ratios within one run.

#include "app/commands/commands.h"

#include "app/bench_topics.h"
#include "app/output.h"
#include "app/synthetic_tokenizer.h"
#include "core/engine/engine.h"
#include "core/models/families.h"
#include "core/io/file.h"
#include "core/tensor/matmul.h"
#include "core/text/tokenizer.h"
#include "core/vision/image_reader.h"

#include <chrono>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headlight {
namespace {

struct Topic {
    std::string_view name, summary;
    Status (*run)(const Report& report, const JobControl& job);
    bool slow = false; ///< takes minutes: only when asked for
};

/// The first example of a model as something to run.
Expected<AnalysisInput> exampleInput(const Engine& engine, const OpenModel& model)
{
    const bool text = model.network->info().input == InputKind::Text;
    const std::vector<Example> examples = engine.resources().examples(model.name, text ? "text" : "image");
    if (examples.empty())
        return Error { ErrorKind::NotFound, fmt::format("There is no example for {}.", model.name) };
    const Example& first = examples.front();
    if (text)
        return AnalysisInput(TextInput { first.text, first.textPair.empty() ? std::nullopt : std::optional(first.textPair) });
    HEADLIGHT_TRY(Image image, readImage(first.image));
    return AnalysisInput(ImageInput { std::move(image) });
}

/// Every bundled model on its first example: opening, and one forward pass with everything recorded.
Status benchModels(const Report& report, const JobControl& job)
{
    const Engine engine(Resources::locate());
    for (const CatalogueEntry& entry : catalogue(engine.resources())) {
        if (entry.origin != CatalogueEntry::Origin::Bundled)
            continue;
        job.report(0, entry.name);
        report(measure(entry.name + ": open", [&] { static_cast<void>(engine.open(entry.name, job)); }));
        HEADLIGHT_TRY(const auto model, engine.open(entry.name, job));
        AnalysisRequest request;
        HEADLIGHT_TRY(request.input, exampleInput(engine, *model));
        HEADLIGHT_TRY(const auto once, engine.run(model, request, job));
        const std::string name = fmt::format("{}: forward, {} tokens, all maps recorded", entry.name, once->tokens.size());
        report(measure(name, [&] { static_cast<void>(runPass(*model->network, once->fed, {}, job)); }));
    }
    return {};
}

/// Activations × weights, the shapes of the peers' table.
Status benchMatmul(const Report& report, const JobControl& job)
{
    constexpr std::array<std::array<std::int64_t, 3>, 6> shapes { { { 16, 768, 3072 }, { 128, 768, 768 }, { 512, 768, 768 },
        { 512, 768, 3072 }, { 512, 3072, 768 }, { 512, 64, 512 } } };
    for (const auto& [m, k, n] : shapes) {
        job.report(0, "matrix products");
        const Tensor x = Tensor::filled({ m, k }, 0.5f), w = Tensor::filled({ n, k }, 0.25f);
        report(measure(fmt::format("matrix product {}×{}×{}", m, k, n),
            [&] { static_cast<void>(linear(x, w, Tensor())); }, 2.0 * double(m) * double(k) * double(n)));
    }
    return {};
}

/// Opening a vocabulary of 128,000 tokens, and reading a megabyte of English with it.
Status benchTokenizer(const Report& report, const JobControl& job)
{
    job.report(0, "making up a tokenizer");
    const std::filesystem::path folder
        = std::filesystem::temp_directory_path() / fmt::format("headlight-bench-{}", getpid());
    std::filesystem::create_directories(folder);
    const Status written = writeFile(folder / "tokenizer.json", syntheticTokenizerJson());
    const auto tokenizer = written ? Tokenizer::open(folder) : Expected<std::shared_ptr<const Tokenizer>>(written.error());
    if (tokenizer) {
        report(measure("tokenizer.json of 128,000 tokens: open", [&] { static_cast<void>(Tokenizer::open(folder)); }));
        const std::string text = englishText(1 << 20);
        report(measure("byte-level BPE: a megabyte of English", [&] { static_cast<void>((*tokenizer)->encode(text)); }));
    }
    std::filesystem::remove_all(folder);
    return tokenizer ? Status() : Status(tokenizer.error());
}

/// Starts the program on the offscreen platform until its first map is painted, several times.
Status benchLaunch(const Report& report, const JobControl& job)
{
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    std::vector<double> times;
    for (int i = 0; i < 10; ++i) {
        job.report(i / 10.0, "launching");
        const auto start = std::chrono::steady_clock::now();
        const int status = std::system(fmt::format("QT_QPA_PLATFORM=offscreen '{}' --quit-after-first-map >/dev/null 2>&1", program).c_str());
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return Error { ErrorKind::Internal, "The window could not be started for measuring." };
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    report(summarise("launch to first painted map, and exit", std::move(times)));
    return {};
}

constexpr std::array<Topic, 12> topics { {
    { "machine", "what the processor and the memory can do at most", benchMachine },
    { "models", "opening and forward pass of the bundled models", benchModels },
    { "launch", "from program start to the first painted map", benchLaunch },
    { "matmul", "matrix products", benchMatmul },
    { "tokenizer", "opening a large vocabulary and reading with it", benchTokenizer },
    { "training", "training steps of a tiny and a small model", benchTraining },
    { "load", "from program start to the first result of a model of 428 MiB", benchLoad, true },
    { "maps", "rows, blocks and pooled pictures of a head of 16,384 tokens", benchMaps, true },
    { "shapes", "GPT-2 small and ViT-B/16", benchShapes, true },
    { "stop", "how soon a pass over 8,192 tokens ends when asked to", benchStop, true },
    { "forward", "BERT-base at 16 to 2,048 tokens", benchForward, true },
    { "long", "BERT-base at 8,192 and 16,384 tokens", benchLong, true },
} };

struct Options {
    std::string what, compute = "f32";
    bool json = false;
};

Status run(const Options& options, const JobControl& job)
{
    const Compute compute = computeFromName(options.compute).value_or(Compute::Float32);
    HEADLIGHT_TRY_STATUS(checkCompute(compute));
    const ComputeScope scope(compute);
    const std::string& what = options.what;
    const bool json = options.json;
    Status written;
    const Report report = [&](Measurement measurement) {
        if (measurement.gigaflops > 0)
            measurement.share = measurement.gigaflops / machineGigaflops();
        rusage used {};
        getrusage(RUSAGE_SELF, &used);
        measurement.peakMiB = double(used.ru_maxrss) / 1024;
        written = writeOutput("", line(measurement, json));
    };
    for (const Topic& topic : topics)
        if (what == "all" || what == topic.name || (what.empty() && !topic.slow))
            HEADLIGHT_TRY_STATUS(topic.run(report, job));
    return written;
}

} // namespace

Command benchCommand()
{
    return { "bench", "Measure the engine on this machine", [](CLI::App& app) -> Command::Run {
                auto options = std::make_shared<Options>();
                std::string help = "What to measure (without it what takes seconds, not minutes):";
                std::vector<std::string> names { "all" };
                for (const Topic& topic : topics) {
                    help += fmt::format("\n{}: {}", topic.name, topic.summary);
                    names.emplace_back(topic.name);
                }
                app.add_option("WHAT", options->what, help)->check(CLI::IsMember(names));
                app.add_option("--compute", options->compute, "What linear maps multiply in")
                    ->check(CLI::IsMember({ "f32", "bf16" }))->capture_default_str();
                app.add_flag("--json", options->json, "One JSON object per line");
                return [options](const JobControl& job) { return run(*options, job); };
            } };
}

} // namespace headlight
