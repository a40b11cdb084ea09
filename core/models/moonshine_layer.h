#pragma once
// Layers of Moonshine's two stacks, and their sizes.

#include "core/models/config.h"
#include "core/nn/attention.h"

namespace headlight {

struct MoonshineStack {
    std::int64_t layers, heads, keyHeads, width, inner;
    Activation activation;
    Linear::Bias bias; ///< of the attention's projections
    /// "encoder_num_hidden_layers" and so on; `activation` is the one without a key in the file.
    static MoonshineStack read(Config& config, const std::string& name, const char* activation);
    std::int64_t headSize() const { return width / heads; }
};

/// A layer norm without bias.
Norm loadMoonshineNorm(ParameterSource& source, const std::string& name, std::int64_t width);

/// Norm, attention, (norm, a look at the sound,) norm, feed-forward.
struct MoonshineLayer {
    Norm attentionNorm, crossNorm, forwardNorm;
    SelfAttention attention;
    std::optional<CrossAttention> cross; ///< of decoders
    std::function<Var(const Var&, Run&)> forward;

    static MoonshineLayer load(
        ParameterSource& source, const std::string& name, const MoonshineStack& c, AttentionSite site);

    /// What a decoder's layer looks at.
    struct Seen {
        const Var& states;
        const Packing& packing;
    };
    /// Shapes: x [ΣT,E] → [ΣT,E].
    Var operator()(
        const Var& x, const Packing& packing, const RotaryAngles& angles, const Seen* seen, Run& run) const;
};

} // namespace headlight
