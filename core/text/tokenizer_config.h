#pragma once
// What stands beside the tokenizer itself: tokenizer_config.json, special_tokens_map.json and
// added_tokens.json, any of which may be absent.

#include "core/text/pipeline.h"

#include <filesystem>
#include <map>

namespace headlight {

struct TokenizerConfig {
    std::map<std::string, std::string> roles; ///< "cls_token" → "[CLS]"
    std::optional<std::int64_t> maximumLength; ///< absent also when the file says "no limit" by a huge number
    std::optional<bool> lowercase, splitIdeographs, stripAccents, basicTokenization;
    std::string tokenizerClass;
    std::vector<AddedToken> added;

    /// The token in this role, or `fallback`.
    std::string role(const std::string& name, std::string_view fallback) const;
};

/// Errors: BadFile.
Expected<TokenizerConfig> readTokenizerConfig(const std::filesystem::path& folder);

/// Fills in special token ids and the length limit; roles that no file names go to tokens of the usual names.
void applyConfig(const TokenizerConfig& config, Pipeline& pipeline);

} // namespace headlight
