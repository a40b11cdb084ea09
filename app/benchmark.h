#pragma once
// Timing for `headlight bench` and tests/bench: warm up, repeat, report the median.

#include <functional>
#include <string>
#include <vector>

namespace headlight {

struct Measurement {
    std::string name;
    int runs = 0;
    double median = 0, fastest = 0, slowest = 0; ///< milliseconds
    double gigaflops = 0; ///< of the median; 0 when the work is not counted
    double share = 0; ///< of what the machine's arithmetic can do; 0 when that was not asked
    double peakMiB = 0; ///< the largest memory of the process so far; 0 when that was not asked
};

/// Runs `work` twice to warm up, then at least ten times or for half a second, whichever is longer, but no more than a
/// thousand times. `flops` is the work of one run, in floating-point operations.
Measurement measure(const std::string& name, const std::function<void()>& work, double flops = 0);
/// The same numbers from times taken elsewhere, in milliseconds.
Measurement summarise(const std::string& name, std::vector<double> times, double flops = 0);

/// A line for a person, or one JSON object per line.
std::string line(const Measurement& measurement, bool json);

} // namespace headlight
