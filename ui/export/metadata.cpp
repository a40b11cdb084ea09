#include "ui/export/metadata.h"

#include "ui/export/command.h"
#include "ui/session/comparison.h"
#include "ui/session/sites.h"

namespace headlight::ui {
namespace {

constexpr qsizetype longestInput = 300;

QString inputText(const AnalysisResult& result)
{
    QStringList pieces;
    for (const TokenInfo& token : result.tokens) {
        if (token.patchRow >= 0)
            return QStringLiteral("picture of %1 patches")
                .arg(
                    result.tokens.size() - (result.patches ? std::size_t(result.patches->leadingTokens) : 0));
        if (token.continuation && !pieces.isEmpty())
            pieces.back() += QString::fromStdString(token.label);
        else
            pieces << QString::fromStdString(token.label);
    }
    const QString text = pieces.join(u' ');
    return text.size() <= longestInput ? text : text.left(longestInput) + u'…';
}

QString headsText(const Selection& selection)
{
    QStringList heads;
    for (int head : selection.heads)
        heads << QString::number(head);
    const QString list = heads.join(u',');
    if (selection.heads.size() == 1)
        return list;
    return (selection.join == HeadJoin::Mean ? QStringLiteral("mean of %1") : QStringLiteral("max of %1"))
        .arg(list);
}

QString tokensText(const Scene& scene)
{
    QStringList tokens;
    for (int query : scene.selection.queries)
        tokens << QString::number(query);
    return tokens.join(u',');
}

QString specialText(const DisplaySettings& display)
{
    if (!display.hideSpecialTokens)
        return QStringLiteral("shown");
    return display.renormaliseHidden ? QStringLiteral("hidden, rows renormalised")
                                     : QStringLiteral("hidden, rows not renormalised");
}

/// Settings that most figures leave as they are.
QList<QPair<QString, QString>> moreDisplay(const DisplaySettings& display)
{
    const DisplaySettings usual;
    QList<QPair<QString, QString>> list;
    if (display.pooling != usual.pooling)
        list << qMakePair(QStringLiteral("pooling"), QStringLiteral("mean"));
    if (display.direction != usual.direction)
        list << qMakePair(QStringLiteral("direction"), QStringLiteral("who looks at the query"));
    if (display.imageOverlay != usual.imageOverlay)
        list << qMakePair(QStringLiteral("overlay"), QString::number(display.imageOverlay, 'g', 4));
    if (display.smoothImage)
        list << qMakePair(QStringLiteral("patches"), QStringLiteral("smooth"));
    if (display.written)
        list << qMakePair(QStringLiteral("written tokens shown"), QString::number(*display.written));
    return list;
}

/// What the figure was compared with.
QList<QPair<QString, QString>> otherMetadata(const ComparedSide& other)
{
    QList<QPair<QString, QString>> list;
    if (other.result->model)
        list << qMakePair(QStringLiteral("against model"), QString::fromStdString(other.result->model->name));
    return list << qMakePair(QStringLiteral("against input"), inputText(*other.result))
                << qMakePair(QStringLiteral("against site"), id(SiteGroup::of(other.selection)))
                << qMakePair(QStringLiteral("against layer"), QString::number(other.selection.layer))
                << qMakePair(QStringLiteral("against head"), headsText(other.selection));
}

} // namespace

QList<QPair<QString, QString>> figureMetadata(
    const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    QString software = QStringLiteral("Headlight ") + QCoreApplication::applicationVersion();
    QList<QPair<QString, QString>> list{ { QStringLiteral("Software"), software.trimmed() } };
    if (scene.result && scene.result->model)
        list << qMakePair(QStringLiteral("model"), QString::fromStdString(scene.result->model->name));
    if (scene.result)
        list << qMakePair(QStringLiteral("input"), inputText(*scene.result));
    list << qMakePair(QStringLiteral("view"), view.id)
         << qMakePair(QStringLiteral("site"), id(SiteGroup::of(scene.selection)))
         << qMakePair(QStringLiteral("layer"), QString::number(scene.selection.layer))
         << qMakePair(QStringLiteral("head"), headsText(scene.selection));
    if (scene.selection.key)
        list << qMakePair(QStringLiteral("key"), QString::number(*scene.selection.key));
    if (!scene.selection.queries.empty())
        list << qMakePair(QStringLiteral("query"), tokensText(scene));
    if (scene.display.joinWords)
        list << qMakePair(QStringLiteral("words"), QStringLiteral("keys of a word summed, queries averaged"));
    if (scene.other && scene.other->result)
        list << otherMetadata(*scene.other);
    list << qMakePair(QStringLiteral("colormap"), scene.display.colourMap)
         << qMakePair(QStringLiteral("scale"), id(scene.display.scale))
         << qMakePair(QStringLiteral("normalise"), id(scene.display.normalise))
         << qMakePair(QStringLiteral("special tokens"), specialText(scene.display))
         << moreDisplay(scene.display);
    for (const QString& name : view.figure().optionNames()) {
        if (const QString text = optionText(scene.options.value(name)); !text.isEmpty())
            list << qMakePair(name, text);
    }
    if (const QString command = renderCommand(view, scene, options); !command.isEmpty())
        list << qMakePair(QStringLiteral("command"), command);
    return list;
}

QString metadataLine(const QList<QPair<QString, QString>>& metadata)
{
    QStringList parts;
    for (const auto& [name, value] : metadata)
        parts << QStringLiteral("%1: %2").arg(name, value);
    return parts.join(QStringLiteral("; "));
}

} // namespace headlight::ui
