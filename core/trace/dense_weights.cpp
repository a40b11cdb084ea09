#include "core/trace/dense_weights.h"

#include "core/base/check.h"

#include <cmath>

namespace headlight {
namespace {

class DenseWeights final : public WeightSource {
public:
    explicit DenseWeights(Tensor weights)
        : m_weights(std::move(weights))
    {
    }
    void weights(int head, const Block& block, std::span<float> out) const override
    {
        const std::int64_t queries = m_weights.shape()[1], keys = m_weights.shape()[2];
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i) {
            const std::int64_t first = (head * queries + i) * keys + block.firstColumn;
            expandToFloat(m_weights.dtype(),
                m_weights.data() + std::size_t(first) * byteSize(m_weights.dtype()), block.columns(),
                out.data() + (i - block.firstRow) * block.columns());
        }
    }
    /// Only known up to a constant per row: the logarithm of the weight.
    void scores(int head, const Block& block, std::span<float> out) const override
    {
        weights(head, block, out);
        for (float& value : out)
            value = std::log(value);
    }
    bool knowsScores() const override { return false; }
    std::size_t bytes() const override { return m_weights.bytes(); }

private:
    Tensor m_weights;
};

} // namespace

LayerAttention denseLayer(const AttentionSite& site, const Tensor& weights, const JobControl& control)
{
    HEADLIGHT_CHECK(weights.shape().rank() == 3, "weights of a layer are [H,T,S]");
    LayerAttention layer;
    layer.site = site;
    layer.heads = int(weights.shape()[0]);
    layer.queries = weights.shape()[1];
    layer.keys = weights.shape()[2];
    layer.source = std::make_shared<DenseWeights>(weights);
    std::vector<float> row(std::size_t(layer.keys));
    for (int head = 0; head < layer.heads; ++head) {
        control.report(double(head) / layer.heads, "reading attention");
        HeadSummary summary(layer.queries, layer.keys);
        for (std::int64_t query = 0; query < layer.queries; ++query) {
            layer.source->weights(head, { query, query + 1, 0, layer.keys }, row);
            summary.addRow(query, row);
        }
        summary.finish();
        layer.summaries.push_back(std::move(summary));
    }
    return layer;
}

} // namespace headlight
