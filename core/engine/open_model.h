#pragma once
// A model with everything that came in its folder: tokenizer, image processor or feature extractor, card.

#include "core/audio/feature_extractor.h"
#include "core/engine/generation_ids.h"
#include "core/models/model.h"
#include "core/text/chat/chat_template.h"
#include "core/text/tokenizer.h"
#include "core/vision/image_processor.h"
#include "core/vision/patch_grid.h"

namespace headlight {

struct OpenModel {
    std::string name; ///< bundled name, org/name, or the folder's name
    std::filesystem::path folder; ///< or the one file the model was opened from (.gguf)
    std::shared_ptr<const Model> network;
    std::shared_ptr<const Tokenizer> tokenizer; ///< null when the folder has none (then only ids can be run)
    /// How a conversation becomes a text; none for models that were not trained on any. An Error is told when it is used.
    Expected<std::optional<ChatTemplate>> chatTemplate = std::optional<ChatTemplate>();
    std::optional<ImageProcessor> imageProcessor; ///< of models that see
    std::optional<FeatureExtractor> featureExtractor; ///< of models that hear
    GenerationIds generation; ///< what begins and ends its writing
    std::string card; ///< README.md, Markdown; empty without one
    DType storedType = DType::F32; ///< of most parameters
    std::int64_t parameterCount = 0;
    std::vector<std::string> unusedParameters; ///< in the file, but not part of the model
};

} // namespace headlight
