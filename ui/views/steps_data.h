#pragma once
// What the Steps of a scene are: whose weights, every stage with its numbers, the keys in the order they are
// shown, and how far the person has stepped.

#include "core/trace/layer_computation.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/heading.h"

namespace headlight::ui {

/// A cell of the picture: a number of a stage. `place` counts AttentionSteps::keys.
struct StepCell {
    std::string stage;
    std::int64_t place = 0, component = 0;
    friend bool operator==(const StepCell&, const StepCell&) = default;
};

/// Options of the view, as in Scene::options: "step" (a step's id; empty: all at once), "row" (how many keys
/// of the step are done; none: all), "order" ("keys" or "weight").
struct StepsData {
    struct Step {
        std::string id;
        QString title;
        std::vector<const Stage*> stages;
    };

    StepsData() = default;
    explicit StepsData(const Scene& scene);
    StepsData(const StepsData&) = delete; ///< steps point into `told`
    StepsData& operator=(const StepsData&) = delete;

    bool empty() const { return told.stages.empty(); }
    const Stage* stage(std::string_view id) const { return told.stage(id); }
    int stepIndex() const { return current; }
    /// Which step a stage belongs to.
    int stepOf(const Stage& stage) const;
    /// Takes "step" and "row" of the scene; the rest stays.
    void setProgress(const Scene& scene);
    void setKey(const Scene& scene);
    /// How many halves the current step has: its keys, or the numbers of its last vector.
    int halves() const;
    bool stepsThroughKeys() const;

    QString keyName(std::int64_t place) const { return keyAxis.name(int(told.keys[std::size_t(place)])); }
    QString keyText(std::int64_t place) const
    {
        return tokenLabel(keyAxis, int(told.keys[std::size_t(place)]));
    }
    QString queryName() const { return queryAxis.name(query); }
    /// The place of the chosen key among the shown rows, or of the largest weight; -1 without rows.
    int keyRow() const { return chosenRow; }
    /// Arithmetic of a cell, or nothing where it cannot be told.
    std::optional<Arithmetic> explain(const StepCell& cell) const;
    std::optional<float> number(const StepCell& cell) const;
    /// "q·k of “it” and “animal”", "key of “animal”, number 12".
    QString cellTitle(const StepCell& cell) const;
    /// One line: "q·k = 0.12 × 0.53 + … = 25.59".
    QString cellLine(const StepCell& cell) const;
    Heading heading(const Scene& scene) const;
    /// The number a half-step is at; nothing while a whole step is shown, or a sum over keys grows.
    std::optional<StepCell> halfCell() const;
    /// "Step 5 of 7: softmax." and what the half-step is at.
    QString progressText() const;
    /// What is not shown, hidden, or chosen by itself.
    QStringList remarks() const;

    std::shared_ptr<const AnalysisResult> result; ///< the axes look into it
    std::shared_ptr<const LayerComputation> layer;
    AttentionSteps told;
    TokenAxis queryAxis, keyAxis;
    int head = 0, query = 0;
    bool byItself = false; ///< the query was not chosen by the person
    int otherHeads = 0; ///< chosen besides
    int hiddenKeys = 0;
    bool joinsWords = false; ///< elsewhere pieces of a word are one
    std::vector<std::int64_t> order; ///< places, as shown from top to bottom
    bool sorted = false;
    std::vector<Step> steps;
    int current = -1; ///< -1: all at once
    int half = -1; ///< rows of the current step that are done; -1: all
    int chosenRow = -1;
    std::int64_t chosenPlace = -1;
    float queryTop = 1, keyTop = 1, valueTop = 1, largestWeight = 1; ///< what the colours end at

private:
    void orderKeys(const Scene& scene);
    void measure();
};

/// Where one goes from here: a step, and how many of its halves (-1: all).
struct StepPlace {
    int step = -1, half = -1;
    friend bool operator==(const StepPlace&, const StepPlace&) = default;
};
/// Whole steps; before the first all is shown at once, the last one stays.
StepPlace stepped(const StepsData& data, int by);
/// Key by key, or number by number where a step is one vector; on into the next step, and back into the one
/// before.
StepPlace halfStepped(const StepsData& data, int by);

/// The query whose steps are shown when none is chosen: the last one of a decoder, else the one with the
/// largest weight.
int likelyQuery(const LayerAttention& layer, int head);
/// "25.59": as many decimals as four digits of the column's largest number leave.
QString stepNumber(float value, float largest);
/// Largest |value|, not less than a little.
float largestOf(std::span<const float> values);
/// The terms in full, as text: for the clipboard.
QString arithmeticText(const QString& title, const Arithmetic& arithmetic);

} // namespace headlight::ui
