#include "core/nn/pre_norm_layer.h"

namespace headlight {

Var scaleColumns(const Var& x, const Var& factors)
{
    const std::vector<std::int64_t> rows(std::size_t(x.shape().rows()), 0);
    return multiply(x, gatherRows(reshape(factors, { 1, x.shape().columns() }), rows));
}

Var PreNormLayer::operator()(const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias,
    const RotaryAngles* angles) const
{
    Var attended = attention(attentionNorm(x, run), packing, run, bias, angles);
    if (attentionScale)
        attended = run.changed(attended, scaleColumns(attended, run.useFloat(attentionScale)), "layer scale λ");
    const Var between = run.addResidual(x, run.dropout(attended, dropout));
    Var fed = feedForward(outputNorm(between, run), run);
    if (outputScale)
        fed = scaleColumns(fed, run.useFloat(outputScale));
    return add(between, run.dropout(fed, dropout));
}

} // namespace headlight
