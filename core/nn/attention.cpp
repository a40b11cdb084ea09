#include "core/nn/attention.h"

namespace headlight {
namespace {

const std::shared_ptr<const Windows>& windowsOf(const Heads::Pass& pass)
{
    return pass.windows ? pass.windows : pass.queries.windows;
}

void record(AttentionOutput& attention, const AttentionInputs& inputs, const Heads& heads, const Heads::Pass& pass, Run& run)
{
    if (run.tape != nullptr && !run.training())
        run.recordedWeights.push_back({ heads.site, attention.weights });
    if (attention.source == nullptr)
        return;
    LayerAttention record;
    record.site = heads.site;
    record.heads = heads.heads;
    record.queryGroup = heads.keyHeads == 0 ? 1 : heads.heads / heads.keyHeads;
    record.span = spanText(*heads.span);
    record.note = heads.note;
    record.queries = pass.queries.rows();
    record.keys = pass.keys.rows();
    record.windows = windowsOf(pass);
    record.title = heads.title;
    record.exportNames = heads.exportNames;
    record.sinks = heads.sinks != nullptr;
    record.source = std::move(attention.source);
    if (run.request.rows)
        record.rows = std::make_shared<AttentionRows>(AttentionRows { inputs.q.value(), inputs.k.value(), inputs.v.value() });
    record.summaries = std::move(attention.summaries);
    record.maps = std::move(attention.maps);
    if (attention.exported)
        record.exported = [exported = std::move(attention.exported), layer = heads.site.layer] { return exported(layer); };
    run.trace->addLayer(std::move(record));
}

/// The first `count` rows of what an earlier pass had, then the new ones.
Var continued(const Tensor& earlier, std::int64_t count, const Var& added)
{
    const std::array<Var, 2> parts { Var(earlier.slice(0, count)), Var(added.value()) };
    return concatenateRows(parts);
}

/// Attention of the rows after a known beginning, over all of the text.
Var readOn(const Heads& heads, const Var& q, const Var& k, const Var& v, const Heads::Pass& pass, Run& run)
{
    const std::int64_t known = run.beginning->rows;
    const auto layer = run.beginning->trace->layer(heads.site);
    HEADLIGHT_CHECK(layer != nullptr && layer->rows != nullptr, "a beginning that does not know a layer's rows");
    Packing all;
    all.add(known + pass.queries.rows(), {});
    return heads(continued(layer->rows->queries, known, q), continued(layer->rows->keys, known, k),
        continued(layer->rows->values, known, v), { all, all, pass.bias, nullptr, {}, known }, run);
}

/// Each row times its factor. Shapes: x [T,E], factors T → [T,E].
Var scaledByRow(const Var& x, std::span<const float> factors)
{
    const auto width = std::size_t(x.shape().columns());
    return multiply(x, Var(Tensor::make(x.shape(), [&](std::span<float> out) {
        for (std::size_t row = 0; row < factors.size(); ++row)
            std::fill_n(out.begin() + std::ptrdiff_t(row * width), width, factors[row]);
    })));
}

/// Columns of a joint projection. Shapes: x [T,parts·E] → [T,E] each.
std::vector<Var> equalParts(const Var& x, std::int64_t parts)
{
    return splitColumns(x, std::vector<std::int64_t>(std::size_t(parts), x.shape().columns() / parts));
}

/// Norm over each head's numbers.
Var perHead(const Norm& norm, const Var& x, std::int64_t headSize, Run& run)
{
    const Shape shape = x.shape();
    return reshape(norm(reshape(x, { x.value().count() / headSize, headSize }), run), shape);
}

} // namespace

Var Heads::operator()(const Var& q, const Var& k, const Var& v, const Pass& pass, Run& run) const
{
    AttentionInputs inputs;
    inputs.q = q;
    inputs.k = k;
    inputs.v = v;
    inputs.heads = heads;
    inputs.keyHeads = keyHeads;
    inputs.scale = scale > 0.0f ? scale : 1.0f / std::sqrt(float(q.shape().columns()) / float(heads));
    inputs.softCap = softCap;
    inputs.span = pass.span ? pass.span : span;
    if (sinks)
        inputs.sinks = run.useFloat(sinks);
    inputs.bias = pass.bias;
    inputs.windows = windowsOf(pass);
    inputs.globals = pass.globals;
    inputs.known = pass.known;
    inputs.queryBegins = pass.queries.begins;
    inputs.keyBegins = pass.keys.begins;
    inputs.keyMasks = pass.keys.keyMasks;
    const bool wanted = run.trace != nullptr && run.request.keeps(site.layer);
    const bool steps = wanted && run.steps != nullptr && run.steps->keeps(site.layer);
    AttentionOutput attention = (pass.globals == nullptr ? softmaxDot() : windowGlobal()).attend(inputs, { wanted, run.tape, steps, run.request.maps });
    const Var context = attention.context;
    if (steps)
        run.steps->attended({ site, heads, inputs.keyHeadCount(), q, k, v, attention });
    record(attention, inputs, *this, pass, run);
    return context;
}

Var selfAttend(const Heads& heads, Var q, Var k, Var v, const Heads::Pass& pass, const RotaryAngles* angles, Run& run)
{
    if (angles != nullptr) {
        const std::int64_t headSize = q.shape().columns() / heads.heads;
        if (!angles->queryFactors.empty())
            q = run.changed(q, scaledByRow(q, angles->queryFactors), "× by position");
        if (run.steps != nullptr && run.steps->keeps(heads.site.layer))
            run.steps->turned(q, k, *angles);
        q = rotate(q, headSize, *angles);
        k = rotate(k, headSize, *angles);
    }
    if (run.beginning && heads.site.kind == AttentionKind::Decoder)
        return readOn(heads, q, k, v, pass, run);
    if (run.cache == nullptr || heads.site.kind != AttentionKind::Decoder)
        return heads(q, k, v, pass, run);
    const KeyValueCache::Rows all = run.cache->append(heads.site, k.value(), v.value(), pass.keys.begins);
    Packing keys;
    keys.begins = all.begins;
    return heads(q, Var(all.keys), Var(all.values), { pass.queries, keys, pass.bias, nullptr, {}, 0, pass.span }, run);
}

namespace {

/// One by one: a list in a conditional expression is unwound wrongly by gcc 12 when the run is stopped inside it.
std::vector<Var> queryKeyValue(const SelfAttention& attention, const Var& x, Run& run)
{
    if (attention.joint)
        return equalParts((*attention.joint)(x, run), 3);
    std::vector<Var> parts;
    for (const Linear* map : { &attention.query, &attention.key, &attention.value })
        parts.push_back((*map)(x, run));
    return parts;
}

} // namespace

Var SelfAttention::operator()(const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias,
    const RotaryAngles* angles) const
{
    std::vector<Var> parts = queryKeyValue(*this, x, run);
    Var &q = parts[0], &k = parts[1], &v = parts[2];
    const std::int64_t headSize = q.shape().columns() / heads.heads;
    if (queryNorm)
        q = perHead(*queryNorm, q, headSize, run);
    if (keyNorm)
        k = perHead(*keyNorm, k, headSize, run);
    return output(selfAttend(heads, q, k, v, { packing, packing, bias, nullptr }, angles, run), run);
}

CrossAttention::KeysAndValues CrossAttention::keysAndValues(const Var& states, Run& run) const
{
    if (!joint)
        return { key(states, run), value(states, run) };
    const std::vector<Var> parts = equalParts((*joint)(states, run), 2);
    return { parts[0], parts[1] };
}

Var CrossAttention::operator()(const Var& x, const Packing& packing, const Var& states, const Packing& encoder, Run& run) const
{
    const Heads::Pass pass { packing, encoder, nullptr, nullptr };
    const Var q = query(x, run);
    if (run.cache == nullptr) {
        const KeysAndValues made = keysAndValues(states, run);
        return output(heads(q, made.keys, made.values, pass, run), run);
    }
    const KeyValueCache::Rows& kept = run.cache->fixed(heads.site, [&] {
        const KeysAndValues made = keysAndValues(states, run);
        return KeyValueCache::Rows { made.keys.value(), made.values.value(), encoder.begins };
    });
    return output(heads(q, Var(kept.keys), Var(kept.values), pass, run), run);
}

} // namespace headlight
