#include "ui/session/comparison_options.h"

#include "ui/session/sites.h"

namespace headlight::ui::comparison {
namespace {

const std::pair<Against, QString> againstIds[]{
    { Against::Kept, QStringLiteral("kept") },
    { Against::SameRun, QStringLiteral("run") },
    { Against::Text, QStringLiteral("text") },
};

} // namespace

const QStringList& ownKeys()
{
    static const QStringList keys{ againstKey, followKey, siteKey, layerKey, headsKey, joinKey, textKey,
        pairKey, modelKey, keptKey };
    return keys;
}

QString id(Against against)
{
    for (const auto& [value, name] : againstIds) {
        if (value == against)
            return name;
    }
    return {};
}

void writeSelection(QVariantMap& options, const Selection& selection)
{
    QVariantList heads;
    for (int head : selection.heads)
        heads << head;
    options.insert(siteKey, ui::id(SiteGroup::of(selection)));
    options.insert(layerKey, selection.layer);
    options.insert(headsKey, heads);
    options.insert(
        joinKey, selection.join == HeadJoin::Mean ? QStringLiteral("mean") : QStringLiteral("max"));
}

/// The layer, heads and site that were written, over those of `selection`.
Selection readSelection(const QVariantMap& options, Selection selection, const AnalysisResult& result)
{
    if (const auto site = siteFromId(result, options.value(siteKey).toString())) {
        selection.kind = site->kind;
        selection.tower = site->tower;
    }
    if (!options.contains(layerKey))
        return selection;
    selection.layer = options.value(layerKey).toInt();
    selection.heads.clear();
    for (const QVariant& head : options.value(headsKey).toList())
        selection.heads.push_back(head.toInt());
    selection.join =
        options.value(joinKey).toString() == QLatin1String("max") ? HeadJoin::Max : HeadJoin::Mean;
    return selection;
}

void writeText(QVariantMap& options, const AnalysisInput& input)
{
    const auto* text = std::get_if<TextInput>(&input);
    if (!text)
        return;
    options.insert(textKey, QString::fromStdString(text->text));
    if (text->pair)
        options.insert(pairKey, QString::fromStdString(*text->pair));
}

Against againstOf(const QVariantMap& options)
{
    const QString name = options.value(againstKey).toString();
    for (const auto& [value, own] : againstIds) {
        if (own == name)
            return value;
    }
    return Against::Nothing;
}

std::optional<QString> readPair(const QVariantMap& options)
{
    return options.contains(pairKey) ? std::optional(options.value(pairKey).toString()) : std::nullopt;
}

} // namespace headlight::ui::comparison
