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

/// All families; the list is in families.cpp.
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

/// One file each.
extern const ModelFamily albertFamily;
extern const ModelFamily bartFamily;
extern const ModelFamily beitFamily;
extern const ModelFamily bertFamily;
extern const ModelFamily bigBirdFamily;
extern const ModelFamily blipFamily;
extern const ModelFamily bloomFamily;
extern const ModelFamily clipFamily;
extern const ModelFamily clipTextFamily;
extern const ModelFamily clipVisionFamily;
extern const ModelFamily debertaV2Family;
extern const ModelFamily deitFamily;
extern const ModelFamily detrFamily;
extern const ModelFamily dinov2Family;
extern const ModelFamily distilBertFamily;
extern const ModelFamily electraFamily;
extern const ModelFamily falconFamily;
extern const ModelFamily gemma2Family;
extern const ModelFamily gemmaFamily;
extern const ModelFamily gpt2Family;
extern const ModelFamily gptjFamily;
extern const ModelFamily gptNeoFamily;
extern const ModelFamily gptNeoxFamily;
extern const ModelFamily llamaFamily;
extern const ModelFamily longformerFamily;
extern const ModelFamily m2m100Family;
extern const ModelFamily marianFamily;
extern const ModelFamily mbartFamily;
extern const ModelFamily mistralFamily;
extern const ModelFamily modernBertFamily;
extern const ModelFamily mpNetFamily;
extern const ModelFamily optFamily;
extern const ModelFamily phi3Family;
extern const ModelFamily phiFamily;
extern const ModelFamily qwen2Family;
extern const ModelFamily qwen3Family;
extern const ModelFamily robertaFamily;
extern const ModelFamily siglipFamily;
extern const ModelFamily siglipTextFamily;
extern const ModelFamily siglipVisionFamily;
extern const ModelFamily stablelmFamily;
extern const ModelFamily swinFamily;
extern const ModelFamily t5Family;
extern const ModelFamily visionEncoderDecoderFamily;
extern const ModelFamily vitFamily;
extern const ModelFamily wav2vec2Family;
extern const ModelFamily whisperFamily;
extern const ModelFamily xlmRobertaFamily;
extern const ModelFamily yolosFamily;

} // namespace headlight
