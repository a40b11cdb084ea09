// From two aligned heads to what is drawn: colours shared by both sides, titles, chips and the caption.

#include "ui/views/compare_figure.h"

#include "ui/session/normalisation.h"
#include "ui/session/sites.h"
#include "ui/views/scene_text.h"

#include <QPainter>

#include <cmath>

namespace headlight::ui {
namespace {

constexpr const char* divergingMap = "blue-red";
constexpr qsizetype longestExcerpt = 80;

QString tr(const char* text)
{
    return QCoreApplication::translate("Compare", text);
}

Scene sceneOfOther(const Scene& scene)
{
    Scene other = scene;
    other.title.clear();
    if (scene.other) {
        other.result = scene.other->result;
        other.selection = scene.other->selection;
    }
    return other;
}

QString modelName(const AnalysisResult& result)
{
    return result.model ? QString::fromStdString(result.model->name) : QString();
}

/// The words of an input, as they were read; empty for pictures and sounds.
QString excerpt(const AnalysisResult& result)
{
    QString text;
    if (result.times || (!result.tokens.empty() && result.tokens.back().patchRow >= 0))
        return text;
    for (const TokenInfo& token : result.tokens) {
        if (token.special || text.size() > longestExcerpt)
            continue;
        const QString label = QString::fromStdString(token.label).remove(QStringLiteral("␣"));
        const bool begins = !token.continuation && !text.isEmpty() && !label.startsWith(u' ');
        text += begins ? u' ' + label : label;
    }
    return text.trimmed();
}

/// What tells the sides apart beside layer and head.
QStringList detailsOf(const AnalysisResult& a, const AnalysisResult& b)
{
    QStringList details[2];
    if (modelName(a) != modelName(b)) {
        details[0] << modelName(a);
        details[1] << modelName(b);
    }
    const QString first = excerpt(a), second = excerpt(b);
    if (first != second) {
        details[0] << tr("“%1”").arg(first);
        details[1] << tr("“%1”").arg(second);
    }
    return { details[0].join(QStringLiteral(" · ")), details[1].join(QStringLiteral(" · ")) };
}

float positive(float top)
{
    return top > 0.0f ? top : 1.0f;
}

/// The largest weight of each row on either side.
std::vector<float> sharedRowTops(const Tensor& a, const Tensor& b, int rows)
{
    std::vector<float> tops(static_cast<std::size_t>(rows), 1.0f);
    const auto lines = a.shape()[0];
    for (std::int64_t line = 0; line < lines; ++line) {
        const float top = positive(std::max(std::ranges::max(a.row(line)), std::ranges::max(b.row(line))));
        for (auto row = bucketBegin(line, lines, rows); row < bucketBegin(line + 1, lines, rows); ++row)
            tops[std::size_t(row)] = top;
    }
    return tops;
}

/// Both sides are coloured alike, so that equal weights have equal colours.
CellColours sharedColours(const Scene& scene, const CompareMaps& maps, const CompareSamples& samples)
{
    CellColours colours{ &colourMap(scene.display.colourMap), scene.display.scale, { 1.0f } };
    const bool exact = samples.a.shape()[0] == maps.rows() && samples.a.shape()[1] == maps.columns();
    switch (scene.display.normalise) {
    case Normalise::None:
        break;
    case Normalise::Row:
        colours.tops = sharedRowTops(samples.a, samples.b, maps.rows());
        break;
    case Normalise::Head:
        if (exact || scene.display.pooling == Pooling::Max) {
            colours.tops = { positive(std::max(largest(samples.a), largest(samples.b))) };
            break;
        }
        [[fallthrough]];
    case Normalise::Layer:
    case Normalise::Model:
        colours.tops = { std::max(topOf(*scene.result, maps.a().map(), scene.display),
            topOf(*scene.other->result, maps.b().map(), scene.display)) };
        break;
    }
    return colours;
}

CellColours differenceColours(const Scene& scene, float top)
{
    const ColourMap& chosen = colourMap(scene.display.colourMap);
    const float end = scene.display.normalise == Normalise::None ? 1.0f : positive(top);
    return { chosen.diverging ? &chosen : &colourMap(QLatin1String(divergingMap)), scene.display.scale,
        { end }, true };
}

HeatmapContent contentOf(const CompareMaps& maps, CompareSide side, Pooling pooling)
{
    HeatmapContent content;
    content.rows = maps.rows();
    content.columns = maps.columns();
    content.pooling = pooling;
    content.hasSums = false;
    const auto missing = [side](const AlignedTokens& unit) {
        return side == CompareSide::Difference ? !unit.both()
                                               : (side == CompareSide::A ? unit.a : unit.b).empty();
    };
    for (int row = 0; row < maps.rows(); ++row) {
        content.rowLabels << maps.rowLabel(side, row);
        if (missing(maps.rowUnits().units[std::size_t(row)]))
            content.gapRows.push_back(row);
    }
    for (int column = 0; column < maps.columns(); ++column) {
        content.columnLabels << maps.columnLabel(side, column);
        if (missing(maps.columnUnits().units[std::size_t(column)]))
            content.gapColumns.push_back(column);
    }
    return content;
}

void nameSides(const Scene& scene, ComparePicture& picture, Sign sign)
{
    const QString a = headTitle(scene), b = headTitle(sceneOfOther(scene));
    const QStringList details = detailsOf(*scene.result, *scene.other->result);
    picture.a.title = { tr("A"), a, details[0] };
    picture.b.title = { tr("B"), b, details[1] };
    picture.difference.title = { differenceName(sign), {}, {} };
    picture.heading.title = titleOf(scene, a == b ? a : tr("%1 against %2").arg(a, b));
}

/// "2 tokens only in A, 1 only in B (hatched)." of the queries, and of the keys where those are others.
QString gapText(const CompareMaps& maps)
{
    const auto sentence = [](const TokenAlignment& units, const QString& what) {
        QStringList parts;
        if (units.onlyA() > 0)
            parts << tr("%1 only in A").arg(units.onlyA());
        if (units.onlyB() > 0)
            parts << tr("%1 only in B").arg(units.onlyB());
        return parts.isEmpty() ? QString()
                               : u' ' + tr("%1: %2 (hatched).").arg(what, parts.join(QStringLiteral(", ")));
    };
    const bool crosses = maps.a().crosses() || maps.b().crosses();
    QString text = sentence(maps.rowUnits(), crosses ? tr("Queries") : tr("Tokens"));
    if (crosses)
        text += sentence(maps.columnUnits(), tr("Keys"));
    if (maps.rowUnits().joined() > 0 || maps.columnUnits().joined() > 0)
        text += u' ' + tr("Words that are cut differently are joined: keys summed, queries averaged.");
    return text;
}

QString compareCaption(const Scene& scene, const CompareMaps& maps)
{
    const Selection &a = scene.selection, &b = scene.other->selection;
    if (scene.result == scene.other->result && a.site() == b.site() && a.heads == b.heads && a.join == b.join)
        return tr("A and B are the same head of the same run: change the input, the model, the layer or the "
                  "head, and this shows what it changes.");
    const bool straight = maps.sign() == Sign::AMinusB;
    QString text = straight ? tr("Red: more in A, blue: more in B.") : tr("Red: more in B, blue: more in A.");
    text += u' ' + tr("Bars: change of each row, ½ Σ |a − b| (total variation, up to 1).") + gapText(maps);
    if (scene.other->result->tokensCut > 0)
        text += u' '
            + tr("%1 tokens of B did not fit the model and were cut.").arg(scene.other->result->tokensCut);
    return text + u' ' + captionOf(scene) + u' ' + tr("A and B share one scale.");
}

/// The one number that sums a comparison up.
QStringList chipsOf(const CompareMaps& maps, const CompareSamples& samples)
{
    const bool sameTokens = maps.rowUnits().oneToOne() && maps.columnUnits().oneToOne();
    if (samples.largest && samples.top() == 0.0f && sameTokens)
        return { tr("A and B are the same") };
    const auto mean = samples.meanDistance();
    return mean ? QStringList{ tr("mean change %1").arg(double(*mean), 0, 'f', 3) } : QStringList();
}

/// "it → animal +0.3100": where the sides differ most.
QString changeText(const CompareMaps& maps, const CompareSamples& samples)
{
    if (!samples.largest)
        return tr("no token in common");
    const LargestChange& change = *samples.largest;
    if (change.difference == 0.0f)
        return tr("no difference");
    return QStringLiteral("%1  %2").arg(
        cellName(maps, change.row, change.column), differenceText(change.difference));
}

/// A thumbnail of the run in place of the map.
HeatmapContent thumbnailContent(const Scene& scene)
{
    HeatmapContent content;
    const ShownMap map(scene);
    content.hasSums = false;
    content.hasBar = false;
    if (map.empty())
        return content;
    content.rows = int(map.rows());
    content.columns = int(map.columns());
    content.rowLabels = rowLabels(map);
    content.columnLabels = columnLabels(map);
    content.pooling = scene.display.pooling;
    const auto& summary = map.map().layer().summaries[std::size_t(map.map().heads().front())];
    content.cells = { map.whole(),
        scene.display.pooling == Pooling::Max ? summary.thumbnailMax() : summary.thumbnailMean() };
    content.colours = { &colourMap(scene.display.colourMap), scene.display.scale,
        { topOf(*scene.result, map.map(), scene.display) } };
    return content;
}

} // namespace

QString differenceName(Sign sign)
{
    return sign == Sign::AMinusB ? tr("A − B") : tr("B − A");
}

QString cellName(const CompareMaps& maps, int row, int column)
{
    return QStringLiteral("\u2068%1\u2069 → \u2068%2\u2069")
        .arg(maps.rowLabel(CompareSide::Difference, row), maps.columnLabel(CompareSide::Difference, column));
}

ComparePicture comparePicture(
    const Scene& scene, const CompareMaps& maps, int resolution, const std::stop_token& stop)
{
    ComparePicture picture;
    if (maps.empty() || !maps.reason().isEmpty())
        return picture;
    const Pooling pooling = scene.display.pooling;
    const auto limit = std::int64_t(resolution);
    CompareSamples samples = maps.samples(
        maps.prompt() ? maps.rows() : limit, maps.prompt() ? maps.columns() : limit, pooling, stop);
    for (const CompareSide side : { CompareSide::A, CompareSide::B, CompareSide::Difference })
        picture.panel(side).content = contentOf(maps, side, pooling);
    const CellColours shared = sharedColours(scene, maps, samples);
    picture.a.content.colours = picture.b.content.colours = shared;
    picture.a.content.cells = { maps.whole(), samples.a };
    picture.b.content.cells = { maps.whole(), samples.b };
    HeatmapContent& difference = picture.difference.content;
    difference.colours = differenceColours(scene, samples.top());
    difference.cells = { maps.whole(), samples.difference };
    difference.beside = samples.distances;
    difference.besideName = tr("change");
    nameSides(scene, picture, maps.sign());
    picture.difference.title.title = changeText(maps, samples);
    if (samples.top() > 0.0f)
        picture.difference.title.detail = tr("is the largest change");
    picture.heading.chips = chipsOf(maps, samples);
    picture.caption = compareCaption(scene, maps);
    return picture;
}

ComparePicture comparePreview(const Scene& scene)
{
    ComparePicture picture;
    picture.a.content = thumbnailContent(scene);
    picture.b.content = thumbnailContent(sceneOfOther(scene));
    const bool swapped = scene.options.value(QStringLiteral("minus")).toString() == QLatin1String("b-a");
    nameSides(scene, picture, swapped ? Sign::BMinusA : Sign::AMinusB);
    picture.difference.title.detail = tr("being computed…");
    picture.caption = tr("Thumbnails of A and B; their difference is being computed.");
    return picture;
}

HeatmapMarks compareMarks(const Selection& selection, const CompareMaps& maps)
{
    HeatmapMarks marks;
    for (int query : selection.queries) {
        const auto row = maps.rowOfQuery(query);
        if (row && std::ranges::find(marks.rows, *row) == marks.rows.end())
            marks.rows.push_back(*row);
    }
    if (selection.key)
        marks.column = maps.columnOfKey(*selection.key);
    return marks;
}

} // namespace headlight::ui
