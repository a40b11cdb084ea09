#pragma once
// Ids that begin, end and rule what a model writes.

#include "core/models/checkpoint.h"

namespace headlight {

/// From generation_config.json, else config.json; from the metadata of a GGUF file.
struct GenerationIds {
    std::vector<std::int64_t> ends; ///< writing stops after any of these
    std::vector<std::int64_t> decoderStart; ///< what the decoder of a pair is fed at first; empty: unknown
    /// Models of speech: one of these stands behind the start and is heard out of the sound; empty: none does.
    std::vector<std::int64_t> languages;
    std::vector<std::int64_t> afterLanguage; ///< what follows it: the task (to transcribe), no time stamps
    std::vector<std::int64_t> suppressed; ///< never written
    std::vector<std::int64_t> suppressedFirst; ///< never written as the first token

    /// Missing files and keys leave the parts empty. Errors: BadFile.
    static Expected<GenerationIds> read(const Checkpoint& checkpoint);
};

} // namespace headlight
