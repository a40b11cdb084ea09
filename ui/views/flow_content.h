#pragma once
// What the Flow view shows, as numbers: the levels of the graph, what of the chosen token arrives at each
// token further down, and the strongest lines between them.

#include "core/explain/rollout.h"
#include "ui/session/sites.h"
#include "ui/views/view.h"

namespace headlight::ui {

enum class FlowMethod {
    Rollout, ///< shares multiplied through the layers; they sum to one
    Flow, ///< the largest flow to each token, with weights as capacities
    Raw, ///< each layer's own weights, nothing followed
};
enum class FlowHeads { Mean, Max, Chosen };
QString id(FlowMethod method);
QString id(FlowHeads heads);

/// Options of a scene: "method" (rollout, flow, raw), "residual" (share of the residual path, 0..1),
/// "heads" (mean, max, chosen), "threshold" (lines below this share of the strongest of their step are left
/// out).
struct FlowOptions {
    FlowMethod method = FlowMethod::Rollout;
    FlowHeads heads = FlowHeads::Mean;
    double residual = 0.5, threshold = 0.05;

    static FlowOptions of(const QVariantMap& options);
};

/// All that the numbers depend on: the same request, the same content.
struct FlowRequest {
    std::shared_ptr<const AnalysisResult> result;
    AttentionSite site;
    std::vector<int> queries; ///< none: all, on average
    FlowMethod method = FlowMethod::Rollout;
    double residual = 0.5;
    HeadMixing heads;

    explicit FlowRequest(const Scene& scene = {});
    friend bool operator==(const FlowRequest&, const FlowRequest&) = default;
};

/// One column of the drawing.
struct FlowLevel {
    SiteGroup stack;
    int layer = -1; ///< whose output it is; -1: the input of its stack
    TokenAxis axis;
    bool memory = false; ///< the encoder's output, which a decoder looks at
};

struct FlowContent {
    std::shared_ptr<const AnalysisResult> result; ///< axes point into it
    FlowMethod method = FlowMethod::Rollout;
    MixingGraph graph;
    std::vector<FlowLevel> levels;
    int start = 0; ///< the level of the chosen tokens
    std::vector<int> queries;
    /// Per level. Rollout and Flow: they sum to one over the inputs (for Flow: brought to that). Raw: what
    /// the chosen token looks at in the layer above the level.
    std::vector<std::vector<double>> shares;
    std::vector<std::vector<double>> flows; ///< Flow alone: the largest flows as they are
    std::vector<MixingEdge> edges;
    std::int64_t tooLong = 0; ///< Flow is not computed: the number of tokens up to which it is

    bool empty() const { return levels.empty(); }
    bool pair() const { return !levels.empty() && levels.front().stack != levels.back().stack; }
    double share(int level, int token) const;
    std::optional<double> flow(int level, int token) const;
    /// The level whose shares are the answer: the input; for Raw, which follows nothing, the level beneath
    /// the chosen layer.
    int answerLevel() const;
    /// The level where the second stack of a pair begins; the number of levels without one.
    int secondStack() const;

    /// Lines that are kept of each step.
    static constexpr std::size_t edgesPerStep = 600;
};

/// Whether there is a graph for the site of this layer.
bool hasFlow(const AnalysisResult& result, const LayerAttention& layer);
/// The graph and its levels, without any numbers: no map is read.
FlowContent flowOutline(const FlowRequest& request);
/// Whether the numbers are made within a frame.
bool isPrompt(const FlowRequest& request);
/// Errors: throws Stopped when a stop was requested.
FlowContent flowContent(const FlowRequest& request, const JobControl& control = {});
/// What the token under the pointer is mixed from: its own row of each step down, the strongest first.
std::vector<MixingEdge> edgesBelow(
    const FlowContent& content, const FlowRequest& request, int level, int token);

/// "embeddings", "layer 3"; short: "in", "3".
QString levelTitle(const FlowContent& content, int level);
QString shortLevelTitle(const FlowContent& content, int level);

} // namespace headlight::ui
