#include "core/engine/memory_estimate.h"

#include "core/base/memory.h"

#include <fmt/format.h>

namespace headlight {
namespace {

/// Width of the inner layer of a feed-forward in widths of the model: four as a rule, and gated ones have two
/// of them.
constexpr std::uint64_t innerWidths = 8;
/// States of the width of the model that are alive at once: residual, norm, queries, keys, values, context
/// ...
constexpr std::uint64_t statesAlive = 8;

} // namespace

std::uint64_t estimatedBytes(const ModelInfo& model, std::int64_t tokens, const AnalysisRequest& request)
{
    const auto t = std::uint64_t(std::max<std::int64_t>(tokens, 0)),
               width = std::uint64_t(std::max(model.width, 0));
    const auto layers = std::uint64_t(std::max(model.layers, 0)),
               heads = std::uint64_t(std::max(model.heads, 0));
    constexpr std::uint64_t number = sizeof(float);
    const std::uint64_t thumbnails = 2 * HeadSummary::thumbnailSize * HeadSummary::thumbnailSize * number;
    const std::uint64_t perRow = sizeof(RowStatistics) + number; // and the log-sum-exp
    const std::uint64_t statesKept = request.trace.rows ? 3 : 2; // queries, keys, and values
    const std::uint64_t kept = layers * (statesKept * t * width * number + heads * (t * perRow + thumbnails));
    const std::uint64_t states = t * width * number * (statesAlive + innerWidths);
    const std::uint64_t words = std::uint64_t(std::max<std::int64_t>(model.vocabulary, 0));
    const bool tellsWords =
        model.task == Task::MaskedLanguage || model.task == Task::CausalLanguage || model.writes;
    const std::uint64_t logits = tellsWords ? 2 * t * words * number : 0;
    const std::uint64_t times = request.gradient ? 3 : request.trace.maps ? 1 : 0;
    const std::uint64_t maps = times * layers * heads * t * t * number;
    return kept + states + logits + maps;
}

Status checkMemory(const ModelInfo& model, std::int64_t tokens, const AnalysisRequest& request)
{
    const std::uint64_t needed = estimatedBytes(model, tokens, request);
    if (request.memoryLimit == 0 || needed <= request.memoryLimit)
        return {};
    return Error{ ErrorKind::TooLong,
        fmt::format("{} tokens would take about {}, and the limit is {}. Give it a shorter input, or raise "
                    "the memory limit in the settings.",
            tokens, bytesText(needed), bytesText(request.memoryLimit)) };
}

} // namespace headlight
