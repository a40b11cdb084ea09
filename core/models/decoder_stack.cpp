#include "core/models/decoder_stack.h"

namespace headlight {

Var DecoderStack::embed(const WordRows& rows, Run& run) const
{
    Var x = m_words(rows.ids, run);
    if (m_wordScale != 1.0f)
        x = scale(x, m_wordScale);
    if (m_wordsIn)
        x = (*m_wordsIn)(x, run);
    if (m_positions)
        x = add(x, (*m_positions)(tablePositions(rows), run));
    return m_wordNorm ? (*m_wordNorm)(x, run) : x;
}

std::vector<RotaryAngles> DecoderStack::angles(const WordRows& rows) const
{
    std::vector<RotaryAngles> all;
    for (const RotaryPositions& kind : m_rotary)
        all.push_back(kind.angles(rows.positions));
    return all;
}

Var DecoderStack::layer(int index, const Var& x, const LayerPass& pass) const
{
    const int none = m_rotary.empty() ? -1 : 0;
    const int kind = m_rotaryOfLayer.empty() ? none : m_rotaryOfLayer[std::size_t(index)];
    const RotaryAngles* angles = kind < 0 ? nullptr : &pass.angles[std::size_t(kind)];
    const DecoderLayer& step = m_layers[std::size_t(index)];
    const auto span = pass.beside.span ? pass.beside.span(step.heads.span) : nullptr;
    return step(x, { pass.rows.packing, angles, m_bias, span, &pass.handedOn.rows }, pass.run);
}

Var DecoderStack::finish(const Var& x, Run& run) const
{
    const Var last = m_lastNorm ? (*m_lastNorm)(x, run) : x;
    return m_wordsOut ? (*m_wordsOut)(last, run) : last;
}

HeadCounts checkedHeads(Config& config, HeadCounts counts)
{
    if (counts.keyHeads <= counts.heads && counts.heads % counts.keyHeads == 0)
        return counts;
    config.problem(fmt::format("{} key heads cannot be shared by {} heads.", counts.keyHeads, counts.heads));
    return { counts.heads, counts.heads };
}

std::int64_t evenHeadSize(Config& config, std::int64_t width, std::int64_t heads)
{
    if (width % heads != 0)
        config.problem(fmt::format("A width of {} cannot be shared by {} heads.", width, heads));
    return std::max<std::int64_t>(width / heads, 1);
}

} // namespace headlight
