// Implements token_axis.h.

#include "ui/session/token_axis.h"

#include "ui/session/display_settings.h"

#include <QCoreApplication>

#include <algorithm>

namespace headlight::ui {
namespace {

TokenGroup groupOf(const AnalysisResult& result, const std::vector<TokenInfo>& tokens)
{
    return &tokens == &result.decoderTokens ? TokenGroup::Decoder
        : &tokens == &result.patchTokens    ? TokenGroup::Patches
                                            : TokenGroup::Input;
}

/// Windows know the grid they cut, even where it was padded beyond the picture.
std::optional<PatchGrid> gridOf(const PatchGrid& patches, const Windows* windows, std::int64_t count)
{
    if (!windows || windows->rows * windows->columns != count || count == 0 || patches.patches() == 0)
        return mergedGrid(patches, count);
    PatchGrid grid = patches;
    grid.patch = { int(patches.patch.width * windows->cell), int(patches.patch.height * windows->cell) };
    grid.model = { int(windows->columns) * grid.patch.width, int(windows->rows) * grid.patch.height };
    grid.area.width *= double(grid.model.width) / patches.model.width;
    grid.area.height *= double(grid.model.height) / patches.model.height;
    return grid;
}

/// The list that tells of the picture, or of the sound.
TokenGroup perceivedGroup(const AnalysisResult& result)
{
    return result.patchTokens.empty() ? TokenGroup::Input : TokenGroup::Patches;
}

int dividedUp(int value, int by)
{
    return (value + by - 1) / by;
}

} // namespace

const std::vector<TokenInfo>& tokensOf(const AnalysisResult& result, TokenGroup group)
{
    switch (group) {
    case TokenGroup::Decoder:
        return result.decoderTokens;
    case TokenGroup::Patches:
        return result.patchTokens;
    case TokenGroup::Input:
        break;
    }
    return result.tokens;
}

TokenAxis::TokenAxis(const AnalysisResult& result, const LayerAttention& layer, Side side)
    : m_tokens(side == Side::Queries ? &result.queryTokens(layer.site) : &result.keyTokens(layer.site))
    , m_group(groupOf(result, *m_tokens))
    , m_count(int(side == Side::Queries ? layer.queries : layer.keys))
{
    const TokenGroup ofWriter = result.decoderTokens.empty() ? TokenGroup::Input : TokenGroup::Decoder;
    if (result.generated && m_group == ofWriter) {
        m_firstWritten = int(result.generated->firstToken);
        m_lastWritten = m_firstWritten + int(result.generated->ids.size());
    }
    if (m_group == TokenGroup::Input && result.times)
        m_times = result.times;
    if (m_group == TokenGroup::Input && result.textPatches) {
        m_grid = result.textPatches;
        m_mixed = true;
        return;
    }
    if (m_group != perceivedGroup(result) || !result.patches)
        return;
    m_described = int(m_tokens->size()) == m_count && (!layer.windows || layer.windows->cell == 1);
    if (m_described && result.patches->leadingTokens + result.patches->patches() <= m_count)
        m_grid = *result.patches;
    else
        m_grid = gridOf(*result.patches, layer.windows.get(), m_count);
}

TokenAxis TokenAxis::queries(const AnalysisResult& result, const LayerAttention& layer)
{
    return { result, layer, Side::Queries };
}

TokenAxis TokenAxis::keys(const AnalysisResult& result, const LayerAttention& layer)
{
    return { result, layer, Side::Keys };
}

const TokenInfo* TokenAxis::info(int token) const
{
    const bool known = m_tokens && m_described && token >= 0 && std::size_t(token) < m_tokens->size();
    return known ? &(*m_tokens)[std::size_t(token)] : nullptr;
}

bool TokenAxis::special(int token) const
{
    const TokenInfo* known = info(token);
    return known && known->special;
}

bool TokenAxis::hidden(int token, const DisplaySettings& display) const
{
    if (display.written && written(token) && token >= m_firstWritten + *display.written)
        return true;
    return display.hideSpecialTokens && special(token);
}

std::optional<PatchGrid::Cell> TokenAxis::cell(int token) const
{
    return m_grid ? m_grid->cellOfToken(token) : std::nullopt;
}

QString TokenAxis::label(int token) const
{
    if (const TokenInfo* known = info(token))
        return QString::fromStdString(known->label);
    if (const auto place = cell(token))
        return QStringLiteral("%1,%2").arg(place->row).arg(place->column);
    return QString::number(token);
}

QString TokenAxis::text(int token) const
{
    const QString own = label(token);
    if (!own.trimmed().isEmpty())
        return own;
    return own.isEmpty() ? QStringLiteral("∅")
                         : QString(own).replace(' ', QChar(0x2423)).replace('\n', QChar(0x21b5));
}

QString TokenAxis::name(int token) const
{
    if (const auto place = cell(token))
        return QCoreApplication::translate("Inspector", "patch (%1, %2)").arg(place->row).arg(place->column);
    return text(token);
}

std::optional<PatchGrid> mergedGrid(const PatchGrid& grid, std::int64_t count)
{
    if (grid.patch.width <= 0 || grid.patch.height <= 0)
        return std::nullopt;
    const int rows = dividedUp(grid.model.height, grid.patch.height);
    const int columns = dividedUp(grid.model.width, grid.patch.width);
    for (int factor = 1; factor <= std::max(rows, columns); factor *= 2) {
        const int high = dividedUp(rows, factor), wide = dividedUp(columns, factor);
        if (grid.leadingTokens + std::int64_t(high) * wide != count)
            continue;
        // Odd rests are padded: the last patches reach beyond the picture.
        PatchGrid merged = grid;
        merged.patch = { grid.patch.width * factor, grid.patch.height * factor };
        merged.model = { wide * merged.patch.width, high * merged.patch.height };
        merged.area.width *= double(merged.model.width) / grid.model.width;
        merged.area.height *= double(merged.model.height) / grid.model.height;
        return merged;
    }
    return std::nullopt;
}

} // namespace headlight::ui
