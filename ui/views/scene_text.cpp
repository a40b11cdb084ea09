#include "ui/views/scene_text.h"

#include "ui/session/layer_marks.h"
#include "ui/session/row_extras.h"
#include "ui/session/sites.h"
#include "ui/session/written.h"

#include <QCoreApplication>
#include <QPainter>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Scene", text);
}

/// By name, where nothing else stands beside it: joiners and selectors have no shape of their own.
QString nameOfInvisible(const QString& text)
{
    static const std::pair<QString, QString> names[]{ { QStringLiteral("\u200D"), QStringLiteral("ZWJ") },
        { QStringLiteral("\u200C"), QStringLiteral("ZWNJ") },
        { QStringLiteral("\uFE0F"), QStringLiteral("VS16") },
        { QStringLiteral("\u200E"), QStringLiteral("LRM") },
        { QStringLiteral("\u200F"), QStringLiteral("RLM") } };
    const auto found = std::ranges::find(names, text, [](const auto& pair) { return pair.first; });
    return found == std::end(names) ? QString() : found->second;
}

QString visible(const QString& text)
{
    if (const QString name = nameOfInvisible(text); !name.isEmpty())
        return name;
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
    const auto layer = scene.result ? layerOf(*scene.result, scene.selection) : nullptr;
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

/// Words in quotes, patches as they are.
QString quoted(const TokenAxis& axis, const ShownTokens& shown, int place)
{
    const QString name = tokenLabel(axis, shown, place);
    return axis.words() ? tr("“%1”").arg(name) : name;
}

/// Whether any word of the rows or columns has several pieces that are shown as one.
bool joinsWords(const Scene& scene)
{
    return scene.display.joinWords
        && (ShownTokens(rowAxisOf(scene), scene.display).joins()
            || ShownTokens(columnAxisOf(scene), scene.display).joins());
}

} // namespace

QString tokenLabel(const TokenAxis& axis, int token)
{
    const QString label = visible(axis.label(token));
    // A mark by itself stands on a circle, as Unicode shows such marks.
    return !label.isEmpty() && label[0].isMark() ? QChar(0x25cc) + label : label;
}

QStringList tokenLabels(const TokenAxis& axis, std::span<const int> tokens)
{
    QStringList labels;
    labels.reserve(qsizetype(tokens.size()));
    for (int token : tokens)
        labels << tokenLabel(axis, token);
    return labels;
}

FlowToken flowToken(const TokenAxis& axis, int token)
{
    const TokenInfo* info = axis.info(token);
    // Marks without their circle: within a word they stand on the letter before.
    return { visible(axis.label(token)), info && info->continuation, axis.special(token), false, false,
        axis.written(token) };
}

QString tokenLabel(const TokenAxis& axis, const ShownTokens& shown, int place)
{
    return shown.pieces(place) == 1 ? tokenLabel(axis, shown.first(place))
                                    : visible(label(axis, shown, place));
}

FlowToken flowToken(const TokenAxis& axis, const ShownTokens& shown, int place)
{
    FlowToken word = flowToken(axis, shown.first(place));
    if (shown.pieces(place) > 1)
        word.text = tokenLabel(axis, shown, place);
    return word;
}

QStringList rowLabels(const ShownMap& map)
{
    QStringList labels;
    for (int row = 0; row < map.rowTokens().count(); ++row)
        labels << tokenLabel(map.rowAxis(), map.rowTokens(), row);
    return labels;
}

QStringList columnLabels(const ShownMap& map)
{
    QStringList labels;
    for (int column = 0; column < map.columnTokens().count(); ++column)
        labels << tokenLabel(map.columnAxis(), map.columnTokens(), column);
    return labels;
}

QString shownLabel(const TokenAxis& axis, const DisplaySettings& display, int token)
{
    if (!display.joinWords)
        return tokenLabel(axis, token);
    const ShownTokens words = ShownTokens::withHidden(axis, display);
    const auto place = words.placeOf(token);
    return place ? tokenLabel(axis, words, *place) : tokenLabel(axis, token);
}

TokenAxis rowAxisOf(const Scene& scene)
{
    const auto layer = scene.result ? layerOf(*scene.result, scene.selection) : nullptr;
    return layer ? TokenAxis::queries(*scene.result, *layer) : TokenAxis();
}

TokenAxis columnAxisOf(const Scene& scene)
{
    const auto layer = scene.result ? layerOf(*scene.result, scene.selection) : nullptr;
    return layer ? TokenAxis::keys(*scene.result, *layer) : TokenAxis();
}

QString headTitle(const Scene& scene)
{
    const Selection& s = scene.selection;
    QString layer = tr("Layer %1").arg(s.layer);
    if (scene.result && sitesOf(*scene.result).size() > 1)
        layer.prepend(title(SiteGroup::of(s)) + QStringLiteral(" · "));
    if (s.heads.size() == 1)
        return tr("%1 · Head %2").arg(layer).arg(s.head());
    const QString join = s.join == HeadJoin::Mean ? tr("mean") : tr("max");
    if (allHeads(scene))
        return tr("%1 · %2 of all heads").arg(layer, join);
    return tr("%1 · %2 of %3 heads").arg(layer, join).arg(s.heads.size());
}

QString titleOf(const Scene& scene, const QString& own)
{
    return scene.title.isEmpty() ? own : scene.title;
}

QStringList headChips(const Scene& scene)
{
    const auto layer = scene.result ? layerOf(*scene.result, scene.selection) : nullptr;
    if (!layer)
        return {};
    QStringList chips;
    if (const QString mark = layerMark(*scene.result, *layer); !mark.isEmpty())
        chips << mark;
    if (scene.selection.heads.size() != 1
        || std::size_t(scene.selection.head()) >= layer->summaries.size())
        return chips;
    const HeadStatistics& s = layer->summaries[std::size_t(scene.selection.head())].statistics();
    chips << tr("entropy %1 nats").arg(double(s.entropy), 0, 'f', 2)
          << tr("distance %1 tokens").arg(double(s.distance), 0, 'f', 1);
    if (layer->sinks)
        chips << tr("sink %1").arg(shareText(s.sink));
    return chips;
}

QString captionOf(const Scene& scene)
{
    QString caption = normaliseText(scene.display.normalise) + scaleText(scene.display.scale) + u'.';
    if (scene.display.hideSpecialTokens)
        caption += u' '
            + (scene.display.renormaliseHidden ? tr("Special tokens hidden, rows renormalised to 1.")
                                               : tr("Special tokens hidden, rows not renormalised."));
    if (const auto share = scene.result ? sinkShare(mapOf(*scene.result, scene.selection)) : std::nullopt)
        caption += u' '
            + (scene.selection.heads.size() == 1
                    ? tr("The head's sink takes %1 of a row on average; keys have what is left.")
                    : tr("The heads' sinks take %1 of a row on average; keys have what is left."))
                  .arg(shareText(*share));
    if (scene.result && !scene.result->source.empty())
        caption += u' ' + tr("Imported from %1.").arg(QString::fromStdString(scene.result->source));
    if (scene.result && !scene.result->turns.empty())
        caption += u' ' + (scene.result->turns.size() == 1 ? tr("A conversation of one turn, as the model's template writes it.")
                                                           : tr("A conversation of %1 turns, as the model's template writes it.").arg(scene.result->turns.size()));
    if (const auto written = scene.result ? writtenIn(*scene.result) : std::nullopt;
        written && scene.display.written)
        caption += u' '
            + tr("%1 of the %2 written tokens are shown.").arg(*scene.display.written).arg(written->count);
    if (joinsWords(scene))
        caption += u' ' + tr("Pieces of a word joined: keys summed, queries averaged.");
    if (scene.result && scene.result->tokensCut > 0)
        caption += u' ' + tr("%1 tokens did not fit the model and were cut.").arg(scene.result->tokensCut);
    return caption;
}

double heightOfCaption(const QString& caption, double width, const Theme& theme)
{
    const QFontMetricsF metrics(theme.small);
    return std::max(
        18.0, std::ceil(metrics.boundingRect(QRectF(0, 0, width, 1e4), Qt::TextWordWrap, caption).height()));
}

void paintCaption(QPainter& painter, const QRectF& area, const QString& caption, const Theme& theme)
{
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(area, int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextWordWrap, caption);
}

QString queryTitle(const Scene& scene)
{
    const auto& queries = scene.selection.queries;
    const TokenAxis axis = rowAxisOf(scene);
    const bool back = scene.display.direction == TokenDirection::LookedAtBy && axis == columnAxisOf(scene);
    if (!scene.result || queries.empty())
        return tr("all tokens look at, on average");
    const ShownTokens words = ShownTokens::withHidden(axis, scene.display);
    QStringList names;
    for (const int place : words.placesOf(queries))
        names << quoted(axis, words, place);
    const QString many = words.joins() ? tr("%1 words") : tr("%1 tokens");
    QString joined = names.size() <= 3 ? names.join(QStringLiteral(" + ")) : many.arg(names.size());
    return back ? tr("who looks at %1").arg(joined) : tr("%1 looks at").arg(joined);
}

QString keyTitle(const Scene& scene)
{
    const TokenAxis axis = columnAxisOf(scene);
    if (!scene.selection.key || axis == rowAxisOf(scene))
        return {};
    const ShownTokens words = ShownTokens::withHidden(axis, scene.display);
    const auto place = words.placeOf(*scene.selection.key);
    return place ? tr("who looks at %1").arg(quoted(axis, words, *place)) : QString();
}

QStringList choiceChips(const Scene& scene)
{
    const QString key = keyTitle(scene);
    if (key.isEmpty())
        return { queryTitle(scene) };
    return scene.selection.queries.empty() ? QStringList{ key } : QStringList{ queryTitle(scene), key };
}

QString emptyReason(const Scene& scene, const QString& needs)
{
    if (!scene.result)
        return tr("Nothing to look at yet. Type a sentence, or open a picture or a sound.");
    return needs;
}

} // namespace headlight::ui
