// Implements inspection.h.

#include "ui/session/inspection.h"

#include "ui/session/normalisation.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace headlight::ui {
namespace {

/// The chosen rows summed, or the chosen tokens' columns.
std::vector<float> summed(const Inspected& inspected, TokenDirection direction)
{
    std::vector<float> sum;
    for (const int token : inspected.queries) {
        const bool rows = direction == TokenDirection::LooksAt;
        if (!rows && token >= inspected.map.keys())
            continue;
        const auto line = rows ? inspected.map.row(token) : inspected.map.column(token);
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
    Inspected about{ mapOf(result, place), selection.queries, selection.key, hover != Hover{} };
    if (hover.query) {
        about.queries = { *hover.query };
        about.key = hover.key;
    } else if (hover.key) {
        about.key = hover.key;
    }
    if (about.map.empty())
        return about;
    std::erase_if(about.queries, [&](int query) { return query < 0 || query >= about.map.queries(); });
    if (about.key && (*about.key < 0 || *about.key >= about.map.keys()))
        about.key.reset();
    return about;
}

std::optional<CellNumbers> cellNumbers(
    const AnalysisResult& result, const Inspected& inspected, const DisplaySettings& display)
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
    if (inspected.map.heads().size() == 1)
        numbers.score = inspected.map.score(inspected.queries.front(), *inspected.key);
    if (const float factor = rowFactor(result, row, display); factor != 1)
        numbers.renormalised = numbers.weight * factor;
    return numbers;
}

std::vector<TokenWeight> topTokens(const AnalysisResult& result, const Inspected& inspected,
    const DisplaySettings& display, std::size_t count)
{
    if (inspected.map.empty() || inspected.queries.empty())
        return {};
    const std::vector<float> weights = summed(inspected, display.direction);
    std::vector<TokenWeight> tokens;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (i >= result.tokens.size() || !hidden(result.tokens[i], display))
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

QString tokenName(const AnalysisResult& result, int token)
{
    const bool known = token >= 0 && std::size_t(token) < result.tokens.size();
    const TokenInfo* info = known ? &result.tokens[std::size_t(token)] : nullptr;
    if (info && info->patchRow >= 0)
        return QCoreApplication::translate("Inspector", "patch (%1, %2)")
            .arg(info->patchRow)
            .arg(info->patchColumn);
    return tokenText(result, token);
}

QString tokenText(const AnalysisResult& result, int token)
{
    if (token < 0 || std::size_t(token) >= result.tokens.size())
        return QString::number(token);
    const QString label = QString::fromStdString(result.tokens[std::size_t(token)].label);
    if (!label.trimmed().isEmpty())
        return label;
    return label.isEmpty() ? QStringLiteral("∅")
                           : QString(label).replace(' ', QChar(0x2423)).replace('\n', QChar(0x21b5));
}

} // namespace headlight::ui
