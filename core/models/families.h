#pragma once
// The catalogue of model families and how a model comes from a folder or, before training, from a configuration.

#include "core/io/parameter_store.h"
#include "core/models/config.h"
#include "core/models/model.h"

namespace headlight {

class Checkpoint;

struct ModelFamily {
    std::string_view id; ///< model_type in config.json
    std::string_view title; ///< "BERT"
    /// The architectures it carries, as in config.json.
    std::span<const std::string_view> architectures;
    /// Builds the model; problems stay in `config` and `parameters`.
    std::unique_ptr<Model> (*make)(Config& config, ParameterSource& parameters);
    /// The prefix of its parameter names that a bare model's file lacks ("bert.").
    std::string_view prefix;
};

/// All families, as listed below.
std::span<const ModelFamily* const> families();

/// A model and what its checkpoint held beside it.
struct LoadedModel {
    std::unique_ptr<Model> model;
    std::vector<std::string> unusedParameters;
    DType storedType = DType::F32;
};

/// From a folder or a file (see Checkpoint). Errors: NotFound, BadFile, Unsupported (names the families), BadFile
/// naming parameters that are missing or of a wrong shape.
Expected<LoadedModel> loadModel(const std::filesystem::path& folder);
/// The same; `where` names the model in messages.
Expected<LoadedModel> loadModel(const Checkpoint& checkpoint, const std::string& where);

/// The same model with freshly drawn f32 parameters; what training begins with. Deterministic by seed;
/// "initializer_range" is the deviation of the draw, as in Hugging Face.
Expected<LoadedModel> freshModel(Config config, std::uint64_t seed);

/// Every family, one line each; `<name>Family` stands in a file of its own.
#define HEADLIGHT_FAMILIES(family) \
    family(albert) \
    family(bart) \
    family(beit) \
    family(bert) \
    family(bigBird) \
    family(blip) \
    family(bloom) \
    family(clip) \
    family(clipText) \
    family(clipVision) \
    family(cohere2) \
    family(cohere) \
    family(debertaV2) \
    family(deepseekV2) \
    family(deepseekV3) \
    family(deit) \
    family(detr) \
    family(dinov2) \
    family(dinov2WithRegisters) \
    family(dinov3Vit) \
    family(distilBert) \
    family(electra) \
    family(euroBert) \
    family(falcon) \
    family(gemma2) \
    family(gemma3) \
    family(gemma3Pictures) \
    family(gemma4) \
    family(gemma) \
    family(gpt2) \
    family(gptj) \
    family(gptNeo) \
    family(gptNeox) \
    family(gptOss) \
    family(granite) \
    family(idefics3) \
    family(jinaV3) \
    family(llama) \
    family(longformer) \
    family(m2m100) \
    family(marian) \
    family(mbart) \
    family(ministral3) \
    family(mistral) \
    family(mixtral) \
    family(modernBert) \
    family(moonshine) \
    family(mpNet) \
    family(nomicBert) \
    family(olmo2) \
    family(olmo3) \
    family(opt) \
    family(phi3) \
    family(phi) \
    family(qwen2) \
    family(qwen25Vl) \
    family(qwen3) \
    family(qwen3Moe) \
    family(qwen3Vl) \
    family(roberta) \
    family(siglip2) \
    family(siglip2Text) \
    family(siglip2Vision) \
    family(siglip) \
    family(siglipText) \
    family(siglipVision) \
    family(smollm3) \
    family(smolVlm) \
    family(stablelm) \
    family(swin) \
    family(t5) \
    family(visionEncoderDecoder) \
    family(vit) \
    family(wav2vec2) \
    family(whisper) \
    family(xlmRoberta) \
    family(yolos)

#define HEADLIGHT_DECLARE_FAMILY(name) extern const ModelFamily name##Family;
HEADLIGHT_FAMILIES(HEADLIGHT_DECLARE_FAMILY)
#undef HEADLIGHT_DECLARE_FAMILY

} // namespace headlight
