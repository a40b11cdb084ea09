#pragma once
// The skeleton of ViT and its relatives: patches and special tokens, positions, pre-norm layers. A family fills in what
// it has; pairs and towers use it as their encoder.

#include "core/models/config.h"
#include "core/models/model.h"
#include "core/nn/patches.h"
#include "core/nn/pre_norm_layer.h"

namespace headlight {

/// What config.json of ViT, DeiT, BEiT, YOLOS and DINOv2 says in the same words.
struct PatchEncoderConfig {
    std::int64_t width, layers, heads, inner, channels;
    GridSize image, patch;
    float epsilon, dropout;
    Activation activation;
    Linear::Bias bias, keyBias; ///< of queries and values; of keys
    GridSize grid() const { return { image.rows / patch.rows, image.columns / patch.columns }; }

    /// `defaultPatch` is the family's patch_size.
    static PatchEncoderConfig read(Config& config, std::int64_t defaultPatch = 16);
};

struct PatchEncoder {
    PatchEmbedding embedding;
    std::optional<FlatPatchEmbedding> flat; ///< in its place, for pictures of any shape, whole or cut (SigLIP 2)
    SurroundingTokens specials;
    std::optional<ImagePositions> positions;
    std::optional<ImagePositions> middlePositions; ///< added behind every layer but the last, a table for each (YOLOS)
    std::optional<Norm> first, last; ///< in front of the layers (CLIP); over the last states, applied by `normed` only
    std::vector<PreNormLayer> layers;
    /// Added to the scores of a layer, for a picture of so many patches; empty: nothing.
    std::function<std::shared_ptr<const ScoreBias>(std::size_t layer, GridSize grid, Run& run)> bias;
    /// How the rows of pictures of these sizes turn, special tokens included; empty: they do not.
    std::function<RotaryAngles(std::span<const GridSize> grids)> rotary;
    float dropout = 0.0f;
    Tower tower = Tower::Only;

    /// As ViT and DeiT name their parameters, `prefix` in front ("vit.", "encoder."): `specials` are the names of the
    /// leading tokens ("cls_token").
    static PatchEncoder load(ParameterSource& source, const PatchEncoderConfig& config, const std::string& prefix,
        std::span<const std::string_view> specials);

    struct States {
        Var hidden; ///< of the last layer, before the last norm: [Σ tokens,E]
        Packing packing;
        std::vector<GridSize> grids;
    };
    /// Reads ModelInput::pixelValues, with `flat` also ModelInput::patches; records attention and hidden states.
    States operator()(std::span<const ModelInput> batch, Run& run) const;
    /// What a decoder looks at and a classifier takes (last_hidden_state).
    Var normed(const States& states, Run& run) const { return last ? (*last)(states.hidden, run) : states.hidden; }

    /// The mean of each picture's patches. Shapes: rows [Σ tokens,E] → [n,E].
    Var meanOfPatches(const Var& rows, const States& states) const;

    std::int64_t tokens(const ModelInput& input) const;
    /// BadInput when there is no picture, or one of other channels or smaller than a patch.
    Status check(const ModelInput& input) const;
    /// Fills in everything about the picture and the layers.
    void describe(ModelInfo& info, const PatchEncoderConfig& config) const;

private:
    GridSize gridOf(const ModelInput& input) const;
    Var embed(std::span<const ModelInput> batch, States& states, Run& run) const;
    Var embedFlat(std::span<const ModelInput> batch, States& states, Run& run) const;
    Status checkPatches(const ModelInput& input) const;
    static Var positionsOf(const ImagePositions& table, std::span<const GridSize> grids, std::int64_t set, Run& run);
};

/// The usual names of a layer: layernorm_before, attention.attention.query ... output.dense.
PreNormLayer loadVitLayer(
    ParameterSource& source, const PatchEncoderConfig& config, const std::string& name, AttentionSite site);
/// Its attention alone: attention.attention.{query,key,value}, attention.output.dense.
SelfAttention loadVitAttention(
    ParameterSource& source, const PatchEncoderConfig& config, const std::string& name, AttentionSite site);

/// A model that is a patch encoder with something on top; a family fills `m_encoder` and says what comes out.
class PictureModel : public Model {
public:
    Status check(const ModelInput& input) const override { return m_encoder.check(input); }
    std::int64_t tokens(const ModelInput& input) const override { return m_encoder.tokens(input); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override
    {
        return outputs(m_encoder(batch, run), run);
    }

protected:
    /// Architecture, task and labels from the configuration; `bare` is the name without a head.
    void describe(Config& config, std::string_view bare);
    virtual ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const = 0;
    /// Row `offset` of each picture. Shapes: states [Σ tokens,E] → [n,E].
    static Var tokenOf(const Var& states, const Packing& packing, std::int64_t offset = 0);

    PatchEncoder m_encoder;
};

} // namespace headlight
