#include "core/nn/decoder_layer.h"

namespace headlight {
namespace {

Var maybe(const std::optional<Norm>& norm, const Var& x, Run& run)
{
    return norm ? (*norm)(x, run) : x;
}

} // namespace

Projections::Columns Projections::operator()(const Var& x, Run& run) const
{
    if (own)
        return own(x, run);
    if (!joint) {
        const Var q = query(x, run), k = key(x, run);
        return { q, k, value.weight ? value(x, run) : k };
    }
    const Var all = joint->map(x, run);
    return { selectColumns(all, joint->query), selectColumns(all, joint->key), selectColumns(all, joint->value) };
}

Projections Projections::sideBySide(Linear map, std::int64_t heads, std::int64_t keyHeads, std::int64_t headSize)
{
    const std::int64_t q = heads * headSize, k = keyHeads * headSize;
    return { .joint = Joint { std::move(map), { { 0, q } }, { { q, q + k } }, { { q + k, q + 2 * k } } } };
}

Projections Projections::grouped(Linear map, std::int64_t heads, std::int64_t keyHeads, std::int64_t headSize)
{
    Joint joint { std::move(map), {}, {}, {} };
    const std::int64_t queries = heads / keyHeads * headSize, group = queries + 2 * headSize;
    for (std::int64_t begin = 0; begin < keyHeads * group; begin += group) {
        joint.query.push_back({ begin, begin + queries });
        joint.key.push_back({ begin + queries, begin + queries + headSize });
        joint.value.push_back({ begin + queries + headSize, begin + group });
    }
    return { .joint = std::move(joint) };
}

Var HeadNorm::operator()(const Var& x, std::int64_t headSize, Run& run) const
{
    if (norms.empty())
        return x;
    if (over == Over::Whole)
        return norms.front()(x, run);
    const Shape shape = x.shape();
    if (norms.size() == 1) {
        const Var normed = reshape(norms.front()(reshape(x, { x.value().count() / headSize, headSize }), run), shape);
        return weights ? run.changed(normed, weighed(normed, run), "× weights of each head") : normed;
    }
    std::vector<Var> heads;
    for (std::int64_t h = 0; h < std::int64_t(norms.size()); ++h) {
        const ColumnRange columns { h * headSize, (h + 1) * headSize };
        heads.push_back(norms[std::size_t(h)](selectColumns(x, { &columns, 1 }), run));
    }
    return concatenateColumns(heads);
}

/// Every row times `weights`.
Var HeadNorm::weighed(const Var& x, Run& run) const
{
    const std::vector<std::int64_t> first(std::size_t(x.shape().rows()), 0);
    return multiply(x, gatherRows(reshape(run.useFloat(weights), { 1, x.shape().columns() }), first));
}

Var DecoderLayer::branch(Var x, const std::optional<Norm>& norm, Run& run) const
{
    x = maybe(norm, x, run);
    return branchScale == 1.0f ? x : run.changed(x, scale(x, branchScale), fmt::format("× {:.6g}", branchScale));
}

Projections::Columns DecoderLayer::columns(const Var& normed, const Pass& pass, Run& run) const
{
    if (rowsOf) {
        const Projections::Columns& taken = pass.shared->at(*rowsOf);
        const Var q = projections.query(normed, run);
        return { queryNorm(q, q.shape().columns() / heads.heads, run), taken.k, taken.v };
    }
    Projections::Columns made = projections(normed, run);
    const std::int64_t headSize = made.q.shape().columns() / heads.heads;
    made.q = queryNorm(made.q, headSize, run);
    made.k = keyNorm(made.k, headSize, run);
    made.v = valueNorm(made.v, headSize, run);
    if (leavesRows && pass.shared != nullptr)
        pass.shared->insert_or_assign(heads.site.layer, Projections::Columns { {}, made.k, made.v });
    return made;
}

Var DecoderLayer::attend(const Var& normed, const Pass& pass, Run& run) const
{
    const auto [q, k, v] = columns(normed, pass, run);
    const Var context
        = selfAttend(heads, q, k, v, { pass.packing, pass.packing, pass.bias, nullptr, {}, 0, pass.span }, pass.angles, run);
    return branch(output(context, run), afterAttention, run);
}

Var DecoderLayer::feed(const Var& normed, Run& run) const
{
    return branch(forward(normed, run), afterForward, run);
}

Var DecoderLayer::operator()(const Var& x, const Pass& pass, Run& run) const
{
    if (sums == Sums::BeforeNorms) {
        const Var y = maybe(beforeAttention, run.addResidual(x, attend(x, pass, run)), run);
        return maybe(beforeForward, add(y, feed(y, run)), run);
    }
    const Var normed = maybe(beforeAttention, x, run), attended = attend(normed, pass, run);
    if (sums == Sums::AtOnce)
        return run.addResidual(x, attended, feed(beforeForward ? (*beforeForward)(x, run) : normed, run));
    const bool ontoNorms = sums == Sums::OntoNorms;
    const Var y = run.addResidual(ontoNorms ? normed : x, attended), normedY = maybe(beforeForward, y, run);
    return add(ontoNorms ? normedY : y, feed(normedY, run));
}

} // namespace headlight
