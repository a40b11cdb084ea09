#include "core/models/qwen_reader.h"

namespace headlight {

QwenReader::QwenReader(Config& config, ParameterSource& source, const Parts& parts, const TowerNames& tower)
    : SeeingDecoder(config, source, { parts.words, parts.pictureToken })
    , m_visual(prefixOf(source, tower.names, "patch_embed.proj.weight"))
    , m_positions(parts.positions)
    , m_tower(QwenTower::load(source, m_visual, parts.tower, tower.patchBias, tower.layer))
{
    m_tower.describe(m_info);
}

void QwenReader::arrange(const ModelInput& input, const WordRows& rows, Run& run, Beside& beside) const
{
    beside.angles = m_positions.angles(
        input, rows, { m_pictureToken, m_tower.config().side, m_rotary.front().usual }, run);
}

SeeingDecoder::Seen QwenReader::see(const ModelInput& input, Run& run) const
{
    const QwenPatches patches = m_tower.patchesOf(input);
    Seen seen;
    const Var states = m_tower(input, patches, patchPositions(input, patches), run,
        [&](std::size_t layer, const Var& x) { afterLayer(layer, x, patches, seen, run); });
    seen.rows = gatherRows(m_merger(states, run), patches.merged);
    seen.outputs["image_hidden_states"] = { seen.rows, ModelOutput::Rows::PerSequence };
    return seen;
}

QwenPositions QwenPositions::read(Config& text, Sharing sharing)
{
    QwenPositions positions;
    positions.m_sharing = sharing;
    Config rope = text.part(text.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    positions.m_sections = rope.numbers("mrope_section");
    if (positions.m_sections.empty())
        positions.m_sections = sharing == Sharing::Interleaved ? std::vector<std::int64_t>{ 24, 20, 20 }
                                                               : std::vector<std::int64_t>{ 16, 24, 24 };
    if (positions.m_sections.size() != 3)
        text.problem(fmt::format(
            "mrope_section has {} numbers, of three kinds of positions.", positions.m_sections.size()));
    positions.m_sections.resize(3);
    return positions;
}

std::size_t QwenPositions::axisOf(std::int64_t pair) const
{
    if (m_sharing == Sharing::Chunks)
        return pair < m_sections[0] ? 0 : pair < m_sections[0] + m_sections[1] ? 1 : 2;
    const auto axis = std::size_t(pair % 3);
    return axis > 0 && pair < 3 * m_sections[axis] ? axis : 0;
}

/// Words take one position each; a picture begins where the words before it end, and takes as many as its
/// longer side.
std::vector<RotaryAngles> QwenPositions::angles(
    const ModelInput& input, const WordRows& rows, const Reading& reading, Run& run) const
{
    using Position = std::array<std::int64_t, 3>;
    std::vector<Position> places;
    const bool reads = input.hasPicture() && run.past() == 0;
    if (!reads && (run.cache == nullptr || run.cache->positionShift == 0))
        return {};
    if (!reads)
        for (const std::int64_t position : rows.positions)
            places.push_back({ position + run.cache->positionShift, position + run.cache->positionShift,
                position + run.cache->positionShift });
    std::int64_t next = 0;
    std::size_t picture = 0;
    for (std::size_t i = 0; reads && i < input.ids.size();) {
        if (!input.attentionMask.empty() && input.attentionMask[i] == 0) {
            places.push_back({ 1, 1, 1 });
            ++i;
            continue;
        }
        if (input.ids[i] != reading.pictureToken || picture == input.patchGrids.size()) {
            places.push_back({ next, next, next });
            ++next, ++i;
            continue;
        }
        const PatchVolume& grid = input.patchGrids[picture++];
        const std::int64_t high = grid.rows / reading.side, wide = grid.columns / reading.side,
                           count = grid.frames * high * wide;
        for (std::int64_t k = 0; k < count; ++k)
            places.push_back({ next + k / (high * wide), next + k / wide % high, next + k % wide });
        next += std::max({ grid.frames, high, wide });
        i += std::size_t(count);
    }
    if (reads && run.cache != nullptr)
        run.cache->positionShift = next - std::int64_t(input.ids.size());
    return { reading.rope.angles(std::int64_t(places.size()),
        [&](std::int64_t row, std::int64_t pair) { return places[std::size_t(row)][axisOf(pair)]; }) };
}

QwenParts QwenParts::of(Config& config)
{
    QwenParts parts{ std::nullopt, config.part("vision_config") };
    if (config.has("text_config"))
        parts.ownText = config.part("text_config");
    return parts;
}

} // namespace headlight
