// Implements inspection.h.

#include "ui/session/inspection.h"

#include "ui/session/normalisation.h"

#include <algorithm>
#include <numeric>

namespace headlight::ui {
namespace {

/// The chosen rows summed, or the columns of the tokens that are looked at.
std::vector<float> summed(const Inspected& about, TokenDirection direction)
{
    const bool rows = direction == TokenDirection::LooksAt;
    std::vector<int> tokens = about.queries;
    if (!rows && !(about.rows == about.columns))
        tokens = about.key ? std::vector{ *about.key } : std::vector<int>{};
    std::vector<float> sum;
    for (const int token : tokens) {
        if (!rows && token >= about.map.keys())
            continue;
        const auto line = rows ? about.map.row(token) : about.map.column(token);
        sum.resize(line.size());
        std::transform(line.begin(), line.end(), sum.begin(), sum.begin(), std::plus<>());
    }
    return sum;
}

} // namespace

Inspected inspected(const AnalysisResult& result, const Selection& selection, const Hover& hover)
{
    Selection place = selection;
    if (hover.layer)
        place.layer = *hover.layer;
    if (hover.head)
        place.heads = { *hover.head };
    Inspected about{ mapOf(result, place), {}, {}, selection.queries, selection.key, hover != Hover{} };
    if (hover.query) {
        about.queries = { *hover.query };
        about.key = hover.key;
    } else if (hover.key) {
        about.key = hover.key;
    }
    if (about.map.empty())
        return about;
    about.rows = TokenAxis::queries(result, about.map.layer());
    about.columns = TokenAxis::keys(result, about.map.layer());
    std::erase_if(about.queries, [&](int query) { return query < 0 || query >= about.map.queries(); });
    if (about.key && (*about.key < 0 || *about.key >= about.map.keys()))
        about.key.reset();
    return about;
}

std::optional<CellNumbers> cellNumbers(const Inspected& inspected, const DisplaySettings& display)
{
    if (inspected.map.empty() || inspected.queries.empty() || !inspected.key)
        return std::nullopt;
    const std::vector<float> row = summed(inspected, TokenDirection::LooksAt);
    CellNumbers numbers;
    numbers.weight = row[std::size_t(*inspected.key)];
    numbers.keys = int(row.size());
    numbers.rank =
        1 + int(std::count_if(row.begin(), row.end(), [&](float other) { return other > numbers.weight; }));
    if (inspected.queries.size() > 1)
        return numbers;
    if (inspected.map.heads().size() == 1 && inspected.map.layer().source->knowsScores())
        numbers.score = inspected.map.score(inspected.queries.front(), *inspected.key);
    if (const float factor = rowFactor(inspected.columns, row, display); factor != 1)
        numbers.renormalised = numbers.weight * factor;
    return numbers;
}

std::vector<TokenWeight> topTokens(
    const Inspected& inspected, TokenDirection direction, const DisplaySettings& display, std::size_t count)
{
    if (inspected.map.empty())
        return {};
    const std::vector<float> weights = summed(inspected, direction);
    const TokenAxis& axis = direction == TokenDirection::LooksAt ? inspected.columns : inspected.rows;
    std::vector<TokenWeight> tokens;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!axis.hidden(int(i), display))
            tokens.push_back({ int(i), weights[i] });
    }
    const auto shown = std::min(count, tokens.size());
    std::partial_sort(tokens.begin(), tokens.begin() + std::ptrdiff_t(shown), tokens.end(),
        [](const TokenWeight& a, const TokenWeight& b) {
            return a.weight > b.weight || (a.weight == b.weight && a.token < b.token);
        });
    tokens.resize(shown);
    return tokens;
}

HeadProfile profileOf(const AttentionMap& map)
{
    HeadProfile profile;
    if (map.empty())
        return profile;
    const auto heads = map.heads();
    for (const int head : heads) {
        const HeadSummary& summary = map.layer().summaries.at(std::size_t(head));
        const HeadStatistics& s = summary.statistics();
        profile.entropy += s.entropy / float(heads.size());
        profile.distance += s.distance / float(heads.size());
        profile.firstMass += s.firstMass / float(heads.size());
        profile.rowSumError = std::max(profile.rowSumError, s.rowSumError);
        const float largest =
            summary.rows().empty() ? 0 : summary.rows()[std::size_t(s.largestQuery)].largest;
        if (largest > profile.largest) {
            profile.largest = largest;
            profile.largestQuery = s.largestQuery;
            profile.largestKey = s.largestKey;
        }
    }
    return profile;
}

} // namespace headlight::ui
