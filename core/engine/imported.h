#pragma once
// Attention that another program computed and saved: its maps as a result, without a model. So whatever
// framework a model runs in, its heads can be looked at.

#include "core/base/job_control.h"
#include "core/engine/analysis.h"

namespace headlight {

/// Whether a file is one of saved arrays rather than a checkpoint: by its ending, a safetensors file by the
/// names in its header. Reads no more than that.
bool holdsAttention(const std::filesystem::path& path);

/// The maps of a .safetensors, .npz, .npy or .json file. Arrays are found by their names: `attentions.3`,
/// `decoder_attentions.0`, `text.attentions.1` as `headlight attend` and CLI.md say, or any name with "att"
/// in it that ends in the layer's number; a single array may hold all layers. Shapes: [H,T,S], [1,H,T,S],
/// [T,S]; all layers [L,H,T,S] or [L,1,H,T,S]. Of a batch the first example is taken. Tokens come from the
/// metadata `tokens`, `decoder_tokens` and `patch_tokens` (a line each), or from arrays of strings of these
/// names. Errors: NotFound, BadFile; Unsupported with what the file holds instead; Cancelled.
Expected<std::shared_ptr<const AnalysisResult>> importAttention(
    const std::filesystem::path& path, const JobControl& control);

} // namespace headlight
