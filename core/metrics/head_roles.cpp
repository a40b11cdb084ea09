#include "core/metrics/head_roles.h"

#include <algorithm>
#include <cmath>

namespace headlight {
namespace {

constexpr float narrowThreshold = 0.4f, localThreshold = 0.7f, broadThreshold = 0.85f;
constexpr std::int64_t localReach = 3;
constexpr HeadRole narrowRoles[]{ HeadRole::Previous, HeadRole::Next, HeadRole::Self, HeadRole::First,
    HeadRole::Separator, HeadRole::Repeated };

class RoleReader {
public:
    RoleReader(const LayerAttention& layer, int head, const RoleTokens& tokens)
        : m_summary(layer.summaries[std::size_t(head)])
        , m_tokens(tokens)
        , m_keys(layer.keys)
        , m_whole(m_summary.thumbnailMax().shape() == Shape{ layer.queries, layer.keys })
    {
    }
    float broad() const
    {
        return mean([&](std::int64_t query, const RowStatistics& row) -> std::optional<double> {
            const std::int64_t seen = m_tokens.causal ? std::min(query + 1, m_keys) : m_keys;
            return seen > 1 ? std::optional(double(row.entropy) / std::log(double(seen))) : std::nullopt;
        });
    }
    float first() const
    {
        return mean([&](std::int64_t query, const RowStatistics& row) -> std::optional<double> {
            return query == 0 && !m_tokens.crosses && m_tokens.causal ? std::nullopt
                                                                      : std::optional(double(row.firstMass));
        });
    }
    float local() const
    {
        if (!m_whole)
            return std::max(0.0f, 1.0f - m_summary.statistics().distance / float(localReach + 1));
        return mean([&](std::int64_t query, const RowStatistics&) -> std::optional<double> {
            return weightOn(query, [&](std::int64_t key) { return std::abs(key - query) <= localReach; });
        });
    }
    /// Mean weight on the keys `aims(query, key)`, of the queries that have one.
    template <typename Aims> float aimed(Aims aims) const
    {
        return mean([&](std::int64_t query, const RowStatistics& row) -> std::optional<double> {
            if (m_whole) {
                bool any = false;
                const double weight = weightOn(query, [&](std::int64_t key) {
                    const bool here = aims(query, key) && (!m_tokens.causal || key <= query);
                    any = any || here;
                    return here;
                });
                return any ? std::optional(weight) : std::nullopt;
            }
            return aims(query, row.largestKey) ? double(row.largest) : 0.0;
        });
    }

private:
    template <typename Aims> double weightOn(std::int64_t query, Aims aims) const
    {
        const auto line = m_summary.thumbnailMax().row(query);
        double sum = 0;
        for (std::int64_t key = 0; key < m_keys; ++key)
            sum += aims(key) ? double(line[std::size_t(key)]) : 0.0;
        return sum;
    }
    /// Over the rows that attend to anything and have a value.
    template <typename Value> float mean(Value value) const
    {
        double sum = 0;
        std::int64_t count = 0;
        const auto rows = m_summary.rows();
        for (std::size_t query = 0; query < rows.size(); ++query) {
            if (rows[query].sum == 0.0f)
                continue;
            if (const auto one = value(std::int64_t(query), rows[query])) {
                sum += *one;
                ++count;
            }
        }
        return count > 0 ? float(std::clamp(sum / double(count), 0.0, 1.0)) : 0.0f;
    }

    const HeadSummary& m_summary;
    const RoleTokens& m_tokens;
    std::int64_t m_keys;
    bool m_whole; ///< the thumbnail is the map
};

float placed(const RoleReader& reader, std::int64_t offset)
{
    return reader.aimed([offset](std::int64_t query, std::int64_t key) { return key == query + offset; });
}

float separators(const RoleReader& reader, const std::vector<bool>& separators)
{
    return reader.aimed([&](std::int64_t, std::int64_t key) {
        return key > 0 && std::size_t(key) < separators.size() && separators[std::size_t(key)];
    });
}

float repeated(const RoleReader& reader, const std::vector<int>& same)
{
    return reader.aimed([&](std::int64_t query, std::int64_t key) {
        return query != key && std::size_t(std::max(query, key)) < same.size()
            && same[std::size_t(query)] == same[std::size_t(key)];
    });
}

} // namespace

float scoreOf(HeadRole role, const LayerAttention& layer, int head, const RoleTokens& tokens)
{
    if (layer.queries == 0 || layer.keys == 0
        || std::isnan(layer.summaries[std::size_t(head)].statistics().entropy))
        return 0;
    const RoleReader reader(layer, head, tokens);
    switch (role) {
    case HeadRole::Previous:
        return tokens.crosses ? 0 : placed(reader, -1);
    case HeadRole::Next:
        return tokens.crosses || tokens.causal ? 0 : placed(reader, 1);
    case HeadRole::Self:
        return tokens.crosses ? 0 : placed(reader, 0);
    case HeadRole::First:
        return reader.first();
    case HeadRole::Separator:
        return separators(reader, tokens.separators);
    case HeadRole::Repeated:
        return tokens.crosses ? 0 : repeated(reader, tokens.same);
    case HeadRole::Local:
        return tokens.crosses ? 0 : reader.local();
    case HeadRole::Broad:
        return reader.broad();
    case HeadRole::Mixed:
        break;
    }
    return 0;
}

RoleScore roleOf(const LayerAttention& layer, int head, const RoleTokens& tokens)
{
    RoleScore best;
    for (const HeadRole role : narrowRoles) {
        const float score = scoreOf(role, layer, head, tokens);
        if (score > best.score)
            best = { role, score };
    }
    if (best.score >= narrowThreshold)
        return best;
    if (const float local = scoreOf(HeadRole::Local, layer, head, tokens); local >= localThreshold)
        return { HeadRole::Local, local };
    if (const float broad = scoreOf(HeadRole::Broad, layer, head, tokens); broad >= broadThreshold)
        return { HeadRole::Broad, broad };
    return { HeadRole::Mixed, best.score };
}

} // namespace headlight
