// Forward passes of the shapes that the peers were measured on, and what is asked of their maps afterwards.

#include "app/bench_topics.h"

#include "core/base/parallel_for.h"
#include "core/engine/pass.h"
#include "core/io/file.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <stop_token>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace headlight {
namespace {

constexpr const char* bertBase = R"({"model_type": "bert", "architectures": ["BertModel"], "max_position_embeddings": 16384})";
constexpr const char* gpt2Small = R"({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]})";
constexpr const char* vitBase = R"({"model_type": "vit", "architectures": ["ViTModel"]})";

Expected<std::unique_ptr<Model>> shape(const char* text)
{
    HEADLIGHT_TRY(Config config, Config::parse(text, "bench"));
    HEADLIGHT_TRY(LoadedModel loaded, freshModel(std::move(config), 1));
    return std::move(loaded.model);
}

ModelInput words(std::int64_t count)
{
    ModelInput input;
    for (std::int64_t i = 0; i < count; ++i)
        input.ids.push_back((i * 7919 + 13) % 30000);
    return input;
}

/// Multiplications and additions of the layers of a transformer over `tokens` tokens, twice the multiplications.
double layerFlops(const ModelInfo& info, std::int64_t tokens)
{
    const double width = info.width, n = double(tokens), inner = 4 * width;
    return 2.0 * info.layers * (4.0 * n * width * width + 2.0 * n * width * inner + 2.0 * n * n * width);
}

/// What a pass leaves behind: lazy maps, maps that are written out, or nothing.
enum class Keeps { Lazily, Maps, Nothing };

std::function<void()> passOf(const Model& model, const ModelInput& input, Keeps keeps, const JobControl& job)
{
    return [&model, &input, keeps, &job] {
        PassRequest request;
        request.trace.maps = keeps == Keeps::Maps;
        if (keeps != Keeps::Nothing)
            return static_cast<void>(runPass(model, input, request, job));
        Run run(job);
        static_cast<void>(model.forward({ &input, 1 }, run));
    };
}

double millisecondsOf(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// A folder that goes with the object.
struct TemporaryFolder {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("headlight-bench-{}", getpid());
    TemporaryFolder() { std::filesystem::create_directories(path); }
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

} // namespace

Status benchForward(const Report& report, const JobControl& job)
{
    job.report(0, "drawing 110 million parameters");
    HEADLIGHT_TRY(const auto model, shape(bertBase));
    constexpr std::pair<Keeps, const char*> ways[] { { Keeps::Nothing, "nothing recorded" }, { Keeps::Lazily, "everything recorded, lazily" },
        { Keeps::Maps, "all 144 maps written out" } };
    for (const std::int64_t tokens : { 16, 128, 512, 2048 }) {
        const ModelInput input = words(tokens);
        for (const auto& [keeps, what] : ways) {
            job.report(0, fmt::format("BERT-base, {} tokens", tokens));
            report(measure(fmt::format("BERT-base, {} tokens: {}", tokens, what), passOf(*model, input, keeps, job), layerFlops(model->info(), tokens)));
        }
    }
    return {};
}

Status benchLong(const Report& report, const JobControl& job)
{
    job.report(0, "drawing 110 million parameters");
    HEADLIGHT_TRY(const auto model, shape(bertBase));
    for (const std::int64_t tokens : { 8192, 16384 }) {
        const ModelInput input = words(tokens);
        job.report(0, fmt::format("BERT-base, {} tokens", tokens));
        report(summarise(fmt::format("BERT-base, {} tokens: everything recorded, lazily", tokens),
            { millisecondsOf(passOf(*model, input, Keeps::Lazily, job)) }, layerFlops(model->info(), tokens)));
    }
    return {};
}

Status benchStop(const Report& report, const JobControl& job)
{
    job.report(0, "drawing 110 million parameters");
    HEADLIGHT_TRY(const auto model, shape(bertBase));
    const ModelInput input = words(8192);
    constexpr int runs = 12;
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
        job.report(double(run) / runs, "stopping");
        using Clock = std::chrono::steady_clock;
        std::stop_source stop;
        std::atomic<Clock::time_point> asked;
        const std::jthread hand([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(40 + 173 * run)); // in another place each time
            asked = Clock::now();
            stop.request_stop();
        });
        try {
            const JobControl control(stop.get_token());
            const StopScope stoppable(control); // as the engine runs it
            static_cast<void>(runPass(*model, input, {}, control));
        } catch (const Stopped&) {
            times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked.load()).count());
        }
    }
    report(summarise("BERT-base, 8,192 tokens: from asking for a stop to its end", std::move(times)));
    return {};
}

Status benchShapes(const Report& report, const JobControl& job)
{
    job.report(0, "GPT-2 small");
    HEADLIGHT_TRY(const auto writer, shape(gpt2Small));
    const ModelInput text = words(512);
    report(measure("GPT-2 small, 512 tokens: all 144 maps written out", passOf(*writer, text, Keeps::Maps, job),
        layerFlops(writer->info(), 512) + 2.0 * 512 * double(writer->info().width) * double(writer->info().vocabulary)));
    PassRequest typing;
    typing.trace.rows = true;
    HEADLIGHT_TRY(const PassResult before, runPass(*writer, text, typing, job));
    typing.earlier = { text.ids, before.trace };
    ModelInput longer = text;
    longer.ids.push_back(17);
    report(measure("GPT-2 small: a word after 512 tokens, everything recorded", [&] { static_cast<void>(runPass(*writer, longer, typing, job)); }));
    job.report(0, "ViT-B/16");
    HEADLIGHT_TRY(const auto seeing, shape(vitBase));
    ModelInput picture;
    picture.pixelValues = Tensor::filled({ 3, 224, 224 }, 0.25f);
    report(measure("ViT-B/16, 197 tokens: all 144 maps written out", passOf(*seeing, picture, Keeps::Maps, job), layerFlops(seeing->info(), 197)));
    return {};
}

Status benchMaps(const Report& report, const JobControl& job)
{
    constexpr std::int64_t tokens = 16384;
    job.report(0, "a head of 16,384 tokens");
    HEADLIGHT_TRY(const auto model, shape(R"({"model_type": "bert", "architectures": ["BertModel"], "max_position_embeddings": 16384, "num_hidden_layers": 1})"));
    const ModelInput input = words(tokens);
    HEADLIGHT_TRY(const PassResult pass, runPass(*model, input, {}, job));
    const AttentionMap map(pass.trace->layers().front(), 3);
    std::int64_t row = 0;
    report(measure("map of 16,384 tokens: a row", [&] { static_cast<void>(map.row(row = (row + 7919) % tokens)); }));
    report(measure("map of 16,384 tokens: a block of 512×512", [&] {
        row = (row + 7919) % (tokens - 512);
        static_cast<void>(map.block({ row, row + 512, tokens - 512 - row, tokens - row }));
    }));
    report(measure("map of 16,384 tokens: pooled to 1600×1000", [&] { static_cast<void>(map.pooled(1600, 1000, Pooling::Max)); }));
    return {};
}

Status benchLoad(const Report& report, const JobControl& job)
{
    job.report(0, "writing 428 MiB of parameters");
    const TemporaryFolder folder;
    constexpr const char* usual = R"({"model_type": "bert", "architectures": ["BertModel"]})";
    HEADLIGHT_TRY(const auto model, shape(usual));
    std::map<std::string, Tensor> tensors;
    for (const ParameterRef& parameter : model->parameters())
        tensors[parameter->name] = parameter->value;
    HEADLIGHT_TRY_STATUS(writeSafetensors(folder.path / "model.safetensors", tensors, {}));
    HEADLIGHT_TRY_STATUS(writeFile(folder.path / "config.json", usual));
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command
        = fmt::format("'{}' attend '{}' --ids {} >/dev/null 2>&1", program, folder.path.string(), fmt::join(words(128).ids, ","));
    std::vector<double> times;
    for (int i = 0; i < 12; ++i) {
        job.report(i / 12.0, "starting");
        int status = 0;
        const double took = millisecondsOf([&] { status = std::system(command.c_str()); });
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return Error { ErrorKind::Internal, "The program could not be started for measuring." };
        if (i >= 2) // the file is in memory by then
            times.push_back(took);
    }
    report(summarise("from program start to all maps of 128 tokens, 428 MiB of parameters", std::move(times)));
    return {};
}

} // namespace headlight
