#pragma once
// MODEL and INPUT of CLI.md, shared by every verb that runs a model.

#include "core/engine/engine.h"

#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace headlight {

class InputOptions {
public:
    /// Declares MODEL and the INPUT options on `app`; `this` must outlive parsing.
    void declare(CLI::App& app);

    const std::string& model() const { return m_model; }
    /// MODEL and INPUT as they were given, without the folders of files: how a result says where it comes from.
    std::vector<std::string> said() const;
    /// What was asked to run, and how. Throws CLI::ValidationError unless exactly one kind of input is given.
    /// Errors: of the files it reads.
    Expected<AnalysisRequest> request() const;

private:
    Expected<AnalysisInput> input() const;

    std::string m_model, m_text, m_pair, m_turns, m_audio, m_ids, m_tensors, m_target, m_decoderIds;
    std::vector<std::string> m_images;
    std::string m_compute = "f32";
    bool m_cut = false, m_reply = false, m_computeError = false;
    GenerationOptions m_generation;
    const CLI::App* m_app = nullptr;
};

/// The options among `names` that were given, with their values; flags without. Of `files` only the names.
std::vector<std::string> saidOptions(
    const CLI::App& app, std::span<const char* const> names, std::span<const char* const> files);

/// "1,2,3" → numbers. Throws CLI::ValidationError naming the option.
std::vector<std::int64_t> numberList(const std::string& option, const std::string& text);

} // namespace headlight
