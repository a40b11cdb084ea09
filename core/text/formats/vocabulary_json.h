#pragma once
// vocab.json: {"token": id, ...}

#include "core/text/vocabulary.h"

#include <filesystem>

namespace headlight {

/// Errors: NotFound, BadFile.
Expected<Vocabulary> readVocabularyJson(const std::filesystem::path& path);

} // namespace headlight
