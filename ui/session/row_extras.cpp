#include "ui/session/row_extras.h"

#include <QStringList>

namespace headlight::ui {
namespace {

template <typename ShareOf> std::optional<float> joinedShare(const AttentionMap& map, const ShareOf& shareOf)
{
    if (map.empty() || !map.layer().sinks)
        return std::nullopt;
    float sum = 0, largest = 0;
    for (const int head : map.heads()) {
        const float share = shareOf(map.layer().summaries.at(std::size_t(head)));
        sum += share;
        largest = std::max(largest, share);
    }
    return map.heads().size() > 1 && map.join() == HeadJoin::Max ? largest : sum / float(map.heads().size());
}

} // namespace

std::optional<float> sinkShare(const AttentionMap& map, std::int64_t query)
{
    return joinedShare(map, [query](const HeadSummary& summary) {
        const auto rows = summary.rows();
        return query >= 0 && query < std::int64_t(rows.size()) ? rows[std::size_t(query)].sink : 0.0f;
    });
}

std::optional<float> sinkShare(const AttentionMap& map, const ShownTokens& rows, int place)
{
    if (map.empty() || !map.layer().sinks)
        return std::nullopt;
    float sum = 0;
    for (const int query : rows.tokens(place))
        sum += sinkShare(map, query).value_or(0.0f);
    return sum / float(std::max(rows.pieces(place), 1));
}

std::optional<float> sinkShare(const AttentionMap& map)
{
    return joinedShare(map, [](const HeadSummary& summary) { return summary.statistics().sink; });
}

QString shareText(float share)
{
    const double percent = 100.0 * double(share);
    return QStringLiteral("%1 %").arg(percent, 0, 'f', percent < 1 && percent > 0 ? 2 : percent < 10 ? 1 : 0);
}

std::shared_ptr<const ExpertChoice> expertsOf(const AnalysisResult& result, const LayerAttention& layer)
{
    const auto choice = result.trace ? result.trace->experts(layer.site) : nullptr;
    return choice && choice->tokens() == layer.queries ? choice : nullptr;
}

QString expertsText(const ExpertChoice& choice, std::int64_t token)
{
    QStringList parts;
    for (std::int64_t i = token * choice.chosen; token < choice.tokens() && i < (token + 1) * choice.chosen;
         ++i)
        parts << QStringLiteral("%1 (%2)")
                     .arg(choice.experts[std::size_t(i)])
                     .arg(double(choice.weights[std::size_t(i)]), 0, 'f', 2);
    return parts.join(QStringLiteral(", "));
}

} // namespace headlight::ui
