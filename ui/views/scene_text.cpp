#include "ui/views/scene_text.h"

#include <QCoreApplication>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Scene", text);
}

QString visible(const QString& text)
{
    QString out;
    for (const QChar c : text) {
        if (c == u'\n')
            out += u'⏎';
        else if (c == u'\t')
            out += u'⇥';
        else if (c.isSpace())
            out += text.trimmed().isEmpty() ? QChar(u'␣') : QChar(u' ');
        else
            out += c;
    }
    return out.isEmpty() ? QStringLiteral("␣") : out;
}

/// All heads of the chosen layer are chosen.
bool allHeads(const Scene& scene)
{
    const auto layer =
        scene.result ? scene.result->trace->layer({ scene.selection.kind, scene.selection.layer }) : nullptr;
    return layer && int(scene.selection.heads.size()) == layer->heads;
}

QString normaliseText(Normalise normalise)
{
    switch (normalise) {
    case Normalise::None:
        return tr("Colour: the weight itself, 0 to 1");
    case Normalise::Row:
        return tr("Colour: share of each row's largest weight");
    case Normalise::Head:
        return tr("Colour: up to the head's largest weight");
    case Normalise::Layer:
        return tr("Colour: up to the layer's largest weight");
    case Normalise::Model:
        return tr("Colour: up to the model's largest weight");
    }
    return {};
}

QString scaleText(Scale scale)
{
    switch (scale) {
    case Scale::Linear:
        return {};
    case Scale::SquareRoot:
        return tr(", square root scale");
    case Scale::Logarithmic:
        return tr(", logarithmic scale");
    }
    return {};
}

} // namespace

QString tokenLabel(const AnalysisResult& result, int token)
{
    if (token < 0 || std::size_t(token) >= result.tokens.size())
        return QString::number(token);
    return visible(QString::fromStdString(result.tokens[std::size_t(token)].label));
}

QStringList tokenLabels(const AnalysisResult& result, std::span<const int> tokens)
{
    QStringList labels;
    labels.reserve(qsizetype(tokens.size()));
    for (int token : tokens)
        labels << tokenLabel(result, token);
    return labels;
}

FlowToken flowToken(const AnalysisResult& result, int token)
{
    const bool known = std::size_t(token) < result.tokens.size();
    const TokenInfo info = known ? result.tokens[std::size_t(token)] : TokenInfo{};
    return { tokenLabel(result, token), info.continuation, info.special };
}

QString headTitle(const Scene& scene)
{
    const Selection& s = scene.selection;
    if (s.heads.size() == 1)
        return tr("Layer %1 · Head %2").arg(s.layer).arg(s.head());
    const QString join = s.join == HeadJoin::Mean ? tr("mean") : tr("max");
    if (allHeads(scene))
        return tr("Layer %1 · %2 of all heads").arg(s.layer).arg(join);
    return tr("Layer %1 · %2 of %3 heads").arg(s.layer).arg(join).arg(s.heads.size());
}

QString titleOf(const Scene& scene, const QString& own)
{
    return scene.title.isEmpty() ? own : scene.title;
}

QStringList headChips(const Scene& scene)
{
    const auto layer =
        scene.result ? scene.result->trace->layer({ scene.selection.kind, scene.selection.layer }) : nullptr;
    if (!layer || scene.selection.heads.size() != 1
        || std::size_t(scene.selection.head()) >= layer->summaries.size())
        return {};
    const HeadStatistics& s = layer->summaries[std::size_t(scene.selection.head())].statistics();
    return { tr("entropy %1 nats").arg(double(s.entropy), 0, 'f', 2),
        tr("distance %1 tokens").arg(double(s.distance), 0, 'f', 1) };
}

QString captionOf(const Scene& scene)
{
    QString caption = normaliseText(scene.display.normalise) + scaleText(scene.display.scale) + u'.';
    if (scene.display.hideSpecialTokens)
        caption += u' '
            + (scene.display.renormaliseHidden ? tr("Special tokens hidden, rows renormalised to 1.")
                                               : tr("Special tokens hidden, rows not renormalised."));
    if (scene.result && scene.result->tokensCut > 0)
        caption += u' ' + tr("%1 tokens did not fit the model and were cut.").arg(scene.result->tokensCut);
    return caption;
}

QString queryTitle(const Scene& scene)
{
    const auto& queries = scene.selection.queries;
    const bool back = scene.display.direction == TokenDirection::LookedAtBy;
    if (!scene.result || queries.empty())
        return tr("all tokens look at, on average");
    QStringList names;
    for (int query : queries) {
        const QString label = tokenLabel(*scene.result, query);
        const bool patch = std::size_t(query) < scene.result->tokens.size()
            && scene.result->tokens[std::size_t(query)].patchRow >= 0;
        names << (patch ? label : tr("“%1”").arg(label));
    }
    QString joined =
        names.size() <= 3 ? names.join(QStringLiteral(" + ")) : tr("%1 tokens").arg(names.size());
    return back ? tr("who looks at %1").arg(joined) : tr("%1 looks at").arg(joined);
}

QString emptyReason(const Scene& scene, const QString& needs)
{
    if (!scene.result)
        return tr("Nothing to look at yet. Type a sentence or open a picture.");
    return needs;
}

} // namespace headlight::ui
