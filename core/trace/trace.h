#pragma once
// What a run recorded; frozen afterwards. The one thing every view and every explanation method reads.

#include "core/trace/attention_map.h"
#include "core/trace/layer_computation.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace headlight {

/// What a run is asked to keep beyond the attention of every layer.
struct TraceRequest {
    bool hiddenStates = false;
    /// Only these layers' attention; all when empty.
    std::optional<std::set<int>> layers;
    /// Layers whose whole computation is kept; none unless asked for.
    StepsRequest steps = {};
    /// Keep queries, keys and values of every layer, for the next run to go on from (LayerAttention::rows).
    bool rows = false;
    /// Write the maps of every layer out during the pass, for who needs all of them (LayerAttention::maps).
    bool maps = false;

    bool keeps(int layer) const { return !layers || layers->contains(layer); }
};

/// One state of the stream of vectors between the layers of a stack (an encoder's, a decoder's).
struct HiddenState {
    AttentionSite site; ///< kind and tower of the stack (Encoder or Decoder), number of the state
    Tensor value;
};

/// Which experts each token's feed-forward part took, and how much of each.
struct ExpertChoice {
    AttentionSite site; ///< of the layer's attention
    int count = 0, chosen = 0; ///< experts there are, and that a token takes
    std::vector<std::int32_t> experts; ///< [T·chosen], best first
    std::vector<float> weights; ///< [T·chosen]
    std::int64_t tokens() const { return chosen == 0 ? 0 : std::int64_t(experts.size()) / chosen; }
};

class Trace {
public:
    /// In the order they ran.
    std::span<const std::shared_ptr<const LayerAttention>> layers() const { return m_layers; }
    /// The recorded layer at a site, or null.
    std::shared_ptr<const LayerAttention> layer(AttentionSite site) const;
    /// Layers of one kind, in order.
    std::vector<std::shared_ptr<const LayerAttention>> layers(AttentionKind kind) const;

    /// States between layers, in the order they were made: a site's `layer` counts from 0, the embedding output, so a
    /// stack of L layers leaves L+1. Shapes: [T,E]. Empty unless requested.
    std::span<const HiddenState> hiddenStates() const { return m_hiddenStates; }
    /// How the layer at a site came about; null unless requested.
    std::shared_ptr<const LayerComputation> computation(AttentionSite site) const;
    /// Those that were requested, in the order they ran.
    std::span<const std::shared_ptr<const LayerComputation>> computations() const { return m_computations; }

    /// The experts that the tokens took in the layer at a site; null where it has none.
    std::shared_ptr<const ExpertChoice> experts(AttentionSite site) const;

    /// Outputs by Hugging Face's names ("logits", "last_hidden_state"), with a batch axis.
    const std::map<std::string, Tensor>& outputs() const { return m_outputs; }
    /// Memory held, in bytes.
    std::size_t bytes() const;
    /// Largest |row sum − 1| of any attention row, sinks included: every attention map is a stochastic matrix. NaN when a weight is.
    float largestRowSumError() const;

    void addLayer(LayerAttention layer);
    void addComputation(std::shared_ptr<const LayerComputation> layer) { m_computations.push_back(std::move(layer)); }
    void addExperts(ExpertChoice choice) { m_experts.push_back(std::make_shared<const ExpertChoice>(std::move(choice))); }
    void addHiddenState(HiddenState state) { m_hiddenStates.push_back(std::move(state)); }
    void setOutput(const std::string& name, Tensor value) { m_outputs.insert_or_assign(name, std::move(value)); }
    /// Puts d target / d weights beside a recorded layer; copies nothing but the small record.
    void setGradient(AttentionSite site, Tensor gradient);

private:
    std::vector<std::shared_ptr<const LayerAttention>> m_layers;
    std::vector<std::shared_ptr<const LayerComputation>> m_computations;
    std::vector<std::shared_ptr<const ExpertChoice>> m_experts;
    std::vector<HiddenState> m_hiddenStates;
    std::map<std::string, Tensor> m_outputs;
};

} // namespace headlight
