// The limits of the machine, measured before anything is held against them.

#include "app/bench_topics.h"

#include "core/base/parallel_for.h"
#include "core/tensor/machine_probe.h"
#include "core/tensor/tensor.h"

#include <atomic>

namespace headlight {
namespace {

constexpr std::int64_t rounds = 2'000'000;

/// The probe on every thread at once; returns what all of them did.
double arithmeticOnAllThreads()
{
    std::atomic<double> flops{ 0 };
    std::atomic<float> kept; // what is kept has to be computed
    parallelFor(0, threadCount(), 1, [&](std::int64_t, std::int64_t) {
        float result = 0;
        flops += probeArithmetic(rounds, result);
        kept = result;
    });
    return flops;
}

Measurement measureArithmetic()
{
    const double flops = arithmeticOnAllThreads();
    return measure(
        "machine: multiply and add in registers", [] { arithmeticOnAllThreads(); }, flops);
}

} // namespace

double machineGigaflops()
{
    static const Measurement probe = measureArithmetic();
    return probe.gigaflops;
}

Status benchMachine(const Report& report, const JobControl& job)
{
    job.report(0, "probing the machine");
    report(measureArithmetic());
    constexpr std::int64_t count = std::int64_t(64) << 20; // 256 MB, beyond every cache
    const Tensor numbers = Tensor::filled({ count }, 1.0f);
    const std::int64_t grain = (count + threadCount() - 1) / threadCount();
    std::atomic<float> kept;
    const Measurement read = measure("machine: read 256 MB", [&] {
        parallelFor(0, count, grain, [&](std::int64_t first, std::int64_t last) {
            kept = probeReading(numbers.floats().subspan(std::size_t(first), std::size_t(last - first)));
        });
    });
    report(read);
    return {};
}

} // namespace headlight
