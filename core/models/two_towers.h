#pragma once
// The skeleton of CLIP and SigLIP: a tower that reads, a tower that sees, and how well their vectors agree. Each tower
// is a model of its own as well.

#include "core/models/patch_encoder.h"
#include "core/models/word_input.h"

namespace headlight {

struct TowerConfig {
    std::int64_t width, layers, heads, inner;
};

/// What two families of towers differ in, and what they are when a configuration says nothing.
struct TowerFamily {
    std::string_view name; ///< in front of the architectures' names: "CLIP"
    std::string_view id; ///< model_type of both together: "clip"
    std::string_view activation;
    float epsilon;
    TowerConfig text, vision;
    std::int64_t vocabulary, positions, patch;
    bool causalText; ///< a token of a text sees what came before only
    bool classToken; ///< in front of the patches, whose projection then has no bias
    bool projections; ///< of both towers to one width
    bool flexible = false; ///< pictures keep their proportions; a patch is a row of numbers
};

/// Reads the texts: learned positions, pre-norm layers, a last norm.
struct TextTower {
    Embedding words, positions;
    std::vector<PreNormLayer> layers;
    Norm last;
    WordLimits limits;
    TowerConfig config;
    Tower tower = Tower::Only;

    struct States {
        Var hidden; ///< after the last norm
        Packing packing;
    };
    States operator()(std::span<const ModelInput> batch, Run& run) const;
};

/// Parameters: "<name>layer_norm1", "<name>self_attn.q_proj" ... "<name>mlp.fc2".
struct TowerLayerConfig {
    TowerConfig sizes;
    float epsilon;
    Activation activation;
    std::shared_ptr<const Span> span = globalSpan();
};
PreNormLayer loadTowerLayer(
    ParameterSource& source, const TowerLayerConfig& config, const std::string& name, AttentionSite site);

/// A model of one or both towers. A family says how a tower's states become one vector.
class TwoTowers : public Model {
public:
    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override;
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;
    /// Scores of every text with every picture of the batch.
    void joinBatch(std::map<std::string, Tensor>& outputs) const override;

protected:
    /// Both towers, or the one that the configuration asks for by its model_type ("clip_text_model") or architecture.
    TwoTowers(Config& config, ParameterSource& source, const TowerFamily& family);

    /// What a tower gives: last_hidden_state, and pooler_output [n,E] or nothing.
    struct Vectors {
        Var states, pooled;
    };
    virtual Vectors textVectors(const TextTower::States& states, std::span<const ModelInput> batch, Run& run) const = 0;
    virtual Vectors visionVectors(const PatchEncoder::States& states, Run& run) const = 0;

    std::optional<TextTower> m_text;
    std::optional<PatchEncoder> m_vision;
    std::int64_t m_textEnd = -1; ///< eos_token_id of the text tower
    TowerLayerConfig m_visionLayers {};
    ParameterRef m_logitScale, m_logitBias; ///< of two towers; the bias is SigLIP's

private:
    void loadText(Config& config, ParameterSource& source, const TowerFamily& family, Tower tower);
    void loadVision(Config& config, ParameterSource& source, const TowerFamily& family, Tower tower);
    void describe(const TowerFamily& family, const std::string& architecture);
    bool joined() const { return m_text && m_vision; }
    Var vector(const char* tower, const Vectors& vectors, const std::optional<Linear>& projection, ModelOutputs& out, Run& run) const;
    Var scores(const Var& rows, const Var& columns) const;

    std::optional<Linear> m_textProjection, m_visualProjection, m_classifier;
};

} // namespace headlight
