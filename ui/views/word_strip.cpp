#include "ui/views/word_strip.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double padding = 6, lineGap = 2;

/// Whether a token of the text stands for a part of a picture, be it the one that is shown or another.
bool ofPicture(const Scene& scene, const ShownMap& map, int query)
{
    if (map.rowAxis().cell(query))
        return true;
    const AnalysisResult& result = *scene.result;
    const auto& ids = result.fed.ids;
    const std::int64_t picture = result.model ? result.model->network->info().pictureToken : -1;
    return picture >= 0 && std::size_t(query) < ids.size() && ids[std::size_t(query)] == picture;
}

/// Which rows are pictures among words: their patches, and what says how they are cut (special tokens and
/// blanks between patches). A photograph has hundreds of these, and the words would have no room beside them.
std::vector<bool> pictureRows(const Scene& scene, const ShownMap& map)
{
    const int count = map.rowTokens().count();
    std::vector<bool> rows(std::size_t(count), false);
    if (!map.rowAxis().mixed())
        return rows;
    int last = -1; // the picture's row before, with nothing but marks behind it
    for (int row = 0; row < count; ++row) {
        const int query = map.queryOf(row);
        if (ofPicture(scene, map, query)) {
            std::fill(rows.begin() + (last < 0 ? row : last), rows.begin() + row + 1, true);
            last = row;
        } else if (!map.rowAxis().special(query) && !map.rowAxis().label(query).trimmed().isEmpty())
            last = -1;
    }
    return rows;
}

} // namespace

WordStrip::WordStrip(const Scene& scene, const ShownMap& map)
{
    const bool beside = !map.empty() && map.crosses() && map.rowAxis().words() && !map.columnAxis().words();
    if (map.empty() || (!beside && !map.rowAxis().mixed()))
        return;
    const Distribution lookers = lookersOf(scene, map);
    const ValueScale scale(scene.display.scale, lookers.top);
    const std::vector<int> chosen = map.rowTokens().placesOf(scene.selection.queries);
    const std::vector<bool> pictures = pictureRows(scene, map);
    for (int row = 0; row < map.rowTokens().count(); ++row) {
        const int query = map.queryOf(row);
        if (map.rowAxis().mixed() && map.rowAxis().cell(query))
            continue; // the patches are in the picture
        const bool framed = std::ranges::find(chosen, row) != chosen.end();
        if (!framed && pictures[std::size_t(row)])
            continue;
        if (framed && m_centre == 0)
            m_centre = int(m_tokens.size());
        m_tokens.push_back(query);
        m_words.push_back(flowToken(map.rowAxis(), map.rowTokens(), row));
        m_looks.push_back({ scale(lookers.weights[std::size_t(query)]), framed, false });
    }
}

TokenFlow WordStrip::flowOf(const Range& range, double width, const Theme& theme) const
{
    std::vector<FlowToken> words(m_words.begin() + range.first, m_words.begin() + range.last);
    return TokenFlow(std::move(words), { theme.body, std::max(40.0, width - 2 * padding), lineGap, 3 });
}

void WordStrip::lay(double width, const Theme& theme)
{
    if (empty())
        return;
    const double line = QFontMetricsF(theme.body).height() + 6;
    const double most = mostLines * line + (mostLines - 1) * lineGap + 1;
    const int count = int(m_tokens.size());
    for (int shown = std::min(count, 240);; shown -= std::max(1, shown / 6)) {
        const int first = std::clamp(m_centre - shown / 2, 0, count - shown);
        m_range = { first, first + shown };
        m_flow = flowOf(m_range, width, theme);
        if (m_flow.size().height() <= most || shown <= 1)
            return;
    }
}

double WordStrip::height() const
{
    return empty() ? 0 : m_flow.size().height() + 2 * padding;
}

std::optional<int> WordStrip::tokenAt(const QPointF& point) const
{
    const auto place = m_flow.tokenAt(point - QPointF(padding, padding));
    return place ? std::optional(m_tokens[std::size_t(*place + m_range.first)]) : std::nullopt;
}

QRectF WordStrip::rect(int token) const
{
    for (int place = m_range.first; place < m_range.last; ++place) {
        if (m_tokens[std::size_t(place)] == token)
            return m_flow.rect(place - m_range.first).translated(padding, padding);
    }
    return {};
}

void WordStrip::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (empty() || area.isEmpty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setClipRect(area, Qt::IntersectClip);
    const std::vector<FlowLook> looks(m_looks.begin() + m_range.first, m_looks.begin() + m_range.last);
    m_flow.paint(painter, area.topLeft() + QPointF(padding, padding), looks, theme,
        QRectF(QPointF(0, 0), m_flow.size()));
    painter.restore();
}

} // namespace headlight::ui
