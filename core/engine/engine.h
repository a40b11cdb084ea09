#pragma once
// The Qt-free facade, two verbs: open and run. The window and the command line use the same. Thread safe; both calls
// block, so the window makes them from its engine thread.

#include "core/base/job_control.h"
#include "core/engine/analysis.h"
#include "core/engine/catalogue.h"

namespace headlight {

class Engine {
public:
    explicit Engine(Resources resources);

    const Resources& resources() const { return m_resources; }

    /// `reference` is what CLI.md calls MODEL. Errors: NotFound, BadFile, Unsupported (names the families), Cancelled.
    Expected<std::shared_ptr<const OpenModel>> open(const std::string& reference, const JobControl& control) const;

    /// Errors: BadInput, TooLong (says how many tokens fit), Cancelled.
    Expected<std::shared_ptr<const AnalysisResult>> run(
        const std::shared_ptr<const OpenModel>& model, const AnalysisRequest& request, const JobControl& control) const;

private:
    Resources m_resources;
};

} // namespace headlight
