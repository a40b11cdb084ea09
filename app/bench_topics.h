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
/// BERT-base at 16 to 2,048 tokens: nothing recorded, lazily, and with all maps written out.
Status benchForward(const Report& report, const JobControl& job);
/// The same at 8,192 and 16,384 tokens, once each.
Status benchLong(const Report& report, const JobControl& job);
/// How long a stop takes in the middle of 8,192 tokens.
Status benchStop(const Report& report, const JobControl& job);
/// GPT-2 small, also as a person types on, and ViT-B/16.
Status benchShapes(const Report& report, const JobControl& job);
/// A row, a block and a pooled picture of a head of 16,384 tokens.
Status benchMaps(const Report& report, const JobControl& job);
/// From program start to the first result of a model of 428 MiB.
Status benchLoad(const Report& report, const JobControl& job);
/// GFLOP/s of the probe, measured once per program.
double machineGigaflops();

} // namespace headlight
