// Implements inspection.h.

#include "ui/session/inspection.h"

#include "ui/session/normalisation.h"

#include <algorithm>

namespace headlight::ui {
namespace {

ShownTokens wordsOf(const TokenAxis& axis, const DisplaySettings& display)
{
    return ShownTokens::withHidden(axis, display);
}

ChosenWord chosenWord(const TokenAxis& axis, const ShownTokens& words, int place)
{
    const int pieces = words.pieces(place);
    return { pieces > 1 ? label(axis, words, place) : axis.name(words.first(place)), pieces };
}

void add(std::vector<float>& sum, std::span<const float> line, float factor)
{
    sum.resize(line.size());
    for (std::size_t i = 0; i < line.size(); ++i)
        sum[i] += line[i] * factor;
}

/// The chosen rows summed, one number per key; a word's row is the mean of its pieces.
std::vector<float> lookedAt(const Inspected& about, const DisplaySettings& display)
{
    std::vector<float> sum;
    const ShownTokens words = wordsOf(about.rows, display);
    for (const int place : words.placesOf(about.queries))
        for (const int query : words.tokens(place))
            add(sum, about.map.row(query), 1.0f / float(words.pieces(place)));
    return sum;
}

/// The columns of the tokens that are looked at summed, one number per query; words are their pieces summed.
std::vector<float> lookers(const Inspected& about, const DisplaySettings& display)
{
    std::vector<int> tokens = about.queries;
    if (!(about.rows == about.columns))
        tokens = about.key ? std::vector{ *about.key } : std::vector<int>{};
    std::vector<float> sum;
    const ShownTokens words = wordsOf(about.columns, display);
    for (const int place : words.placesOf(tokens))
        for (const int key : words.tokens(place))
            add(sum, about.map.column(key), 1.0f);
    return sum;
}

/// The weight of a word's rows on a word, each row divided by what is left of it after hiding; none when
/// nothing is hidden.
std::optional<float> renormalisedWeight(const Inspected& about, const std::vector<int>& queries,
    const std::vector<int>& keys, const DisplaySettings& display)
{
    float sum = 0;
    bool any = false;
    for (const int query : queries) {
        const std::vector<float> row = about.map.row(query);
        const float factor = rowFactor(about.columns, row, display);
        any = any || factor != 1;
        for (const int key : keys)
            sum += row[std::size_t(key)] * factor / float(queries.size());
    }
    return any ? std::optional(sum) : std::nullopt;
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

std::vector<ChosenWord> chosenQueries(const Inspected& inspected, const DisplaySettings& display)
{
    std::vector<ChosenWord> chosen;
    const ShownTokens words = wordsOf(inspected.rows, display);
    for (const int place : words.placesOf(inspected.queries))
        chosen.push_back(chosenWord(inspected.rows, words, place));
    return chosen;
}

std::optional<ChosenWord> chosenKey(const Inspected& inspected, const DisplaySettings& display)
{
    const ShownTokens words = wordsOf(inspected.columns, display);
    const auto place = inspected.key ? words.placeOf(*inspected.key) : std::nullopt;
    return place ? std::optional(chosenWord(inspected.columns, words, *place)) : std::nullopt;
}

std::optional<CellNumbers> cellNumbers(const Inspected& inspected, const DisplaySettings& display)
{
    if (inspected.map.empty() || inspected.queries.empty() || !inspected.key)
        return std::nullopt;
    const ShownTokens rows = wordsOf(inspected.rows, display), columns = wordsOf(inspected.columns, display);
    const std::vector<int> chosen = rows.placesOf(inspected.queries);
    const auto key = columns.placeOf(*inspected.key);
    if (chosen.empty() || !key)
        return std::nullopt;
    const std::vector<float> row = summedPieces(lookedAt(inspected, display), columns);
    CellNumbers numbers;
    numbers.weight = row[std::size_t(*key)];
    numbers.keys = int(row.size());
    numbers.rank =
        1 + int(std::count_if(row.begin(), row.end(), [&](float other) { return other > numbers.weight; }));
    if (chosen.size() > 1)
        return numbers;
    const std::vector<int> queries = rows.tokens(chosen.front()), keys = columns.tokens(*key);
    if (inspected.map.heads().size() == 1 && queries.size() == 1 && keys.size() == 1
        && inspected.map.layer().source->knowsScores())
        numbers.score = inspected.map.score(queries.front(), keys.front());
    numbers.renormalised = renormalisedWeight(inspected, queries, keys, display);
    return numbers;
}

std::vector<TokenWeight> topTokens(
    const Inspected& inspected, TokenDirection direction, const DisplaySettings& display, std::size_t count)
{
    if (inspected.map.empty())
        return {};
    const bool forward = direction == TokenDirection::LooksAt;
    const std::vector<float> perToken = forward ? lookedAt(inspected, display) : lookers(inspected, display);
    if (perToken.empty())
        return {};
    const TokenAxis& axis = forward ? inspected.columns : inspected.rows;
    const ShownTokens shown(axis, display);
    const std::vector<float> weights =
        forward ? summedPieces(perToken, shown) : averagedPieces(perToken, shown);
    std::vector<TokenWeight> tokens;
    for (int place = 0; place < shown.count(); ++place)
        tokens.push_back({ shown.first(place), {}, weights[std::size_t(place)] });
    const auto kept = std::min(count, tokens.size());
    std::partial_sort(tokens.begin(), tokens.begin() + std::ptrdiff_t(kept), tokens.end(),
        [](const TokenWeight& a, const TokenWeight& b) {
            return a.weight > b.weight || (a.weight == b.weight && a.token < b.token);
        });
    tokens.resize(kept);
    for (TokenWeight& token : tokens)
        token.text = text(axis, shown, *shown.placeOf(token.token));
    return tokens;
}

Readings readings(const Inspected& inspected, const DisplaySettings& display, std::size_t count)
{
    const bool crosses = !(inspected.rows == inspected.columns);
    Readings read;
    read.numbers = cellNumbers(inspected, display);
    read.tokens = topTokens(inspected, crosses ? TokenDirection::LooksAt : display.direction, display, count);
    if (crosses && inspected.key)
        read.lookers = topTokens(inspected, TokenDirection::LookedAtBy, display, count);
    return read;
}

std::int64_t weightsRead(const Inspected& inspected, const DisplaySettings& display)
{
    if (inspected.map.empty())
        return 0;
    const bool back = display.direction == TokenDirection::LookedAtBy && inspected.rows == inspected.columns;
    std::int64_t rows = std::int64_t(inspected.queries.size()), lines = back ? 0 : rows;
    if (inspected.key)
        lines += rows; // for the cell and its rank
    return std::int64_t(inspected.map.heads().size())
        * (lines * inspected.map.keys() + (back ? rows : 1) * inspected.map.queries());
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
