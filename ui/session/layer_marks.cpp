#include "ui/session/layer_marks.h"

#include <QCoreApplication>

namespace headlight::ui {
namespace {

using Layers = std::vector<std::shared_ptr<const LayerAttention>>;

QString tr(const char* text)
{
    return QCoreApplication::translate("LayerMarks", text);
}

bool seesLess(const LayerAttention& layer)
{
    return !layer.span.empty() && layer.span != "full";
}

/// "sliding 512 in 22 of 26 layers" for each text there is; just the text where it holds for all.
QStringList counted(const Layers& layers, std::string LayerAttention::*text)
{
    QStringList marks;
    std::vector<std::string> told{ "", "full" };
    for (const auto& layer : layers) {
        const std::string& mark = (*layer).*text;
        if (std::ranges::find(told, mark) != told.end())
            continue;
        told.push_back(mark);
        const auto count =
            std::ranges::count_if(layers, [&](const auto& other) { return (*other).*text == mark; });
        const QString shown = QString::fromStdString(mark);
        marks << (std::size_t(count) == layers.size()
                ? shown
                : tr("%1 in %2 of %3 layers").arg(shown).arg(count).arg(layers.size()));
    }
    return marks;
}

} // namespace

QString layerMark(const AnalysisResult& result, const LayerAttention& layer)
{
    const bool spansMatter = std::ranges::any_of(
        layersOf(result, SiteGroup::of(layer.site)), [](const auto& other) { return seesLess(*other); });
    QStringList parts;
    if (spansMatter && !layer.span.empty())
        parts << QString::fromStdString(layer.span);
    if (!layer.note.empty())
        parts << QString::fromStdString(layer.note);
    return parts.join(markSeparator());
}

QString markSeparator()
{
    return QStringLiteral(" · ");
}

int sharedBy(const AnalysisResult& result, SiteGroup site)
{
    const Layers layers = layersOf(result, site);
    const auto differs = [&](const auto& layer) { return layer->queryGroup != layers.front()->queryGroup; };
    return layers.empty() || std::ranges::any_of(layers, differs) ? 1 : layers.front()->queryGroup;
}

QStringList siteMarks(const AnalysisResult& result, SiteGroup site)
{
    const Layers layers = layersOf(result, site);
    QStringList marks = counted(layers, &LayerAttention::span);
    // Notes that name a layer differ from one to the next; each stands beside its own row.
    if (const QStringList notes = counted(layers, &LayerAttention::note); notes.size() == 1)
        marks << notes;
    if (const int heads = sharedBy(result, site); heads > 1)
        marks << tr("keys shared by %1 heads").arg(heads);
    return marks;
}

} // namespace headlight::ui
