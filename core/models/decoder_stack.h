#pragma once
// A decoder made of DecoderLayers: what a family does is fill in parts. All decoder-only families but GPT-2 stand on it.

#include "core/models/causal_model.h"
#include "core/nn/decoder_layer.h"

namespace headlight {

class DecoderStack : public CausalModel {
protected:
    Embedding m_words;
    float m_wordScale = 1.0f;
    std::optional<Embedding> m_positions; ///< added to the words
    std::optional<Norm> m_wordNorm; ///< of their sum
    /// Where words are narrower than the model (OPT-350m): into the stack and out of it again.
    std::optional<Linear> m_wordsIn, m_wordsOut;
    /// Kinds of rotary positions, and the kind of each layer (−1: its positions do not turn). Without kinds: all 0.
    std::vector<RotaryPositions> m_rotary;
    std::vector<int> m_rotaryOfLayer;
    std::shared_ptr<const ScoreBias> m_bias; ///< of all layers; null: none
    std::vector<DecoderLayer> m_layers;
    std::optional<Norm> m_lastNorm;

    /// Rows of the position table.
    virtual std::vector<std::int64_t> tablePositions(const WordRows& rows) const { return rows.positions; }

    Var embed(const WordRows& rows, Run& run) const final;

private:
    std::vector<RotaryAngles> angles(const WordRows& rows) const final;
    Var layer(int index, const Var& x, const LayerPass& pass) const final;
    Var finish(const Var& x, Run& run) const final;
};

/// An integer number of query heads must share each key head. Kept as a problem of `config`.
/// Returns a pair that divides in any case, so that building can go on.
struct HeadCounts {
    std::int64_t heads, keyHeads;
};
HeadCounts checkedHeads(Config& config, HeadCounts counts);
/// width / heads; a rest is kept as a problem of `config`.
std::int64_t evenHeadSize(Config& config, std::int64_t width, std::int64_t heads);

} // namespace headlight
