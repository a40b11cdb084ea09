#pragma once
// The parts of one tokenizer, put together from the description that tokenizer.json (or a file format
// translated into it) gives. Everything but the model may be absent.

#include "core/text/added_tokens.h"
#include "core/text/decoder.h"
#include "core/text/postprocessor.h"
#include "core/text/special_ids.h"
#include "core/text/subword_model.h"

namespace headlight {

class Tokenizer;

struct Pipeline {
    NormalizerPtr normalizer;
    AddedTokens added;
    PreTokenizerPtr preTokenizer;
    SubwordModelPtr model;
    PostProcessorPtr postProcessor;
    DecoderPtr decoder;
    SpecialTokenIds special;
    std::optional<std::int64_t> maximumLength;
    std::shared_ptr<const Tokenizer> target; ///< for what a decoder reads and writes, when that differs

    /// The id of an added token or of one of the model's.
    std::optional<std::int64_t> id(std::string_view token) const;
};

/// `description` is tokenizer.json without what `data` holds. Errors: BadFile, Unsupported.
Expected<Pipeline> makePipeline(const Json& description, ModelData data, const Place& place);

} // namespace headlight
