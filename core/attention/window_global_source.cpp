#include "core/attention/window_global_source.h"

namespace headlight {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();

class SightBias final : public ScoreBias {
public:
    explicit SightBias(std::shared_ptr<const WindowGlobalSight> sight)
        : m_sight(std::move(sight))
    {
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j, ++out)
                if (!m_sight->visible(place.sequence, i, j))
                    *out = masked;
    }
    std::size_t bytes() const override { return 0; }
    std::string_view name() const override { return "window"; }

private:
    std::shared_ptr<const WindowGlobalSight> m_sight;
};

/// Without the tape the Vars may have stood on, and without what weights do not need.
AttentionInputs constants(AttentionInputs in)
{
    in.q = Var(in.q.value());
    in.k = Var(in.k.value());
    in.v = Var();
    in.span = globalSpan(); // who sees what is the sight's business
    return in;
}

} // namespace

WindowGlobalSight::WindowGlobalSight(const AttentionInputs& inputs)
    : m_span(inputs.span)
    , m_begins(inputs.queryBegins)
    , m_place(std::size_t(inputs.queryBegins.back()), -1)
{
    for (std::size_t s = 0; s < inputs.globals->tokens.size(); ++s)
        for (std::size_t i = 0; i < inputs.globals->tokens[s].size(); ++i)
            m_place[std::size_t(m_begins[s] + inputs.globals->tokens[s][i])] = std::int64_t(i);
}

bool WindowGlobalSight::visible(std::int64_t sequence, std::int64_t query, std::int64_t key) const
{
    if (globalPlace(sequence, key) >= 0)
        return true;
    const std::int64_t length = m_begins[std::size_t(sequence) + 1] - m_begins[std::size_t(sequence)];
    const KeyRange range = m_span->range(query, length, length);
    return key >= range.first && key < range.last;
}

std::shared_ptr<const ScoreBias> WindowGlobalSight::asBias(std::shared_ptr<const WindowGlobalSight> sight)
{
    return std::make_shared<const SightBias>(std::move(sight));
}

AttentionInputs globalRowInputs(const AttentionInputs& inputs)
{
    AttentionInputs rows = inputs;
    rows.q = inputs.globals->q;
    rows.k = inputs.globals->k;
    rows.v = inputs.globals->v;
    rows.span = globalSpan();
    rows.globals = nullptr;
    rows.queryBegins = { 0 };
    for (const std::vector<std::int64_t>& tokens : inputs.globals->tokens)
        rows.queryBegins.push_back(rows.queryBegins.back() + std::int64_t(tokens.size()));
    return rows;
}

WindowGlobalSource::WindowGlobalSource(const AttentionInputs& inputs, std::vector<float> logSumExp)
    : m_local(constants(inputs))
    , m_global(constants(globalRowInputs(inputs)))
    , m_sight(inputs)
    , m_logSumExp(std::move(logSumExp))
{
    // The lists of tokens stay; the Vars in the shared structure may stand on a tape.
    auto globals = std::make_shared<GlobalTokens>(*inputs.globals);
    globals->q = globals->k = globals->v = Var();
    m_local.globals = std::move(globals);
}

void WindowGlobalSource::scores(int head, const Block& block, std::span<float> out) const
{
    headTile(m_local, 0, head).scores(block, out.data());
    for (std::int64_t i = block.firstRow; i < block.lastRow; ++i) {
        float* row = out.data() + (i - block.firstRow) * block.columns();
        const std::int64_t place = m_sight.globalPlace(0, i);
        if (place >= 0)
            headTile(m_global, 0, head).scores({ place, place + 1, block.firstColumn, block.lastColumn }, row);
        for (std::int64_t j = block.firstColumn; place < 0 && j < block.lastColumn; ++j)
            if (!m_sight.visible(0, i, j))
                row[j - block.firstColumn] = masked;
    }
}

void WindowGlobalSource::weights(int head, const Block& block, std::span<float> out) const
{
    scores(head, block, out);
    const std::int64_t queries = m_local.queryBegins.back();
    for (std::int64_t i = block.firstRow; i < block.lastRow; ++i) {
        const float logSumExp = m_logSumExp[std::size_t(head * queries + i)];
        float* row = out.data() + (i - block.firstRow) * block.columns();
        for (std::int64_t j = 0; j < block.columns(); ++j)
            row[j] = logSumExp == masked ? 0.0f : std::exp(row[j] - logSumExp);
    }
}

std::size_t WindowGlobalSource::bytes() const
{
    std::size_t total = m_local.q.value().bytes() + m_local.k.value().bytes() + m_logSumExp.size() * sizeof(float);
    if (!m_global.q.empty())
        total += m_global.q.value().bytes() + m_global.k.value().bytes();
    return total;
}

Tensor WindowGlobalSource::exportedLocal() const
{
    const std::vector<std::int64_t>& global = m_local.globals->tokens.front();
    const std::int64_t length = m_local.queryBegins.back(), radius = m_local.globals->radius;
    const std::int64_t first = std::int64_t(global.size()), width = first + 2 * radius + 1;
    const std::vector<std::uint8_t>& mask = m_local.keyMasks.front();
    return Tensor::make({ 1, m_local.heads, length, width }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        for (int head = 0; head < m_local.heads; ++head)
            for (std::int64_t i = 0; i < length; ++i) {
                if (m_sight.globalPlace(0, i) >= 0 || (!mask.empty() && mask[std::size_t(i)] == 0))
                    continue;
                float* row = out.data() + (head * length + i) * width;
                for (std::size_t g = 0; g < global.size(); ++g)
                    weights(head, { i, i + 1, global[g], global[g] + 1 }, { row + g, 1 });
                const std::int64_t from = std::max<std::int64_t>(0, i - radius), to = std::min(length, i + radius + 1);
                weights(head, { i, i + 1, from, to }, { row + first + from - (i - radius), std::size_t(to - from) });
                for (const std::int64_t token : global)
                    if (token >= from && token < to)
                        row[first + token - (i - radius)] = 0.0f; // it stands among the global keys
            }
    });
}

Tensor WindowGlobalSource::exportedGlobal() const
{
    const std::vector<std::int64_t>& global = m_local.globals->tokens.front();
    const std::int64_t length = m_local.queryBegins.back(), padded = m_local.globals->paddedLength, count = std::int64_t(global.size());
    return Tensor::make({ 1, m_local.heads, padded, count }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        std::vector<float> row(static_cast<std::size_t>(length));
        for (int head = 0; head < m_local.heads; ++head)
            for (std::int64_t g = 0; g < count; ++g) {
                weights(head, { global[std::size_t(g)], global[std::size_t(g)] + 1, 0, length }, row);
                for (std::int64_t key = 0; key < length; ++key)
                    out[std::size_t((head * padded + key) * count + g)] = row[std::size_t(key)];
            }
    });
}

std::map<std::string, Tensor> WindowGlobalSource::exported(int layer) const
{
    std::map<std::string, Tensor> named { { fmt::format("attentions.{}", layer), exportedLocal() } };
    if (!m_local.globals->tokens.front().empty())
        named.emplace(fmt::format("global_attentions.{}", layer), exportedGlobal());
    return named;
}

} // namespace headlight
