#pragma once
// Follows the requested layers while they run, so that a family need not say what its layers are made of:
// every linear map and norm reports itself, and an outcome is known by its buffer.

#include "core/attention/mechanism.h"
#include "core/autodiff/operations.h"
#include "core/nn/parameter.h"
#include "core/trace/trace.h"

#include <deque>

namespace headlight {

class StepRecorder {
public:
    StepRecorder(Trace& trace, StepsRequest request)
        : m_trace(trace)
        , m_request(std::move(request))
    {
    }
    bool keeps(int layer) const { return m_request.keeps(layer); }

    /// A linear map that ran. `bias` may be null.
    void mapped(const Var& from, const Var& to, const ParameterRef& weight, const ParameterRef& bias,
        bool transposed);
    /// Anything that keeps the shape: a norm, a factor per column. `order`: row i came from row order[i];
    /// empty: none moved.
    void changed(
        const Var& from, const Var& to, const std::string& name, std::vector<std::int64_t> order = {});
    /// Queries and keys were turned by positions.
    void turned(const Var& query, const Var& key, const RotaryAngles& angles);
    /// An attention that was asked for its steps.
    struct Attended {
        AttentionSite site;
        int heads, keyHeads;
        Var query, key, value; ///< as the mechanism took them
        AttentionOutput output;
    };
    void attended(const Attended& attention);
    /// What the outcome of the layer that is followed was added to.
    void added(const Var& residual, const Var& part, const Var& beside, const Var& sum);

private:
    struct Event {
        Tensor from, to;
        MapRecord map; ///< empty for a change
        std::string name;
    };
    ProjectionRecord madeBy(const Tensor& value) const;
    bool follows(const Var& value) const;

    Trace& m_trace;
    StepsRequest m_request;
    std::deque<Event> m_recent; ///< the last few, among them the projections of the attention to come
    std::shared_ptr<LayerComputation> m_open; ///< its sum is still to come
    Tensor m_followed; ///< what became of its context so far
    RotationRecord m_turned;
};

} // namespace headlight
