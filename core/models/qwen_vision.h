#pragma once
// The towers of Qwen's readers of pictures: pictures of any size, whose patches come in squares that are merged into one
// token each.

#include "core/models/config.h"
#include "core/models/model.h"
#include "core/nn/positions.h"
#include "core/nn/pre_norm_layer.h"

#include <set>

namespace headlight {

/// The places of all patches of an input, and the order in which the tower runs them.
struct QwenPatches {
    struct Place {
        std::int64_t row, column;
        std::int64_t token; ///< counted row by row over all pictures: the rows and columns of recorded maps
    };
    std::vector<Place> places; ///< in running order
    std::vector<std::int64_t> order; ///< running row → row as the processor gives it
    std::vector<std::int64_t> merged; ///< merged token as the processor counts them → running one
    Packing windows, frames; ///< of attention within windows, and within pictures (frames of films)

    /// `side`: patches along a square that becomes one token; `window`: such squares along a window, 0: none.
    static QwenPatches of(std::span<const PatchVolume> grids, std::int64_t side, std::int64_t window);
};

/// Makes a token of a square of patches.
struct QwenMerger {
    Norm norm;
    bool normsSquares = false; ///< the norm is over all patches of a square at once
    Linear in, out;
    /// Shapes: [patches,E] → [patches/side²,E'].
    Var operator()(const Var& patches, Run& run) const;
};

struct QwenTowerConfig {
    std::int64_t width = 1152, heads = 16, layers = 27, inner = 4304, channels = 3, patch = 16, frames = 2, side = 2;
    std::int64_t window = 0; ///< squares along a window; 0: none
    std::set<std::int64_t> wholeLayers = {}; ///< these look at all of the picture
    Activation activation = Activation::GeluTanh;
    float epsilon = 1e-6f;

    static QwenTowerConfig read(Config& config, const QwenTowerConfig& usual);
    std::int64_t numbers() const { return channels * frames * patch * patch; } ///< of a patch
};

class QwenTower {
public:
    /// A layer's norms and feed-forward under its name; the attention is the same in all.
    using LoadLayer = std::function<PreNormLayer(
        ParameterSource& source, const std::string& name, SelfAttention attention)>;
    static QwenTower load(ParameterSource& source, const std::string& name, const QwenTowerConfig& config,
        Linear::Bias patchBias, const LoadLayer& layer);

    QwenPatches patchesOf(const ModelInput& input) const;
    /// `positions`: added to the patches in running order, empty: nothing. `after` hears the states behind
    /// each layer. Shapes: → [Σ patches,E] in running order.
    Var operator()(const ModelInput& input, const QwenPatches& patches, const Var& positions, Run& run,
        const std::function<void(std::size_t layer, const Var& states)>& after = {}) const;

    Status check(const ModelInput& input) const;
    std::int64_t tokens(const ModelInput& input) const;
    void describe(ModelInfo& info) const;
    const QwenTowerConfig& config() const { return m_config; }

private:
    RotaryAngles angles(const QwenPatches& patches) const;

    QwenTowerConfig m_config{};
    ParameterRef m_weight, m_bias; ///< of patches: [E,C,frames,patch,patch], [E]
    std::vector<PreNormLayer> m_layers;
};

} // namespace headlight
