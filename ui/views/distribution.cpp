#include "ui/views/distribution.h"

#include "ui/session/normalisation.h"

#include <fmt/format.h>

namespace headlight::ui {
namespace {

/// Adds values per place to those per token: every piece of a word gets the word's.
void add(std::vector<float>& to, std::span<const float> values, const ShownTokens& places)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto first = std::size_t(places.first(int(i)));
        for (std::size_t token = first; token < first + std::size_t(places.pieces(int(i))); ++token)
            to[token] += values[i];
    }
}

bool looksBack(const Scene& scene, const ShownMap& map)
{
    return scene.display.direction == TokenDirection::LookedAtBy && !map.crosses();
}

std::vector<int> chosenPlaces(const Scene& scene, const ShownMap& map)
{
    return (looksBack(scene, map) ? map.columnTokens() : map.rowTokens()).placesOf(scene.selection.queries);
}

/// Mean over the queries for each shown key.
std::vector<float> meanRow(const ShownMap& map, Effort effort)
{
    if (map.prompt() || effort == Effort::Exact) {
        const Tensor mean = map.sample(map.whole(), 1, map.columns(), Pooling::Mean);
        return { mean.floats().begin(), mean.floats().end() };
    }
    std::vector<float> perKey(std::size_t(map.map().keys()), 0.0f);
    for (const int head : map.map().heads()) {
        const Tensor& thumbnail = map.map().layer().summaries[std::size_t(head)].thumbnailMean();
        const auto lines = thumbnail.shape()[0], width = thumbnail.shape()[1];
        for (std::size_t key = 0; key < perKey.size(); ++key)
            for (std::int64_t line = 0; line < lines; ++line)
                perKey[key] += thumbnail.at(line * width + std::int64_t(key) * width / map.map().keys())
                    / float(lines * std::int64_t(map.map().heads().size()));
    }
    return summedPieces(perKey, map.columnTokens());
}

/// Of the colour bar, for weights whose largest is `own`; `single`: they are one row or column of the map.
float topFor(const Scene& scene, const ShownMap& map, float own, bool single)
{
    switch (scene.display.normalise) {
    case Normalise::None:
        return 1.0f;
    case Normalise::Head:
    case Normalise::Layer:
    case Normalise::Model:
        if (single)
            return std::max(own, topOf(*scene.result, map.map(), scene.display));
        break;
    case Normalise::Row:
        break;
    }
    return own > 0.0f ? own : 1.0f;
}

} // namespace

std::int64_t distributionCells(const Scene& scene, const ShownMap& map)
{
    return std::int64_t(chosenPlaces(scene, map).size())
        * (looksBack(scene, map) ? map.readForColumn() : map.readForRow());
}

Distribution distributionOf(const Scene& scene, const ShownMap& map, Effort effort)
{
    Distribution out;
    if (map.empty())
        return out;
    const bool back = looksBack(scene, map);
    out.weights.assign(std::size_t(map.columnAxis().count()), 0.0f);
    const auto chosen = chosenPlaces(scene, map);
    std::vector<float> sum(std::size_t(back ? map.rows() : map.columns()), 0.0f);
    for (const int place : chosen)
        std::ranges::transform(sum, back ? map.column(place) : map.row(place), sum.begin(), std::plus());
    add(out.weights, sum, back ? map.rowTokens() : map.columnTokens());
    out.averaged = chosen.empty();
    if (out.averaged)
        add(out.weights, meanRow(map, effort), map.columnTokens());
    const bool single = chosen.size() == 1;
    out.top = topFor(scene, map, std::ranges::max(out.weights), single);
    return out;
}

Distribution lookersOf(const Scene& scene, const ShownMap& map)
{
    Distribution out;
    if (map.empty())
        return out;
    out.weights.assign(std::size_t(map.rowAxis().count()), 0.0f);
    const auto column = scene.selection.key ? map.columnOf(*scene.selection.key) : std::nullopt;
    if (!column)
        return out;
    add(out.weights, map.column(*column), map.rowTokens());
    out.top = topFor(scene, map, std::ranges::max(out.weights), true);
    return out;
}

QString exactText(float weight)
{
    return QString::fromStdString(fmt::format("{}", weight));
}

} // namespace headlight::ui
