#pragma once
// In which order the grid shows heads, and which: options of its scenes, as they are kept and exported.

#include "core/metrics/head_roles.h"
#include "core/trace/head_summary.h"
#include "ui/session/head_importance.h"

#include <QStringList>
#include <QVariantMap>
#include <optional>

namespace headlight::ui {

enum class GridOrder { LayerHead, Entropy, Distance, Largest, Role, Importance };
QString id(GridOrder order);
/// "entropy", as a word in a control; and "lowest entropy first", for the heading (empty for LayerHead).
QString title(GridOrder order);
QString sortedText(GridOrder order);

/// What orders and filters look at in a head.
struct GridFacts {
    HeadStatistics statistics;
    RoleScore role;
    std::optional<float> importance; ///< none while it is not measured
};

/// Options of a scene: "order" (id), "role" (id), "minEntropy", "maxEntropy" (nats), "minDistance",
/// "maxDistance" (tokens), "minImportance", "maxImportance" (0..1), "importance" (see importanceOption).
struct GridOptions {
    GridOrder order = GridOrder::LayerHead;
    std::optional<double> minEntropy, maxEntropy, minDistance, maxDistance, minImportance, maxImportance;
    std::optional<HeadRole> role;

    static GridOptions of(const QVariantMap& options);
    QVariantMap toMap() const;
    bool passes(const GridFacts& facts) const;
    /// Smaller stands before.
    float sortKey(const GridFacts& facts) const;
    /// The filters in words: "entropy ≥ 1.5".
    QStringList filterTexts() const;

    /// What the range of a control filters: the statistic that is sorted by, else the entropy.
    struct Range {
        const char *least, *most; ///< names of the options
        double step, top;
    };
    static Range rangeOf(GridOrder order);
};

/// Importances as an option of scenes: lists by the numbers of the layers of one kind and tower.
QVariantMap importanceOption(const ImportanceOfHeads& values, AttentionSite site);
std::optional<float> importanceOf(const QVariantMap& options, int layer, int head);

} // namespace headlight::ui
