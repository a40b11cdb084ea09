#pragma once
// What a scene is called: titles, labels of tokens, the caption that says how the numbers became colours.

#include "ui/views/shown_map.h"
#include "ui/widgets/token_flow.h"

namespace headlight::ui {

/// The token as the characters it came from; invisible ones get a visible stand-in.
QString tokenLabel(const TokenAxis& axis, int token);
QStringList tokenLabels(const TokenAxis& axis, std::span<const int> tokens);
FlowToken flowToken(const TokenAxis& axis, int token);
/// The same of what is shown as one: a token, or a word of several.
QString tokenLabel(const TokenAxis& axis, const ShownTokens& shown, int place);
FlowToken flowToken(const TokenAxis& axis, const ShownTokens& shown, int place);
QStringList rowLabels(const ShownMap& map);
QStringList columnLabels(const ShownMap& map);
/// Of the word a token belongs to where pieces are joined, else of the token.
QString shownLabel(const TokenAxis& axis, const DisplaySettings& display, int token);
/// The rows and columns of the chosen layer; empty without one.
TokenAxis rowAxisOf(const Scene& scene);
TokenAxis columnAxisOf(const Scene& scene);

/// "Layer 5 · Head 7", "Layer 5 · mean of 3 heads"; with the site in front where there are several.
QString headTitle(const Scene& scene);
/// `scene.title`, or the given one.
QString titleOf(const Scene& scene, const QString& own);
/// "sliding 512" of the chosen layer; "entropy 1.42 nats", "distance 4.8 tokens" of the chosen head unless heads are joined.
QStringList headChips(const Scene& scene);

/// "Colour: share of the head's largest weight. Special tokens hidden, rows not renormalised. Pieces of a
/// word joined: keys summed, queries averaged."
QString captionOf(const Scene& scene);
/// The caption beneath a figure, on as many lines as it needs; how high that is.
double heightOfCaption(const QString& caption, double width, const Theme& theme);
void paintCaption(QPainter& painter, const QRectF& area, const QString& caption, const Theme& theme);
/// "“it” attends to", "tokens that attend to “it”", "all tokens, on average".
QString queryTitle(const Scene& scene);
/// "who looks at patch (3, 4)": of the chosen key, where queries and keys differ; empty else.
QString keyTitle(const Scene& scene);
/// The two of them, as far as they say something.
QStringList choiceChips(const Scene& scene);

/// Why there is no picture: no result yet, or the result has not what the view needs.
QString emptyReason(const Scene& scene, const QString& needs);

} // namespace headlight::ui
