#pragma once
// The kinds of model that GGUF files hold, and what Hugging Face calls them and their parameters: one row
// each.

#include <span>
#include <string>
#include <string_view>

namespace headlight {

/// "#" stands for the number of a layer; ".weight" and ".bias" follow. A Hugging Face name with "*" takes the
/// parts of the tensor's first axis one by one; one that ends in "=" stands without an ending.
struct GgufName {
    std::string_view gguf, huggingFace;
};

struct GgufArchitecture {
    std::string_view id; ///< general.architecture
    std::string_view modelType, architecture, activation; ///< as config.json says them
    /// The names of its kind, and those in which it differs; the latter are looked at first.
    std::span<const GgufName> names, ownNames;
    /// A rotation turns neighbours instead of halves: llama.cpp stores rows of q and k so, or the family does itself.
    bool interleavedRope = false;
    /// llama.cpp stores the factor of a norm, the reference what is added to one.
    bool normsPlusOne = false;
};

/// Null for one that is not known.
const GgufArchitecture* findGgufArchitecture(std::string_view id);

/// "blk.3.attn_q.weight" → "model.layers.3.self_attn.q_proj.weight"; the name itself when it is not known.
std::string huggingFaceName(const GgufArchitecture& architecture, const std::string& name);

} // namespace headlight
