#pragma once
// Attention of which most tokens see a window and a few see all and are seen by all: who sees what, and how a recorded
// layer's weights come back, as a whole map or as the reference writes them.

#include "core/attention/tile.h"

namespace headlight {

/// What is visible to the tokens of packed sequences.
class WindowGlobalSight {
public:
    explicit WindowGlobalSight(const AttentionInputs& inputs);
    /// The place of a token among its sequence's global ones, or -1.
    std::int64_t globalPlace(std::int64_t sequence, std::int64_t token) const
    {
        return m_place[std::size_t(m_begins[std::size_t(sequence)] + token)];
    }
    /// Of a local query: inside of its window, or a global key. Masked keys are not considered.
    bool visible(std::int64_t sequence, std::int64_t query, std::int64_t key) const;
    /// -infinity where a query sees nothing, as something to add to scores.
    static std::shared_ptr<const ScoreBias> asBias(std::shared_ptr<const WindowGlobalSight> sight);

private:
    std::shared_ptr<const Span> m_span;
    std::vector<std::int64_t> m_begins, m_place;
};

/// Inputs of the rows of global tokens, which see every key through projections of their own.
AttentionInputs globalRowInputs(const AttentionInputs& inputs);

/// Keeps q, k, those of the global rows, and a log-sum-exp per row; of a single sequence.
class WindowGlobalSource final : public WeightSource {
public:
    /// logSumExp [H,T].
    WindowGlobalSource(const AttentionInputs& inputs, std::vector<float> logSumExp);
    void weights(int head, const Block& block, std::span<float> out) const override;
    void scores(int head, const Block& block, std::span<float> out) const override;
    std::size_t bytes() const override;
    /// "attentions.{layer}" [1,H,T,g+w+1]: the g global keys, then the window; global queries are zero. With global
    /// tokens also "global_attentions.{layer}" [1,H,T',g]: what they see, T' being the length padded to whole windows.
    std::map<std::string, Tensor> exported(int layer) const;

private:
    Tensor exportedLocal() const;
    Tensor exportedGlobal() const;

    AttentionInputs m_local, m_global;
    WindowGlobalSight m_sight;
    std::vector<float> m_logSumExp;
};

} // namespace headlight
