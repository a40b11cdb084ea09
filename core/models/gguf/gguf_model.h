#pragma once
// A GGUF file seen as a Hugging Face model: its metadata as config.json, its tensors under Hugging Face's
// names, so that no family knows of GGUF.

#include "core/io/gguf.h"
#include "core/io/parameter_store.h"
#include "core/models/config.h"

namespace headlight {

/// The configuration in Hugging Face's keys, with one of our own: "rope_interleaved" (true: rotations turn
/// neighbouring numbers). A kind of model that is not known keeps its name as model_type. Errors: BadFile
/// when the file does not say its architecture.
Expected<Config> ggufConfig(const GgufFile& file);

/// The tensors, mapped and in their stored type. Those that belong into the configuration are left out.
ParameterStore ggufParameters(const GgufFile& file);

} // namespace headlight
