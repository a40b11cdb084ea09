// Implements steps_data.h.

#include "ui/views/steps_data.h"

#include <QCoreApplication>

namespace headlight::ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Steps", text);
}

/// Terms that stand in a line before the rest is folded.
constexpr std::size_t lineTerms = 3;

QString exact(float value)
{
    if (std::isinf(value))
        return value < 0 ? QStringLiteral("−∞") : QStringLiteral("∞");
    return QString::number(double(value), 'g', 6).replace('-', QChar(0x2212));
}

QString termText(const Arithmetic::Term& term)
{
    return term.right ? QStringLiteral("%1 × %2").arg(exact(term.left), exact(*term.right))
                      : exact(term.left);
}

/// Largest number of some vectors; every one of few, a sample of many.
float largestVector(const Stage& stage, std::int64_t places)
{
    const std::int64_t stride = std::max<std::int64_t>(1, places / 256);
    float largest = 0;
    for (std::int64_t place = 0; place < places; place += stride)
        largest = std::max(largest, largestOf(stage.vectorOf(place)));
    return largest;
}

QString quoted(const TokenAxis& axis, const QString& name)
{
    return axis.words() ? QStringLiteral("“%1”").arg(name) : name;
}

} // namespace

float largestOf(std::span<const float> values)
{
    float largest = 1e-12f;
    for (const float value : values)
        if (std::isfinite(value))
            largest = std::max(largest, std::abs(value));
    return largest;
}

QString stepNumber(float value, float largest)
{
    if (std::isinf(value))
        return value < 0 ? QStringLiteral("−∞") : QStringLiteral("∞");
    const int decimals = largest >= 999.95f ? 1 : largest >= 9.995f ? 2 : largest >= 0.9995f ? 3 : 4;
    if (value != 0 && std::abs(value) < 0.5f * std::pow(10.0f, float(-decimals)) && largest < 0.001f)
        return QString::number(double(value), 'e', 1);
    return QString::number(double(value), 'f', decimals).replace('-', QChar(0x2212));
}

int likelyQuery(const LayerAttention& layer, int head)
{
    if (layer.site.kind == AttentionKind::Decoder || std::size_t(head) >= layer.summaries.size())
        return int(layer.queries) - 1;
    return int(layer.summaries[std::size_t(head)].statistics().largestQuery);
}

StepsData::StepsData(const Scene& scene)
    : result(scene.result)
{
    if (!result || !result->trace)
        return;
    const auto recorded = layerOf(*result, scene.selection);
    layer = result->trace->computation(scene.selection.site());
    if (!layer && scene.computation && scene.computation->site == scene.selection.site())
        layer = scene.computation;
    if (!recorded || !layer || recorded->queries == 0)
        return;
    queryAxis = TokenAxis::queries(*result, *recorded);
    keyAxis = TokenAxis::keys(*result, *recorded);
    head = std::clamp(scene.selection.head(), 0, layer->heads - 1);
    otherHeads = int(scene.selection.heads.size()) - 1;
    joinsWords = scene.display.joinWords && keyAxis.words();
    byItself = !scene.selection.query();
    query = std::clamp(
        scene.selection.query().value_or(likelyQuery(*recorded, head)), 0, int(recorded->queries) - 1);
    told = layer->steps(head, query);
    for (const Stage& stage : told.stages) {
        if (steps.empty() || steps.back().id != stage.step)
            steps.push_back({ stage.step, QString::fromStdString(stage.stepTitle), {} });
        steps.back().stages.push_back(&stage);
    }
    orderKeys(scene);
    measure();
    setKey(scene);
    setProgress(scene);
}

void StepsData::orderKeys(const Scene& scene)
{
    const auto places = std::int64_t(told.keys.size());
    for (std::int64_t place = 0; place < places; ++place)
        if (keyAxis.hidden(int(told.keys[std::size_t(place)]), scene.display))
            ++hiddenKeys;
        else
            order.push_back(place);
    const Stage* weight = stage(stages::weight);
    sorted = scene.options.value(QStringLiteral("order")).toString() == QLatin1String("weight");
    if (sorted && weight)
        std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
            return weight->numbers[std::size_t(a)] > weight->numbers[std::size_t(b)];
        });
}

void StepsData::measure()
{
    const auto places = std::int64_t(told.keys.size());
    if (const Stage* weight = stage(stages::weight))
        largestWeight = largestOf(weight->numbers);
    if (const Stage* q = stage(stages::query))
        queryTop = largestOf(q->numbers);
    if (const Stage* k = stage(stages::key))
        keyTop = largestVector(*k, places);
    if (const Stage* v = stage(stages::value))
        valueTop = largestVector(*v, places);
}

void StepsData::setKey(const Scene& scene)
{
    chosenRow = -1;
    chosenPlace = -1;
    const Stage* weight = stage(stages::weight);
    float best = -1;
    for (std::size_t row = 0; row < order.size(); ++row) {
        const std::int64_t place = order[row];
        const float own = weight ? weight->numbers[std::size_t(place)] : 0.0f;
        const bool chosen = scene.selection.key && *scene.selection.key == told.keys[std::size_t(place)];
        if (!chosen && own <= best)
            continue;
        best = chosen ? 2.0f : own;
        chosenRow = int(row);
        chosenPlace = place;
    }
}

void StepsData::setProgress(const Scene& scene)
{
    const std::string wanted = scene.options.value(QStringLiteral("step")).toString().toStdString();
    current = -1;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].id == wanted)
            current = int(i);
    half = scene.options.value(QStringLiteral("row"), -1).toInt();
    if (current < 0)
        half = -1;
    else
        half = std::min(half, halves() - 1);
}

int StepsData::stepOf(const Stage& stage) const
{
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].id == stage.step)
            return int(i);
    return -1;
}

bool StepsData::stepsThroughKeys() const
{
    if (current < 0)
        return false;
    const Step& step = steps[std::size_t(current)];
    return step.id == "sum"
        || std::ranges::any_of(step.stages, [](const Stage* s) { return s->holds != Stage::Holds::Vector; });
}

int StepsData::halves() const
{
    if (current < 0)
        return 0;
    if (stepsThroughKeys())
        return int(order.size());
    return int(steps[std::size_t(current)].stages.back()->width);
}

std::optional<float> StepsData::number(const StepCell& cell) const
{
    const Stage* of = stage(cell.stage);
    if (!of)
        return std::nullopt;
    const bool perKey = of->holds != Stage::Holds::Vector;
    if (perKey && (cell.place < 0 || cell.place >= std::int64_t(told.keys.size())))
        return std::nullopt;
    if (of->holds == Stage::Holds::Numbers)
        return of->numbers[std::size_t(cell.place)];
    if (cell.component < 0 || cell.component >= of->width)
        return std::nullopt;
    return perKey ? of->vectorOf(cell.place)[std::size_t(cell.component)]
                  : of->numbers[std::size_t(cell.component)];
}

std::optional<Arithmetic> StepsData::explain(const StepCell& cell) const
{
    const Stage* of = stage(cell.stage);
    const auto value = number(cell);
    if (!of || !value)
        return std::nullopt;
    if (of->explain)
        return of->explain(cell.place, cell.component);
    Arithmetic plain;
    plain.formula = of->formula;
    plain.result = *value;
    plain.substituted = exact(*value).toStdString();
    plain.note = tr("The run does not tell the sum behind this number.").toStdString();
    return plain;
}

QString StepsData::cellTitle(const StepCell& cell) const
{
    const Stage* of = stage(cell.stage);
    if (!of)
        return {};
    const QString title = QString::fromStdString(of->id == stages::bias ? of->formula : of->title);
    const QString asking = quoted(queryAxis, queryName());
    const QString key = of->holds == Stage::Holds::Vector ? QString() : quoted(keyAxis, keyName(cell.place));
    switch (of->holds) {
    case Stage::Holds::Numbers:
        return tr("%1 of %2 and %3").arg(title, asking, key);
    case Stage::Holds::KeyVectors:
        return tr("%1: %2, number %3").arg(title, key, QString::number(cell.component));
    case Stage::Holds::Vector:
        break;
    }
    return tr("%1 of %2, number %3").arg(title, asking, QString::number(cell.component));
}

QString StepsData::cellLine(const StepCell& cell) const
{
    const auto arithmetic = explain(cell);
    if (!arithmetic)
        return {};
    QStringList parts;
    for (std::size_t i = 0; i < std::min(lineTerms, arithmetic->terms.size()); ++i)
        parts.push_back(termText(arithmetic->terms[i]));
    if (arithmetic->terms.size() > lineTerms)
        parts.push_back(QStringLiteral("…"));
    if (arithmetic->added)
        parts.push_back(exact(*arithmetic->added));
    const QString sum =
        parts.isEmpty() ? QString::fromStdString(arithmetic->substituted) : parts.join(QStringLiteral(" + "));
    return QStringLiteral("%1 = %2 = %3").arg(cellTitle(cell), sum, exact(arithmetic->result));
}

std::optional<StepCell> StepsData::halfCell() const
{
    if (half < 0 || current < 0)
        return std::nullopt;
    const Stage& last = *steps[std::size_t(current)].stages.back();
    if (!stepsThroughKeys())
        return StepCell{ last.id, 0, half };
    if (last.holds == Stage::Holds::Vector)
        return std::nullopt;
    return StepCell{ last.id, order[std::size_t(half)], 0 };
}

QString StepsData::progressText() const
{
    if (current < 0)
        return tr("Every number here is the model's own; click any cell for the sum behind it.");
    const QString step = tr("Step %1 of %2: %3.")
                             .arg(QString::number(current + 1), QString::number(steps.size()),
                                 steps[std::size_t(current)].title);
    if (const auto cell = halfCell())
        return step + ' ' + cellLine(*cell);
    if (half >= 0)
        return step + ' ' + tr("The sum over the first %1 of %2 keys.").arg(half + 1).arg(order.size());
    return step;
}

StepPlace stepped(const StepsData& data, int by)
{
    return { std::clamp(data.current + by, -1, int(data.steps.size()) - 1), -1 };
}

StepPlace halfStepped(const StepsData& data, int by)
{
    const int current = data.current, half = data.half;
    const bool last = current + 1 >= int(data.steps.size());
    if (by > 0 && current >= 0 && half + 1 < data.halves())
        return { current, half + 1 };
    if (by > 0)
        return last ? StepPlace{ current, half } : StepPlace{ current + 1, 0 };
    if (current >= 0 && half > 0)
        return { current, half - 1 };
    if (current >= 0 && half < 0)
        return { current, std::max(0, data.halves() - 2) };
    return { std::max(-1, current - 1), -1 };
}

QString arithmeticText(const QString& title, const Arithmetic& a)
{
    QStringList lines{ title, QString::fromStdString(a.formula) };
    if (!a.substituted.empty())
        lines.push_back(QString::fromStdString(a.substituted));
    for (std::size_t i = 0; i < a.terms.size(); ++i) {
        const Arithmetic::Term& term = a.terms[i];
        lines.push_back(QStringLiteral("%1\t%2\t%3\t%4")
                            .arg(i)
                            .arg(exact(term.left), term.right ? exact(*term.right) : QString(),
                                exact(term.left * term.right.value_or(1.0f))));
    }
    if (a.added)
        lines.push_back(QStringLiteral("+ b\t%1").arg(exact(*a.added)));
    lines.push_back(QStringLiteral("= %1").arg(exact(a.result)));
    if (!a.note.empty())
        lines.push_back(QString::fromStdString(a.note));
    return lines.join('\n');
}

Heading StepsData::heading(const Scene& scene) const
{
    const QString key = chosenPlace < 0 ? QString() : keyName(chosenPlace);
    Scene one = scene;
    one.selection.heads = { head };
    QStringList chips{ headTitle(one) };
    if (otherHeads > 0)
        chips.push_back(tr("first of %1 heads").arg(otherHeads + 1));
    return { titleOf(scene,
                 tr("How %1 came to look at %2").arg(quoted(queryAxis, queryName()), quoted(keyAxis, key))),
        chips };
}

QStringList StepsData::remarks() const
{
    QStringList all;
    if (const Stage* weight = stage(stages::weight);
        weight && std::ranges::none_of(weight->numbers, [](float w) { return w > 0; }))
        all.push_back(tr("This query sees no key: all its weights are 0."));
    if (layer->keyHeads < layer->heads) {
        const int group = layer->heads / layer->keyHeads, first = head / group * group;
        all.push_back(tr("Heads %1 to %2 share these keys and values.").arg(first).arg(first + group - 1));
    }
    if (byItself)
        all.push_back(tr("No query is chosen: %1 is shown.").arg(queryName()));
    if (joinsWords)
        all.push_back(tr("The steps are those of pieces; words are joined only afterwards."));
    if (hiddenKeys > 0)
        all.push_back(tr("%1 special tokens are hidden; the softmax counts them.").arg(hiddenKeys));
    for (const std::string& note : told.notes)
        all.push_back(QCoreApplication::translate("Steps", note.c_str()));
    return all;
}

} // namespace headlight::ui
