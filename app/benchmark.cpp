#include "app/benchmark.h"

#include "core/io/json.h"

#include <chrono>

namespace headlight {
namespace {

constexpr int warmUps = 2, leastRuns = 10, mostRuns = 1000;
constexpr double leastMilliseconds = 500;

double timed(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

Measurement summarise(const std::string& name, std::vector<double> times, double flops)
{
    std::sort(times.begin(), times.end());
    const std::size_t middle = times.size() / 2;
    const double median = times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
    return { name, int(times.size()), median, times.front(), times.back(), flops / median / 1e6, 0, 0 };
}

Measurement measure(const std::string& name, const std::function<void()>& work, double flops)
{
    for (int i = 0; i < warmUps; ++i)
        work();
    std::vector<double> times;
    double total = 0;
    while (int(times.size()) < leastRuns || (total < leastMilliseconds && int(times.size()) < mostRuns)) {
        times.push_back(timed(work));
        total += times.back();
    }
    return summarise(name, std::move(times), flops);
}

std::string line(const Measurement& m, bool json)
{
    if (json) {
        Json object { { "name", m.name }, { "runs", m.runs }, { "median_ms", m.median }, { "fastest_ms", m.fastest }, { "slowest_ms", m.slowest } };
        if (m.gigaflops > 0)
            object["gflops"] = m.gigaflops;
        if (m.share > 0)
            object["share_of_limit"] = m.share;
        if (m.peakMiB > 0)
            object["peak_mib"] = m.peakMiB;
        return object.dump() + '\n';
    }
    std::string work = m.gigaflops > 0 ? fmt::format("  {:7.1f} GFLOP/s", m.gigaflops) : "";
    if (m.share > 0)
        work += fmt::format(", {:.0f} % of the limit", 100.0 * m.share);
    return fmt::format("{:<62} {:9.3f} ms  ({:.3f} to {:.3f}, {} runs){}\n", m.name, m.median, m.fastest, m.slowest, m.runs, work);
}

} // namespace headlight
