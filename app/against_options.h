#pragma once
// The other side of `render --view compare`: another model, text, layer or head than that of the figure.

#include "core/engine/engine.h"
#include "ui/session/comparison.h"

#include <string>

namespace CLI {
class App;
}

namespace headlight {

class AgainstOptions {
public:
    /// Declares the options on `app`; `this` must outlive parsing.
    void declare(CLI::App& app);
    /// Whether any of them was given.
    bool given() const;
    /// Those that were given, with their values.
    std::vector<std::string> said() const;

    /// What is drawn as A, and how it came to be.
    struct SideA {
        std::shared_ptr<const AnalysisResult> result;
        ui::Selection selection;
        AnalysisRequest request;
    };
    /// Runs what must be run; what is not named is as in A. Throws CLI::ValidationError for a layer or head
    /// that is not there, and for a text where A was none. Errors: of opening and running.
    Expected<std::shared_ptr<const ui::ComparedSide>> side(
        const Engine& engine, const SideA& a, const JobControl& job) const;

private:
    Expected<std::shared_ptr<const AnalysisResult>> result(
        const Engine& engine, const SideA& a, const JobControl& job) const;

    std::string m_model, m_text, m_head;
    int m_layer = -1; ///< none given
    const CLI::App* m_app = nullptr;
};

/// "0,3", "mean" or "max" of a layer → the heads of a selection. Throws CLI::ValidationError naming the
/// option.
void chooseHeads(ui::Selection& selection, const LayerAttention& layer, const std::string& option,
    const std::string& wanted);

} // namespace headlight
