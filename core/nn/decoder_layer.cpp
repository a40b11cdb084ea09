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
    if (!joint)
        return { query(x, run), key(x, run), value(x, run) };
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
    if (norms.size() == 1)
        return reshape(norms.front()(reshape(x, { x.value().count() / headSize, headSize }), run), shape);
    std::vector<Var> heads;
    for (std::int64_t h = 0; h < std::int64_t(norms.size()); ++h) {
        const ColumnRange columns { h * headSize, (h + 1) * headSize };
        heads.push_back(norms[std::size_t(h)](selectColumns(x, { &columns, 1 }), run));
    }
    return concatenateColumns(heads);
}

Var DecoderLayer::branch(Var x, const std::optional<Norm>& norm, Run& run) const
{
    x = maybe(norm, x, run);
    return branchScale == 1.0f ? x : run.changed(x, scale(x, branchScale), fmt::format("× {:.6g}", branchScale));
}

Var DecoderLayer::attend(const Var& normed, const Pass& pass, Run& run) const
{
    Projections::Columns columns = projections(normed, run);
    const std::int64_t headSize = columns.q.shape().columns() / heads.heads;
    columns.q = queryNorm(columns.q, headSize, run);
    columns.k = keyNorm(columns.k, headSize, run);
    const Var context = selfAttend(
        heads, columns.q, columns.k, columns.v, { pass.packing, pass.packing, pass.bias, nullptr, {}, 0, pass.span }, pass.angles, run);
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
