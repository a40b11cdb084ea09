#pragma once
// What Qwen's readers of pictures share: pictures of any size, whose patches come in squares that are merged
// into one token each, and positions in time, rows and columns side by side.

#include "core/models/seeing_decoder.h"

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
    std::int64_t width, heads, layers, inner, channels, patch, frames, side, outWidth;
    std::int64_t window = 0; ///< squares along a window; 0: none
    std::set<std::int64_t> wholeLayers; ///< these look at all of the picture
    Activation activation;
    float epsilon = 1e-6f;

    static QwenTowerConfig read(Config& config, const char* activation);
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

/// Positions in time, rows and columns that share the pairs of the decoder's heads. Source: Wang et al. 2024
/// (Qwen2-VL).
class QwenPositions {
public:
    enum class Sharing { Chunks, Interleaved };
    /// "mrope_section" beside the rotary settings of the text.
    static QwenPositions read(Config& text, Sharing sharing);

    /// Sets the angles of one example in `beside` where they are not those of a text.
    struct Reading {
        std::int64_t pictureToken, side;
        const Rope& rope;
    };
    std::vector<RotaryAngles> angles(
        const ModelInput& input, const WordRows& rows, const Reading& reading, Run& run) const;

private:
    std::size_t axisOf(std::int64_t pair) const;

    Sharing m_sharing = Sharing::Chunks;
    std::vector<std::int64_t> m_sections;
};

/// The two configurations of such a model; older files have the text's keys at the top.
struct QwenParts {
    std::optional<Config> ownText;
    Config vision;
    Config& text(Config& whole) { return ownText ? *ownText : whole; }
    static QwenParts of(Config& config);
};

} // namespace headlight
