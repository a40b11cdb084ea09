#include "core/metrics/rollout.h"

namespace headlight {
namespace {

/// rownorm(½·mean over heads of A + ½·I), row-major.
std::vector<double> mixedWithResidual(const std::shared_ptr<const LayerAttention>& layer)
{
    const auto size = std::size_t(layer->queries);
    std::vector<double> mixed(size * size);
    for (int head = 0; head < layer->heads; ++head) {
        const Tensor weights = AttentionMap(layer, head).full();
        for (std::size_t i = 0; i < mixed.size(); ++i)
            mixed[i] += 0.5 / layer->heads * double(weights.floats()[i]);
    }
    for (std::size_t row = 0; row < size; ++row) {
        double* begin = mixed.data() + row * size;
        begin[row] += 0.5;
        double sum = 0.0;
        for (std::size_t i = 0; i < size; ++i)
            sum += begin[i];
        for (std::size_t i = 0; i < size; ++i)
            begin[i] /= sum;
    }
    return mixed;
}

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t size)
{
    std::vector<double> result(size * size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t j = 0; j < size; ++j)
                result[i * size + j] += a[i * size + k] * b[k * size + j];
    return result;
}

} // namespace

std::vector<Tensor> attentionRollout(std::span<const std::shared_ptr<const LayerAttention>> layers)
{
    HEADLIGHT_CHECK(!layers.empty(), "a rollout over no layers");
    const std::int64_t size = layers.front()->queries;
    std::vector<Tensor> result;
    std::vector<double> flow;
    for (const auto& layer : layers) {
        HEADLIGHT_CHECK(layer->queries == size && layer->keys == size, "a rollout over layers of different length");
        const std::vector<double> mixed = mixedWithResidual(layer);
        flow = flow.empty() ? mixed : product(mixed, flow, std::size_t(size));
        result.push_back(Tensor::fromVector({ size, size }, std::vector<float>(flow.begin(), flow.end())));
    }
    return result;
}

} // namespace headlight
