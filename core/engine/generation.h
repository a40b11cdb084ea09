#pragma once
// Writing: a model goes on token by token, with what it has read kept in a cache.

#include "core/engine/analysis.h"

namespace headlight {

/// What `model` writes after `prompt` (its decoderIds, for a pair), token by token as `options` say.
/// Ends at an end token, at the model's last position, or when options.stop is set.
/// Errors: BadInput, TooLong (from Model::check). Throws Stopped.
class Writer {
public:
    Writer(const Model& model, const GenerationIds& ids, const GenerationOptions& options, const JobControl& control);
    /// `text` turns ids into what options.written is told.
    Expected<std::vector<std::int64_t>> write(
        const ModelInput& prompt, const std::function<std::string(std::span<const std::int64_t>)>& text);

private:
    /// Log probabilities of the next token of each sequence, after feeding it `fed`. Shapes: [n, vocabulary].
    std::vector<std::vector<float>> step(std::span<const ModelInput> fed, KeyValueCache& cache);
    std::vector<std::int64_t> writeOne(const ModelInput& prompt);
    std::vector<std::int64_t> writeBeams(const ModelInput& prompt);
    ModelInput next(std::int64_t token) const;
    std::int64_t choose(std::vector<float> logits);
    bool ends(std::int64_t token) const;
    bool ended(std::int64_t written);
    void tell(std::span<const std::int64_t> written);

    const Model& m_model;
    const GenerationIds& m_ids;
    const GenerationOptions& m_options;
    const JobControl& m_control;
    std::function<std::string(std::span<const std::int64_t>)> m_text;
    std::int64_t m_most = 0; ///< tokens that may be written
    std::mt19937_64 m_random;
};

} // namespace headlight
