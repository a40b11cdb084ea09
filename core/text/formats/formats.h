#pragma once
// The files a tokenizer may come in. Each format is a file of this folder that turns its files into a
// Pipeline; the list in formats.cpp is in order of preference.

#include "core/text/pipeline.h"

#include <filesystem>

namespace headlight {

/// Reads a folder in the first format it holds. Errors: NotFound, BadFile, Unsupported.
Expected<Pipeline> readTokenizerFiles(const std::filesystem::path& folder);

Expected<Pipeline> readTokenizerJson(const std::filesystem::path& folder);
/// vocab.txt with tokenizer_config.json, as BERT's slow tokenizers save it.
Expected<Pipeline> readBertVocabulary(const std::filesystem::path& folder);

} // namespace headlight
