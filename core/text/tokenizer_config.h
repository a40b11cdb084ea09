#pragma once
// What stands beside the tokenizer itself: tokenizer_config.json, special_tokens_map.json, added_tokens.json
// and config.json, any of which may be absent.

#include "core/text/pipeline.h"

#include <filesystem>
#include <map>

namespace headlight {

struct TokenizerConfig {
    std::map<std::string, std::string> roles; ///< "cls_token" → "[CLS]"
    std::vector<AddedToken> special; ///< those of the roles and the additional ones; ids are not known (-1)
    std::vector<AddedToken> added; ///< those with ids
    std::optional<std::int64_t> maximumLength; ///< absent also when the file says "no limit" by a huge number
    std::optional<std::int64_t> extraIds; ///< how many <extra_id_…> a T5 has
    std::optional<bool> lowercase, splitIdeographs, stripAccents, basicTokenization, keepAccents;
    std::optional<bool> addPrefixSpace, addBos, addEos;
    std::string tokenizerClass; ///< "T5Tokenizer"; without the "Fast" that may end it
    std::string modelType; ///< of config.json
    std::string sourceLanguage, wordDelimiter;

    /// The token in this role, or `fallback`.
    std::string role(const std::string& name, std::string_view fallback) const;
    /// Whether any file says what kind of model the tokenizer is for.
    bool namesModel() const { return !tokenizerClass.empty() || !modelType.empty(); }
};

/// Errors: BadFile.
Expected<TokenizerConfig> readTokenizerConfig(const std::filesystem::path& folder);

/// Fills in special token ids and the length limit; roles that no file names go to tokens of the usual names.
void applyConfig(const TokenizerConfig& config, Pipeline& pipeline);

} // namespace headlight
