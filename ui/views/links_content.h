#pragma once
// Which lines the Links view draws: weights of the chosen heads at or above a threshold, of long inputs those
// that share a line on the screen as one, the strongest first when there are too many.

#include "ui/views/shown_map.h"

namespace headlight::ui {

struct Link {
    int head = 0;
    float row = 0, column = 0; ///< shown tokens; between two of them where several share a line
    float weight = 0;
    friend bool operator==(const Link&, const Link&) = default;
};

struct LinksContent {
    std::vector<Link> links; ///< weakest first, so that the strongest are drawn over the others
    std::int64_t above =
        0; ///< how many reach the threshold; more than `links` when only the strongest are kept
    bool merged = false; ///< tokens that share a line on the screen count as one
    bool preview = false; ///< from the thumbnails of the run; the exact ones are on their way
};

/// The options of the view that decide it, and what the figure documents: "threshold" (0 to 1).
struct LinksOptions {
    float threshold = defaultThreshold;

    static LinksOptions of(const Scene& scene);
    static constexpr float defaultThreshold = 0.05f;
};

/// At most this many lines are drawn; more would be a grey field.
constexpr std::size_t mostLinks = 12'000;
/// So many weights are read at once on the GUI thread.
constexpr std::int64_t promptLinkCells = 96 * 1024;

/// So many lines are drawn within a frame.
constexpr std::size_t quickLinks = 400;

/// How many weights the chosen heads have together.
std::int64_t linkCells(const Scene& scene);
/// All lines, no finer than `lines` on either side. Ends early when a stop is requested.
LinksContent linksContent(
    const Scene& scene, int lines, const std::stop_token& stop = {}, std::size_t most = mostLinks);
/// The same at once at any length, from the thumbnails.
LinksContent linksPreview(const Scene& scene);
/// How many weights of the chosen heads the rows of the chosen tokens have together.
std::int64_t chosenLinkCells(const Scene& scene);
/// The strongest `count`; `links` begin with the weakest.
std::span<const Link> strongest(std::span<const Link> links, std::size_t count);
/// What the chosen heads give to and take from one shown token; `row` or `column`. Every weight at or above
/// the threshold, the strongest `most`.
std::vector<Link> linksOf(
    const Scene& scene, std::optional<int> row, std::optional<int> column, std::size_t most);
/// The same for all chosen tokens: the strongest `most` of them together.
std::vector<Link> chosenLinks(const Scene& scene, std::size_t most);

} // namespace headlight::ui
