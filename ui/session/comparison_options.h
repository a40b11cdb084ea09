#pragma once
// What a comparison is held against, as options of its view: names and values that undo and session files can
// keep.

#include "ui/session/comparison.h"

#include <QStringList>
#include <QVariantMap>

namespace headlight::ui::comparison {

inline const QString againstKey = QStringLiteral("against"), followKey = QStringLiteral("follow"),
                     siteKey = QStringLiteral("site"), layerKey = QStringLiteral("layer"),
                     headsKey = QStringLiteral("heads"), joinKey = QStringLiteral("join"),
                     textKey = QStringLiteral("text"), pairKey = QStringLiteral("pair"),
                     modelKey = QStringLiteral("model"), keptKey = QStringLiteral("kept");

/// All of them: other options of the view (how it is laid out) are not the comparison's own.
const QStringList& ownKeys();

QString id(Against against);
Against againstOf(const QVariantMap& options);

/// Site, layer and heads.
void writeSelection(QVariantMap& options, const Selection& selection);
/// What was written, over `selection`; a site that `result` has not is left out.
Selection readSelection(const QVariantMap& options, Selection selection, const AnalysisResult& result);
/// A text and its pair; nothing of other inputs.
void writeText(QVariantMap& options, const AnalysisInput& input);
std::optional<QString> readPair(const QVariantMap& options);

} // namespace headlight::ui::comparison
