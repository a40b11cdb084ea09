#include "core/metrics/head_importance.h"

#include "core/trace/attention_map.h"

#include <cmath>

namespace headlight {
namespace {

double weightTimesGradient(const AttentionMap& map, std::span<const float> gradient)
{
    const auto keys = map.keys();
    double sum = 0;
    for (std::int64_t query = 0; query < map.queries(); ++query) {
        const std::vector<float> row = map.row(query);
        for (std::int64_t key = 0; key < keys; ++key)
            sum += double(row[std::size_t(key)]) * double(gradient[std::size_t(query * keys + key)]);
    }
    return sum;
}

/// Inside windows: gradients come in each window's own order.
double insideWindows(const AttentionMap& map, const Windows& windows, const Tensor& gradient, int head)
{
    const auto heads = std::int64_t(map.layer().heads);
    std::int64_t before = 0; // numbers of the windows before: they may differ in size
    double sum = 0;
    for (const std::vector<std::int64_t>& tokens : windows.tokens) {
        const auto size = std::int64_t(tokens.size());
        for (std::int64_t i = 0; i < size; ++i) {
            const std::vector<float> row = map.row(tokens[std::size_t(i)]);
            const auto line = gradient.floats().subspan(std::size_t(before + (head * size + i) * size), std::size_t(size));
            for (std::int64_t j = 0; j < size; ++j)
                sum += double(row[std::size_t(tokens[std::size_t(j)])]) * double(line[std::size_t(j)]);
        }
        before += heads * size * size;
    }
    return sum;
}

} // namespace

std::vector<float> gateGradients(const std::shared_ptr<const LayerAttention>& layer)
{
    HEADLIGHT_CHECK(!layer->gradient.empty(), "the importance of heads without a gradient");
    std::vector<float> importance;
    const bool windowed = layer->windows != nullptr && layer->gradient.shape().rank() != 3;
    for (int head = 0; head < layer->heads; ++head) {
        const AttentionMap map(layer, head);
        const auto cells = std::size_t(layer->queries * layer->keys);
        const double sum = windowed
            ? insideWindows(map, *layer->windows, layer->gradient, head)
            : weightTimesGradient(map, layer->gradient.floats().subspan(std::size_t(head) * cells, cells));
        importance.push_back(float(std::abs(sum)));
    }
    return importance;
}

std::vector<float> normalisedByLayer(std::vector<float> importance)
{
    double squares = 0;
    for (const float value : importance)
        squares += double(value) * double(value);
    for (float& value : importance)
        value = squares > 0 ? float(double(value) / std::sqrt(squares)) : 0.0f;
    return importance;
}

} // namespace headlight
