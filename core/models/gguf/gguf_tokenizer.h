#pragma once
// The tokenizer a GGUF file carries (tokenizer.ggml.*).

#include "core/io/gguf.h"
#include "core/text/vocabulary_data.h"

namespace headlight {

/// Null when the file carries none. Errors: as makeTokenizer.
Expected<std::shared_ptr<const Tokenizer>> ggufTokenizer(const GgufFile& file);

} // namespace headlight
