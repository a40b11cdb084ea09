#include "ui/views/links_content.h"

namespace headlight::ui {
namespace {

/// Rows read at a time: bounds the scratch memory.
constexpr std::int64_t bandCells = 1 << 20;

bool weaker(const Link& a, const Link& b)
{
    return std::tie(a.weight, a.head, a.row, a.column) < std::tie(b.weight, b.head, b.row, b.column);
}

/// Keeps the strongest, weakest first.
void keepStrongest(LinksContent& content, std::size_t most)
{
    auto& links = content.links;
    if (links.size() > most) {
        std::ranges::nth_element(links, links.end() - std::ptrdiff_t(most), weaker);
        links.erase(links.begin(), links.end() - std::ptrdiff_t(most));
    }
    std::ranges::sort(links, weaker);
}

/// The middle of bucket `bucket` of `buckets` over `count` tokens.
float middle(std::int64_t bucket, std::int64_t buckets, std::int64_t count)
{
    const auto first = bucketBegin(bucket, buckets, count), last = bucketBegin(bucket + 1, buckets, count);
    return float(first + last - 1) / 2;
}

/// Lines of values sampled from rows × columns tokens.
void addSampled(LinksContent& content, int head, const Tensor& values, const Block& of, float threshold)
{
    const auto h = values.shape()[0], w = values.shape()[1];
    for (std::int64_t y = 0; y < h; ++y) {
        const auto line = values.row(y);
        const float row = float(of.firstRow) + middle(y, h, of.rows());
        for (std::int64_t x = 0; x < w; ++x) {
            const float weight = line[std::size_t(x)];
            if (weight >= threshold && weight > 0)
                content.links.push_back({ head, row, middle(x, w, of.columns()), weight });
        }
    }
}

void addHead(LinksContent& content, const ShownMap& map, int head, int lines, float threshold,
    const std::stop_token& stop)
{
    const auto rows = map.rows(), columns = map.columns(), limit = std::int64_t(lines);
    if (rows > limit || columns > limit) {
        content.merged = true;
        return addSampled(content, head,
            map.sample(map.whole(), std::min(rows, limit), std::min(columns, limit), Pooling::Max, stop),
            map.whole(), threshold);
    }
    const auto atOnce = std::max<std::int64_t>(1, bandCells / columns);
    for (std::int64_t first = 0; first < rows && !stop.stop_requested(); first += atOnce) {
        const Block band{ first, std::min(rows, first + atOnce), 0, columns };
        addSampled(content, head, map.block(band), band, threshold);
    }
}

} // namespace

LinksOptions LinksOptions::of(const Scene& scene)
{
    const float given = scene.options.value(QStringLiteral("threshold"), defaultThreshold).toFloat();
    return { given >= 0 && given <= 1 ? given : defaultThreshold };
}

std::int64_t linkCells(const Scene& scene)
{
    const ShownMap map(scene);
    return map.rows() * map.columns() * std::int64_t(scene.selection.heads.size());
}

LinksContent linksContent(const Scene& scene, int lines, const std::stop_token& stop, std::size_t most)
{
    LinksContent content;
    const float threshold = LinksOptions::of(scene).threshold;
    for (const int head : scene.selection.heads) {
        const ShownMap map(scene, scene.selection.layer, { head });
        if (map.empty() || stop.stop_requested())
            continue;
        const auto before = content.links.size();
        addHead(content, map, head, std::max(2, lines), threshold, stop);
        content.above += std::int64_t(content.links.size() - before);
        if (content.links.size() / 4 > most)
            keepStrongest(content, most);
    }
    keepStrongest(content, most);
    return content;
}

LinksContent linksPreview(const Scene& scene)
{
    LinksContent content;
    content.preview = true;
    const float threshold = LinksOptions::of(scene).threshold;
    for (const int head : scene.selection.heads) {
        const ShownMap map(scene, scene.selection.layer, { head });
        if (map.empty())
            continue;
        const Tensor& thumbnail = map.map().layer().summaries[std::size_t(head)].thumbnailMax();
        addSampled(content, head, thumbnail, map.whole(), threshold);
    }
    content.above = std::int64_t(content.links.size());
    content.merged = true;
    keepStrongest(content, quickLinks);
    return content;
}

std::int64_t chosenLinkCells(const Scene& scene)
{
    const ShownMap map(scene);
    return map.readForRow() * std::int64_t(map.rowTokens().placesOf(scene.selection.queries).size());
}

std::span<const Link> strongest(std::span<const Link> links, std::size_t count)
{
    return links.last(std::min(count, links.size()));
}

std::vector<Link> linksOf(
    const Scene& scene, std::optional<int> row, std::optional<int> column, std::size_t most)
{
    LinksContent content;
    const float threshold = LinksOptions::of(scene).threshold;
    for (const int head : scene.selection.heads) {
        const ShownMap map(scene, scene.selection.layer, { head });
        if (map.empty() || (row && *row >= map.rows()) || (column && *column >= map.columns()))
            continue;
        const std::vector<float> weights = row ? map.row(*row)
            : column                           ? map.column(*column)
                                               : std::vector<float>();
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] >= threshold && weights[i] > 0)
                content.links.push_back(
                    { head, row ? float(*row) : float(i), row ? float(i) : float(*column), weights[i] });
        }
    }
    keepStrongest(content, most);
    return std::move(content.links);
}

std::vector<Link> chosenLinks(const Scene& scene, std::size_t most)
{
    const ShownMap map(scene);
    LinksContent content;
    if (map.empty())
        return {};
    const auto add = [&](std::optional<int> row, std::optional<int> column) {
        const std::vector<Link> found = linksOf(scene, row, column, most);
        content.links.insert(content.links.end(), found.begin(), found.end());
        if (content.links.size() / 4 > most)
            keepStrongest(content, most);
    };
    const std::vector<int> rows = map.rowTokens().placesOf(scene.selection.queries);
    for (const int row : rows)
        add(row, std::nullopt);
    // In cross attention a key can be chosen by itself: who looks at it is drawn too.
    const bool alone = scene.selection.queries.empty() || map.crosses();
    const auto column = scene.selection.key && alone ? map.columnOf(*scene.selection.key) : std::nullopt;
    if (column)
        add(std::nullopt, *column);
    keepStrongest(content, most);
    return std::move(content.links);
}

} // namespace headlight::ui
