#include "core/metrics/rollout.h"

#include "core/tensor/matrix.h"

namespace headlight {
namespace {

/// rownorm(½·mean over heads of A + ½·I).
Matrix<double> mixedWithResidual(const std::shared_ptr<const LayerAttention>& layer)
{
    Matrix<double> mixed = 0.5 * Matrix<double>::Identity(layer->queries, layer->queries);
    for (int head = 0; head < layer->heads; ++head) {
        const Tensor weights = AttentionMap(layer, head).full();
        mixed += 0.5 / layer->heads * matrix(weights).cast<double>();
    }
    const Eigen::VectorXd sums = mixed.rowwise().sum();
    return mixed.array().colwise() / sums.array();
}

} // namespace

std::vector<Tensor> attentionRollout(std::span<const std::shared_ptr<const LayerAttention>> layers)
{
    HEADLIGHT_CHECK(!layers.empty(), "a rollout over no layers");
    const std::int64_t size = layers.front()->queries;
    std::vector<Tensor> result;
    Matrix<double> flow;
    for (const auto& layer : layers) {
        HEADLIGHT_CHECK(layer->queries == size && layer->keys == size, "a rollout over layers of different length");
        const Matrix<double> mixed = mixedWithResidual(layer);
        flow = result.empty() ? mixed : Matrix<double>(mixed * flow);
        result.push_back(toTensor(flow));
    }
    return result;
}

} // namespace headlight
