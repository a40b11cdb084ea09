#pragma once
// What the topics of the bench share: time that is taken over and over, and results as large as the targets
// speak of.

#include "core/engine/analysis.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headlight::bench {

/// Prints the median as one JSON line; `target` is what the window promises (0: nothing).
void report(const std::string& name, std::vector<double> milliseconds, double target);
/// A number that is no time.
void reportNumber(const std::string& name, double value, const std::string& unit, double target);
/// Calls `work(run)` three times to warm up, then `runs` times. `prepare` is called before each, and not
/// timed.
void measure(const std::string& name, double target, int runs, const std::function<void(int run)>& work,
    const std::function<void()>& prepare = {});
/// Milliseconds of one call.
double timed(const std::function<void()>& work);
/// Everything that waits for the window: signals, paints; and what workers make, until nothing is left.
void settle();
/// Resident memory of this process, in megabytes.
double residentMegabytes();

/// A causal or bidirectional text whose weights are made as in a real run: softmax of random q·k, lazy.
std::shared_ptr<AnalysisResult> softmaxText(int layers, int heads, int tokens);

// The topics.
void benchStart();
void benchViews();
void benchLongText();
void benchLargeMap();
void benchMemory();

} // namespace headlight::bench
