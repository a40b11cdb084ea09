// headlight_bench [start] [memory] [views [ID ...]] [map]: medians as JSON lines on stdout. Everything runs
// offscreen.

#include "tests/bench/bench.h"

#include "core/attention/mechanism.h"
#include "core/io/json.h"
#include "ui/style/quiet_fonts.h"
#include "ui/style/theme.h"
#include "ui/widgets/async_job.h"

#include <QApplication>
#include <fmt/format.h>
#include <QElapsedTimer>
#include <QStandardPaths>

#include <algorithm>
#include <fstream>
#include <random>

namespace headlight::bench {

void report(const std::string& name, std::vector<double> milliseconds, double target)
{
    std::ranges::sort(milliseconds);
    const double median = milliseconds[milliseconds.size() / 2];
    Json line{ { "name", name }, { "median_ms", std::round(median * 1000) / 1000 },
        { "runs", milliseconds.size() }, { "fastest_ms", std::round(milliseconds.front() * 1000) / 1000 },
        { "slowest_ms", std::round(milliseconds.back() * 1000) / 1000 } };
    if (target > 0) {
        line["target_ms"] = target;
        line["met"] = median <= target;
    }
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

void reportNumber(const std::string& name, double value, const std::string& unit, double target)
{
    const Json line{ { "name", name }, { unit, std::round(value * 10) / 10 }, { "target_" + unit, target },
        { "met", value <= target } };
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

double timed(const std::function<void()>& work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return double(timer.nsecsElapsed()) / 1e6;
}

void measure(const std::string& name, double target, int runs, const std::function<void(int run)>& work,
    const std::function<void()>& prepare)
{
    std::vector<double> times;
    for (int run = -3; run < runs; ++run) {
        if (prepare)
            prepare();
        const double time = timed([&] { work(run + 3); });
        if (run >= 0)
            times.push_back(time);
    }
    report(name, std::move(times), target);
}

void settle()
{
    for (int i = 0; i < 3; ++i) {
        ui::AsyncJob::waitForAll();
        QCoreApplication::processEvents();
    }
}

double residentMegabytes()
{
    std::ifstream status("/proc/self/status");
    std::string word;
    double kilobytes = 0;
    while (status >> word)
        if (word == "VmRSS:")
            status >> kilobytes;
    return kilobytes / 1024;
}

std::shared_ptr<AnalysisResult> softmaxText(int layers, int heads, int tokens)
{
    constexpr int size = 64;
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0.0f, 1.0f);
    const auto numbers = [&] {
        return Var(Tensor::make({ tokens, std::int64_t(heads) * size }, [&](std::span<float> out) {
            for (float& number : out)
                number = normal(random);
        }));
    };
    auto trace = std::make_shared<Trace>();
    for (int layer = 0; layer < layers; ++layer) {
        AttentionInputs in;
        in.q = numbers();
        in.k = numbers();
        in.v = in.k;
        in.heads = heads;
        in.scale = 0.25f; // sharper than 1/√64, as trained heads are
        in.queryBegins = in.keyBegins = { 0, tokens };
        const AttentionOutput output = softmaxDot().attend(in, { true, nullptr });
        LayerAttention recorded;
        recorded.site = { AttentionKind::Encoder, layer };
        recorded.heads = heads;
        recorded.queries = recorded.keys = tokens;
        recorded.source = output.source;
        recorded.summaries = output.summaries;
        trace->addLayer(std::move(recorded));
    }
    auto result = std::make_shared<AnalysisResult>();
    result->trace = trace;
    static const std::vector<std::string> words{ "the", "animal", "didn", "'", "t", "cross", "street",
        "because", "it", "was", "too", "tired", "un", "believ", "ably", "." };
    for (int i = 0; i < tokens; ++i) {
        TokenInfo token;
        token.special = i == 0 || i == tokens - 1;
        const auto word = std::size_t(i) % words.size();
        token.label = token.piece = i == 0 ? "[CLS]" : i == tokens - 1 ? "[SEP]" : words[word];
        token.continuation = !token.special && (word == 13 || word == 14);
        token.word = token.special                                 ? -1
            : token.continuation && !result->tokens.back().special ? result->tokens.back().word
                                                                   : i;
        token.sequence = token.special ? -1 : 0;
        result->tokens.push_back(std::move(token));
    }
    return result;
}

} // namespace headlight::bench

int main(int argc, char** argv)
{
    using namespace headlight;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    ui::quietFontFallback();
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("HeadlightBench"));
    QCoreApplication::setApplicationName(QStringLiteral("headlight-bench"));
    std::setlocale(LC_NUMERIC, "C");
    ui::applyTheme(application, ui::ThemeKind::Light);
    const QStringList wanted = QCoreApplication::arguments().mid(1);
    const std::pair<const char*, void (*)()> topics[]{ { "start", bench::benchStart },
        { "memory", bench::benchMemory }, { "views", bench::benchViews }, { "long", bench::benchLongText },
        { "map", bench::benchLargeMap } };
    for (const auto& [name, run] : topics)
        if (wanted.isEmpty() || wanted.contains(QLatin1String(name)))
            run();
    return 0;
}
