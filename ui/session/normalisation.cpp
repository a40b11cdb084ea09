// Implements normalisation.h on HeadSummary's statistics and 64×64 thumbnails.

#include "ui/session/normalisation.h"

#include "ui/session/shown_tokens.h"
#include "ui/session/sites.h"

#include <algorithm>
#include <numeric>

namespace headlight::ui {
namespace {

/// A thumbnail's row or column is shown when none of the tokens under it is hidden.
std::vector<bool> shownPixels(const TokenAxis& axis, std::int64_t pixels, const DisplaySettings& display)
{
    std::vector<bool> shown(std::size_t(pixels), true);
    if (!display.hideSpecialTokens)
        return shown;
    for (int token = 0; token < axis.count(); ++token) {
        if (axis.hidden(token, display))
            shown[std::size_t(token * pixels / axis.count())] = false;
    }
    return shown;
}

float largestOf(const HeadSummary& summary)
{
    const auto rows = summary.rows();
    const auto query = std::size_t(summary.statistics().largestQuery);
    return query < rows.size() ? rows[query].largest : 0;
}

/// The thumbnails of some heads joined pixel by pixel.
struct Thumbnail {
    std::int64_t height = 0, width = 0;
    std::vector<float> largest, mean;
};

Thumbnail joined(const AttentionMap& map, HeadJoin join)
{
    Thumbnail result;
    const auto heads = map.heads();
    for (const int head : heads) {
        const HeadSummary& summary = map.layer().summaries.at(std::size_t(head));
        const auto largest = summary.thumbnailMax().floats(), mean = summary.thumbnailMean().floats();
        result.height = summary.thumbnailMax().shape()[0];
        result.width = summary.thumbnailMax().shape()[1];
        result.largest.resize(largest.size());
        result.mean.resize(mean.size());
        for (std::size_t i = 0; i < largest.size(); ++i) {
            const float share = largest[i] / float(heads.size());
            result.largest[i] =
                join == HeadJoin::Mean ? result.largest[i] + share : std::max(result.largest[i], largest[i]);
            result.mean[i] += mean[i] / float(heads.size());
        }
    }
    return result;
}

/// A thumbnail that is the map itself, with its words joined.
float largestJoined(
    const Thumbnail& thumbnail, const ShownTokens& rows, const ShownTokens& columns, bool renormalise)
{
    float top = 0;
    for (int row = 0; row < rows.count(); ++row) {
        std::vector<float> sums(static_cast<std::size_t>(columns.count()), 0.0f);
        for (const int query : rows.tokens(row)) {
            const auto line =
                std::span(thumbnail.largest)
                    .subspan(std::size_t(query * thumbnail.width), std::size_t(thumbnail.width));
            const std::vector<float> words = summedPieces(line, columns);
            const float whole = renormalise ? std::accumulate(words.begin(), words.end(), 0.0f) : 1.0f;
            for (std::size_t i = 0; i < words.size() && whole > 0; ++i)
                sums[i] += words[i] / whole / float(rows.pieces(row));
        }
        top = std::max(top, sums.empty() ? 0.0f : std::ranges::max(sums));
    }
    return top;
}

float largestShown(const AnalysisResult& result, const AttentionMap& map, const DisplaySettings& display)
{
    const Thumbnail thumbnail = joined(map, map.join());
    const bool renormalise = display.renormaliseHidden && display.hideSpecialTokens;
    if (display.joinWords && thumbnail.height == map.queries() && thumbnail.width == map.keys())
        return largestJoined(thumbnail, { TokenAxis::queries(result, map.layer()), display },
            { TokenAxis::keys(result, map.layer()), display }, renormalise);
    const auto rows = shownPixels(TokenAxis::queries(result, map.layer()), thumbnail.height, display);
    const auto columns = shownPixels(TokenAxis::keys(result, map.layer()), thumbnail.width, display);
    float top = 0;
    for (std::int64_t y = 0; y < thumbnail.height; ++y) {
        float largest = 0, mass = 0;
        for (std::int64_t x = 0; x < thumbnail.width; ++x) {
            if (!columns[std::size_t(x)])
                continue;
            const auto pixel = std::size_t(y * thumbnail.width + x);
            const auto keys =
                bucketBegin(x + 1, thumbnail.width, map.keys()) - bucketBegin(x, thumbnail.width, map.keys());
            largest = std::max(largest, thumbnail.largest[pixel]);
            mass += thumbnail.mean[pixel] * float(keys);
        }
        if (renormalise && mass > 0)
            largest = std::min(largest / mass, 1.0f);
        if (rows[std::size_t(y)])
            top = std::max(top, largest);
    }
    return top;
}

float headTop(const AnalysisResult& result, const AttentionMap& map, const DisplaySettings& display)
{
    if (map.heads().size() == 1 && !display.hideSpecialTokens && !display.joinWords)
        return largestOf(map.layer().summaries.at(std::size_t(map.heads().front())));
    return largestShown(result, map, display);
}

float layerTop(const AnalysisResult& result, const std::shared_ptr<const LayerAttention>& layer,
    const DisplaySettings& display)
{
    float top = 0;
    for (int head = 0; head < layer->heads; ++head)
        top = std::max(top, headTop(result, AttentionMap(layer, head), display));
    return top;
}

float positive(float top)
{
    return top > 0 ? top : 1.0f;
}

} // namespace

float topOf(const AnalysisResult& result, const AttentionMap& map, const DisplaySettings& display)
{
    if (map.empty() || display.normalise == Normalise::None)
        return 1;
    float top = 0;
    switch (display.normalise) {
    case Normalise::Layer:
        top = layerTop(result, result.trace->layer(map.layer().site), display);
        break;
    case Normalise::Model:
        for (const auto& layer : layersOf(result, SiteGroup::of(map.layer().site)))
            top = std::max(top, layerTop(result, layer, display));
        break;
    case Normalise::None:
    case Normalise::Row:
    case Normalise::Head:
        top = headTop(result, map, display);
        break;
    }
    return positive(top);
}

float rowTop(
    const AnalysisResult& result, const AttentionMap& map, std::int64_t query, const DisplaySettings& display)
{
    if (map.heads().size() == 1 && !display.hideSpecialTokens)
        return positive(
            map.layer().summaries.at(std::size_t(map.heads().front())).rows()[std::size_t(query)].largest);
    const std::vector<float> row = map.row(query);
    const TokenAxis keys = TokenAxis::keys(result, map.layer());
    float largest = 0;
    for (std::size_t key = 0; key < row.size(); ++key) {
        if (!keys.hidden(int(key), display))
            largest = std::max(largest, row[key]);
    }
    return positive(largest * rowFactor(keys, row, display));
}

float rowFactor(const TokenAxis& keys, std::span<const float> row, const DisplaySettings& display)
{
    if (!display.hideSpecialTokens || !display.renormaliseHidden)
        return 1;
    float shown = 0;
    bool any = false;
    for (std::size_t key = 0; key < row.size(); ++key) {
        const bool hidden = keys.hidden(int(key), display);
        any = any || hidden;
        shown += hidden ? 0 : row[key];
    }
    return any && shown > 0 ? 1 / shown : 1;
}

} // namespace headlight::ui
