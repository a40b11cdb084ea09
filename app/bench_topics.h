#pragma once
// Topics of `headlight bench` that have a file of their own.

#include "app/benchmark.h"
#include "core/base/expected.h"
#include "core/base/job_control.h"

namespace headlight {

using Report = std::function<void(const Measurement&)>;

/// Steps of the two models of the peers' table.
Status benchTraining(const Report& report, const JobControl& job);
/// What the machine itself can do: multiplications and additions, and reading memory, on all threads.
Status benchMachine(const Report& report, const JobControl& job);
/// GFLOP/s of the probe, measured once per program.
double machineGigaflops();

} // namespace headlight
