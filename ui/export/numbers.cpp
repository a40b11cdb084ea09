// Implements numbers.h.

#include "ui/export/numbers.h"

#include "ui/session/sites.h"
#include "ui/views/links_content.h"
#include "ui/views/scene_text.h"

#include <QRegularExpression>
#include <fmt/format.h>
#include <limits>

namespace headlight::ui {
namespace {

bool isGrid(const ViewDescriptor& view)
{
    return view.id == QLatin1String("grid");
}

/// The table of this view is the map itself.
bool isMap(const ViewDescriptor& view)
{
    return view.id == QLatin1String("heatmap");
}

/// As `headlight attend` names a layer.
std::string layerName(const AnalysisResult& result, const AttentionSite& site)
{
    const bool pair = result.model && result.model->network && result.model->network->info().pair;
    const std::string tower = site.tower == Tower::Text ? "text."
        : site.tower == Tower::Vision                   ? "vision."
                                                        : "";
    const std::string kind = site.kind == AttentionKind::Cross ? "cross_"
        : !pair || site.tower != Tower::Only                   ? ""
        : site.kind == AttentionKind::Encoder                  ? "encoder_"
                                                               : "decoder_";
    return fmt::format("{}{}attentions.{}", tower, kind, site.layer);
}

std::string lines(const QStringList& list)
{
    QStringList clean;
    for (QString text : list)
        clean << text.replace(u'\n', u'⏎');
    return clean.join(u'\n').toStdString();
}

Tensor indices(std::span<const int> tokens)
{
    return Tensor::fromIntegers({ std::int64_t(tokens.size()) }, { tokens.begin(), tokens.end() });
}

Tensor layerMaps(const Scene& scene, const LayerAttention& layer)
{
    const ShownMap first(scene, layer.site.layer, { 0 });
    const std::int64_t count = first.rows() * first.columns();
    return Tensor::make({ 1, layer.heads, first.rows(), first.columns() }, [&](std::span<float> out) {
        for (int head = 0; head < layer.heads; ++head) {
            const ShownMap map(scene, layer.site.layer, { head });
            const Tensor block = map.block(map.whole());
            std::ranges::copy(block.floats(), out.begin() + std::ptrdiff_t(head * count));
        }
    });
}

/// "difference A − B" → "difference_a_b"; "column_3" where nothing is left.
std::string columnName(const QString& header, std::size_t index)
{
    static const QRegularExpression others(QStringLiteral("[^a-z0-9]+"));
    QString name = header.toLower().replace(others, QStringLiteral("_"));
    while (name.startsWith(u'_'))
        name.remove(0, 1);
    while (name.endsWith(u'_'))
        name.chop(1);
    return name.isEmpty() ? fmt::format("column_{}", index) : name.toStdString();
}

/// The numbers of a column; none where a cell holds words. Empty cells are NaN.
std::optional<std::vector<float>> numbersIn(
    const std::vector<std::vector<QString>>& table, std::size_t column)
{
    std::vector<float> numbers;
    bool any = false;
    for (std::size_t row = 1; row < table.size(); ++row) {
        const QString& text = table[row][column];
        bool ok = true;
        const float value = text.isEmpty() ? std::numeric_limits<float>::quiet_NaN() : text.toFloat(&ok);
        if (!ok)
            return std::nullopt;
        any = any || !text.isEmpty();
        numbers.push_back(value);
    }
    return any ? std::optional(std::move(numbers)) : std::nullopt;
}

void addTable(FigureNumbers& out, const std::vector<std::vector<QString>>& table)
{
    if (table.size() < 2)
        return;
    for (std::size_t column = 0; column < table.front().size(); ++column) {
        std::string name = columnName(table.front()[column], column);
        if (out.tensors.contains(name) || out.texts.contains(name))
            name += fmt::format("_{}", column);
        // Tokens are words also where all of them happen to be digits.
        const bool words = table.front()[column].contains(QLatin1String("token"));
        if (auto numbers = words ? std::nullopt : numbersIn(table, column)) {
            const auto count = std::int64_t(numbers->size());
            out.tensors[name] = Tensor::fromVector({ count }, std::move(*numbers));
            continue;
        }
        QStringList texts;
        for (std::size_t row = 1; row < table.size(); ++row)
            texts << table[row][column];
        out.texts[name] = lines(texts);
    }
}

std::int64_t bytesOf(const ViewDescriptor& view, const Scene& scene)
{
    if (!isGrid(view)) {
        const ShownMap map(scene);
        return map.rows() * map.columns() * std::int64_t(sizeof(float));
    }
    std::int64_t sum = 0;
    for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection))) {
        const ShownMap map(scene, layer->site.layer, { 0 });
        sum += layer->heads * map.rows() * map.columns() * std::int64_t(sizeof(float));
    }
    return sum;
}

/// Texts in the tables that grow with the square of the input.
std::int64_t textsFor(const ViewDescriptor& view, const Scene& scene, const ShownMap& map)
{
    const std::int64_t cells = map.rows() * map.columns();
    if (isMap(view))
        return cells;
    if (view.id == QLatin1String("compare"))
        return 5 * cells; // a line for each
    if (view.id != QLatin1String("links"))
        return 0;
    const double least =
        double(LinksOptions::of(scene).threshold); // of a row that sums to one no more reach it
    const double lines = std::min(double(cells), least > 0 ? double(map.rows()) / least : double(cells));
    return std::int64_t(6 * lines * double(scene.selection.heads.size()));
}

} // namespace

Status checkTable(const ViewDescriptor& view, const Scene& scene)
{
    const ShownMap map(scene);
    if (textsFor(view, scene, map) <= mostTexts)
        return {};
    return Error{ ErrorKind::Unsupported,
        fmt::format(
            "A table of {} × {} weights does not fit into memory; save the Heatmap as NPZ or safetensors, "
            "or choose a shorter input.",
            map.rows(), map.columns()) };
}

Expected<FigureNumbers> figureNumbers(const ViewDescriptor& view, const Scene& scene)
{
    if (const std::int64_t bytes = bytesOf(view, scene); bytes > mostBytes)
        return Error{ ErrorKind::Unsupported,
            fmt::format("These weights would take {:.1f} GB; export one head, or a shorter input.",
                double(bytes) / 1e9) };
    FigureNumbers out;
    const ShownMap map(scene);
    if (!map.empty()) {
        out.texts["query_tokens"] = lines(rowLabels(map));
        out.texts["key_tokens"] = lines(columnLabels(map));
    }
    if (isGrid(view)) {
        for (const auto& layer : layersOf(*scene.result, SiteGroup::of(scene.selection)))
            out.tensors[layerName(*scene.result, layer->site)] = layerMaps(scene, *layer);
    } else if (!map.empty()) {
        out.tensors["attention"] = map.block(map.whole());
        out.tensors["query_index"] = indices(map.queries());
        out.tensors["key_index"] = indices(map.keys());
    }
    if (!isMap(view)) {
        HEADLIGHT_TRY_STATUS(checkTable(view, scene));
        addTable(out, view.figure().table(scene));
    }
    return out;
}

QString numbersText(const ViewDescriptor& view, const Scene& scene)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("Numbers", text); };
    if (!scene.result)
        return {};
    const ShownMap map(scene);
    if (isGrid(view)) {
        const auto layers = layersOf(*scene.result, SiteGroup::of(scene.selection));
        return layers.empty()
            ? QString()
            : tr("Every head of %1 layers, %2 … as [1, %3 heads, %4, %5], and what the grid says of each "
                 "head.")
                  .arg(layers.size())
                  .arg(QString::fromStdString(layerName(*scene.result, layers.front()->site)))
                  .arg(layers.front()->heads)
                  .arg(map.rows())
                  .arg(map.columns());
    }
    const QString attention = tr("“attention” [%1, %2]: the weights as they are shown, and their tokens")
                                  .arg(map.rows())
                                  .arg(map.columns());
    return isMap(view) ? attention + u'.' : attention + tr("; the view's own numbers beside it.");
}

QString tabSeparated(const std::vector<std::vector<QString>>& table)
{
    static const QRegularExpression breaks(QStringLiteral("[\t\r\n]"));
    QString text;
    for (const auto& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0)
                text += u'\t';
            text += QString(row[i]).replace(breaks, QStringLiteral(" "));
        }
        text += u'\n';
    }
    return text;
}

} // namespace headlight::ui
