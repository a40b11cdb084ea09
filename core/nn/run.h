#pragma once
// What a forward pass needs beside its input: where to record, whether to differentiate, when to stop.

#include "core/autodiff/operations.h"
#include "core/base/job_control.h"
#include "core/nn/cache.h"
#include "core/nn/parameter.h"
#include "core/nn/step_recorder.h"
#include "core/trace/trace.h"

namespace headlight {

/// Several sequences packed one after the other into the rows of one matrix; row-wise layers never see the borders.
struct Packing {
    std::vector<std::int64_t> begins; ///< first row of each sequence, and the end: n+1 numbers
    std::vector<std::vector<std::uint8_t>> keyMasks; ///< per sequence: 1 where a key may be seen; empty: all
    /// The sequences are the windows of one map, and are recorded as that map; null: they are not.
    std::shared_ptr<const Windows> windows = nullptr;

    std::int64_t sequences() const { return std::int64_t(begins.size()) - 1; }
    std::int64_t rows() const { return begins.back(); }
    /// Positions of all rows, each sequence from `past` on.
    std::vector<std::int64_t> positions(std::int64_t past = 0) const;
    /// The last row of each sequence.
    std::vector<std::int64_t> lastRows() const;
    /// Adds a sequence of `length` rows.
    void add(std::int64_t length, std::vector<std::uint8_t> keyMask);
};

/// Weights of one layer as a flat Var, kept so that their gradient can be asked for.
struct RecordedWeights {
    AttentionSite site;
    Var weights;
};

/// The first rows of a text, known from an earlier pass over one that begins alike.
struct Beginning {
    std::shared_ptr<const Trace> trace; ///< with `rows` in all its layers
    std::int64_t rows = 0;
};

class Run {
public:
    explicit Run(const JobControl& control)
        : m_control(control)
    {
    }

    const JobControl& control() const { return m_control; }
    /// Announces a layer; throws Stopped when the job was cancelled.
    void enterLayer(int layer, int layers) const;
    /// Called as a layer begins, when the trace holds all before it. Empty: nobody watches.
    std::function<void()> beforeLayer;

    // Recording. Without a trace nothing is kept.
    Trace* trace = nullptr;
    TraceRequest request;
    /// State number `site.layer` of the stack that `site` names: 0 is the embedding output.
    void recordHidden(const Var& state, AttentionSite site = {});

    // Showing how layers came about: null unless the request names some.
    std::shared_ptr<StepRecorder> steps;
    /// residual + part (+ beside): the sum an attention ends in, told to who follows it.
    Var addResidual(const Var& residual, const Var& part, const Var& beside = {});
    /// `to` was made of `from` row by row, by what `name` says; gives `to` back.
    Var changed(const Var& from, Var to, std::string_view name, std::vector<std::int64_t> order = {});

    // Differentiation. With a tape, attention weights stand on it and `recordedWeights` collects them.
    Tape* tape = nullptr;
    std::vector<RecordedWeights> recordedWeights;

    // Writing. With a cache, decoder inputs are the new tokens only; attention sees what was read before as well.
    KeyValueCache* cache = nullptr;
    // Reading on. With a beginning, inputs are the tokens after it; attention sees and records its rows as well.
    std::optional<Beginning> beginning;
    /// Tokens read before the first of this pass.
    std::int64_t past() const { return cache != nullptr ? cache->length() : beginning ? beginning->rows : 0; }

    // Training. With gradients (one span per parameter, by index) parameters are leaves of the tape, and dropout is on.
    std::span<const std::span<float>> parameterGradients;
    std::mt19937_64* random = nullptr;
    /// Packed rows whose word logits are wanted, for models of words; all when empty.
    std::vector<std::int64_t> outputRows;
    bool training() const { return random != nullptr; }

    /// The parameter as a Var: a leaf while training (one per pass), else a constant.
    Var use(const ParameterRef& parameter);
    /// The same with its numbers as f32, for operations that take no other type.
    Var useFloat(const ParameterRef& parameter);
    Var dropout(const Var& x, float probability);

private:
    const JobControl& m_control;
    std::map<int, Var> m_leaves;
};

} // namespace headlight
