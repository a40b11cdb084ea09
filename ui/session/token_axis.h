#pragma once
// What the rows or the columns of one layer's maps stand for: words, patches of the picture, moments of the
// sound. Cross attention has two different ones; layers that merge patches (Swin) have a grid of their own.

#include "core/engine/analysis.h"

#include <QString>

namespace headlight::ui {

struct DisplaySettings;

/// The lists of tokens a result has.
enum class TokenGroup {
    Input, ///< AnalysisResult::tokens: of the text, else of the picture or sound
    Decoder, ///< of a pair's decoder
    Patches, ///< of the picture, where a text stands beside it
};
const std::vector<TokenInfo>& tokensOf(const AnalysisResult& result, TokenGroup group);

/// A view of a result's tokens; must not outlive the result.
class TokenAxis {
public:
    TokenAxis() = default;
    static TokenAxis queries(const AnalysisResult& result, const LayerAttention& layer);
    static TokenAxis keys(const AnalysisResult& result, const LayerAttention& layer);

    int count() const { return m_count; }
    TokenGroup group() const { return m_group; }
    /// Null when the run said nothing about this token, as for merged patches.
    const TokenInfo* info(int token) const;
    bool special(int token) const;
    bool hidden(int token, const DisplaySettings& display) const;
    /// By the model itself (AnalysisResult::generated).
    bool written(int token) const { return token >= m_firstWritten && token < m_lastWritten; }
    /// As the run named it, "3,4" for patches; a number when it did not.
    QString label(int token) const;
    /// The same with a visible stand-in for what cannot be seen.
    QString text(int token) const;
    /// "animal", "patch (3, 4)".
    QString name(int token) const;

    /// Where the tokens are patches of the picture: the grid of this very layer.
    const std::optional<PatchGrid>& grid() const { return m_grid; }
    std::optional<PatchGrid::Cell> cell(int token) const;
    /// Where the tokens are moments of a sound.
    const std::optional<TimeGrid>& times() const { return m_times; }
    /// Tokens are words (or pieces of them), not places in a picture or sound.
    bool words() const { return (!m_grid || m_mixed) && !m_times; }
    /// Words with the patches of a picture among them.
    bool mixed() const { return m_mixed; }

    friend bool operator==(const TokenAxis& a, const TokenAxis& b)
    {
        return a.m_tokens == b.m_tokens && a.m_count == b.m_count;
    }

private:
    enum class Side { Queries, Keys };
    TokenAxis(const AnalysisResult& result, const LayerAttention& layer, Side side);

    const std::vector<TokenInfo>* m_tokens = nullptr;
    TokenGroup m_group = TokenGroup::Input;
    int m_count = 0;
    bool m_described = true; ///< m_tokens tells of these very tokens, not of those they were merged from
    int m_firstWritten = 0, m_lastWritten = 0;
    std::optional<PatchGrid> m_grid;
    bool m_mixed = false;
    std::optional<TimeGrid> m_times;
};

/// The grid after patches were merged by a power of two, as many as `count` says; none when that does not
/// fit.
std::optional<PatchGrid> mergedGrid(const PatchGrid& grid, std::int64_t count);

} // namespace headlight::ui
