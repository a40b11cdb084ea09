#include "core/trace/layer_computation.h"

#include <fmt/format.h>

namespace headlight {
namespace {

/// The query vector's or a key's stages before the mechanism, and what explains the mechanism's own first
/// ones.
class Composer {
public:
    Composer(const LayerComputation& layer, int head, std::int64_t query)
        : m_layer(layer)
        , m_head(head)
        , m_query(query)
        , m_row(layer.attention->rowOf(query))
        , m_steps(layer.attention->steps(head, query))
    {
    }
    AttentionSteps steps()
    {
        explainProjections();
        if (!m_layer.rotation.empty())
            addRotation();
        addOutput();
        addSum();
        return std::move(m_steps);
    }

private:
    Stage* find(std::string_view id)
    {
        for (Stage& stage : m_steps.stages)
            if (stage.id == id)
                return &stage;
        return nullptr;
    }
    std::int64_t keyRow(std::int64_t place) const
    {
        return m_layer.attention->rowOf(m_steps.keys[std::size_t(place)]);
    }

    /// q, k and v as sums over the layer's input, where the run told which map made them.
    void explainProjections()
    {
        constexpr std::array<std::string_view, 3> ids{ stages::query, stages::key, stages::value };
        constexpr std::array<std::string_view, 3> letters{ "q", "k", "v" };
        bool told = true;
        if (!m_layer.attention->usesLayerMaps(m_query))
            return;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            Stage* stage = find(ids[i]);
            if (stage == nullptr)
                continue;
            told = told && !m_layer.projections[i].map.empty();
            if (m_layer.projections[i].map.empty() || (i < 2 && !m_layer.rotation.empty()))
                continue;
            const std::int64_t offset = (i == 0 ? m_head : m_layer.keyHead(m_head)) * stage->width;
            stage->explain = projected(
                m_layer.projections[i], letters[i], i == 0, offset, stage->vectorOf, stage->numbers);
        }
        if (!told)
            m_steps.notes.emplace_back("How this family makes its queries, keys or values is not one map of "
                                       "the layer's input, so they are "
                                       "shown without the sum behind them.");
    }
    std::function<Arithmetic(std::int64_t, std::int64_t)> projected(const ProjectionRecord& record,
        std::string_view letter, bool ofQuery, std::int64_t offset,
        std::function<std::span<const float>(std::int64_t)> vectorOf, std::vector<float> numbers) const
    {
        std::vector<std::int64_t> rows;
        for (std::size_t place = 0; place < m_steps.keys.size() && !ofQuery; ++place)
            rows.push_back(keyRow(std::int64_t(place)));
        return [record, letter = std::string(letter), ofQuery, offset, vectorOf = std::move(vectorOf),
                   numbers = std::move(numbers), rows = std::move(rows),
                   queryRow = m_row](std::int64_t place, std::int64_t component) {
            const float result =
                ofQuery ? numbers[std::size_t(component)] : vectorOf(place)[std::size_t(component)];
            return record.explain(
                letter, ofQuery ? queryRow : rows[std::size_t(place)], offset + component, result);
        };
    }

    /// The vectors before they turned stand first; the mechanism's own become the turned ones.
    void addRotation()
    {
        Stage* turnedQuery = find(stages::query);
        Stage* turnedKey = find(stages::key);
        if (turnedQuery == nullptr || turnedKey == nullptr)
            return;
        const RotationRecord& rotation = m_layer.rotation;
        const std::int64_t width = turnedQuery->width;
        const std::int64_t queryOffset = m_head * width, keyOffset = m_layer.keyHead(m_head) * width;
        std::vector<std::int64_t> rows;
        for (std::size_t place = 0; place < m_steps.keys.size(); ++place)
            rows.push_back(keyRow(std::int64_t(place)));
        Stage query = *turnedQuery, key = *turnedKey;
        query.id = stages::queryBefore;
        key.id = stages::keyBefore;
        query.title = "query, unturned";
        key.title = "keys, unturned";
        const auto before = rotation.query.row(m_row).subspan(std::size_t(queryOffset), std::size_t(width));
        query.numbers.assign(before.begin(), before.end());
        key.vectorOf = [all = rotation.key, rows, keyOffset, width](std::int64_t place) {
            return all.row(rows[std::size_t(place)]).subspan(std::size_t(keyOffset), std::size_t(width));
        };
        query.explain = m_layer.projections[0].map.empty()
            ? nullptr
            : projected(m_layer.projections[0], "q", true, queryOffset, {}, query.numbers);
        key.explain = m_layer.projections[1].map.empty()
            ? nullptr
            : projected(m_layer.projections[1], "k", false, keyOffset, key.vectorOf, {});
        turnedQuery->explain = [rotation, row = m_row, queryOffset, numbers = turnedQuery->numbers](
                                   std::int64_t, std::int64_t c) {
            return rotation.explain(rotation.query, row, queryOffset, c, numbers[std::size_t(c)]);
        };
        turnedKey->explain = [rotation, rows, keyOffset, vectorOf = turnedKey->vectorOf](
                                 std::int64_t place, std::int64_t c) {
            return rotation.explain(
                rotation.key, rows[std::size_t(place)], keyOffset, c, vectorOf(place)[std::size_t(c)]);
        };
        for (Stage* turned : { turnedQuery, turnedKey }) {
            turned->step = "rotation";
            turned->stepTitle = "turn by position";
            turned->formula = "x cos θ ∓ x′ sin θ";
        }
        // The value stands with the unturned vectors: one step makes all three.
        const auto value = std::find_if(m_steps.stages.begin(), m_steps.stages.end(),
            [](const Stage& s) { return s.id == stages::value; });
        std::vector<Stage> first{ std::move(query), std::move(key) };
        if (value != m_steps.stages.end()) {
            first.push_back(*value);
            m_steps.stages.erase(value);
        }
        m_steps.stages.insert(m_steps.stages.begin(), std::make_move_iterator(first.begin()),
            std::make_move_iterator(first.end()));
    }

    static Stage vectorStage(
        std::string_view id, std::string title, std::string formula, std::span<const float> numbers)
    {
        Stage stage;
        stage.id = id;
        stage.title = std::move(title);
        stage.formula = std::move(formula);
        stage.holds = Stage::Holds::Vector;
        stage.numbers.assign(numbers.begin(), numbers.end());
        stage.width = std::int64_t(numbers.size());
        return stage;
    }
    void add(Stage stage, const char* step, const char* title)
    {
        stage.step = step;
        stage.stepTitle = title;
        m_steps.stages.push_back(std::move(stage));
    }

    void addOutput()
    {
        constexpr const char *id = "output", *title = "concatenate heads · W_O";
        Stage heads = vectorStage(stages::heads, "all heads", "context of head 0, head 1 …, side by side",
            m_layer.context.row(m_row));
        heads.explain = [numbers = heads.numbers, count = m_layer.heads](std::int64_t, std::int64_t c) {
            const std::int64_t size = std::int64_t(numbers.size()) / count;
            Arithmetic a;
            a.formula = "the contexts of all heads side by side";
            a.substituted = fmt::format("number {} of head {}", c % size, c / size);
            a.result = numbers[std::size_t(c)];
            return a;
        };
        add(std::move(heads), id, title);
        if (m_layer.output.empty()) {
            m_steps.notes.emplace_back("This family's layers do not tell the map after the heads (W_O).");
            return;
        }
        Stage output =
            vectorStage(stages::output, "after W_O", "Σ context × W_O + b", m_layer.outcome.row(m_row));
        output.explain = [map = m_layer.output, row = m_row, numbers = output.numbers](
                             std::int64_t, std::int64_t c) {
            Arithmetic a = map.explain(row, c);
            a.formula = a.added ? "Σ contextᵢ × W_Oᵢ + b" : "Σ contextᵢ × W_Oᵢ";
            a.result = numbers[std::size_t(c)];
            return a;
        };
        add(std::move(output), id, title);
    }

    void addSum()
    {
        if (m_layer.output.empty())
            return;
        if (m_layer.sum.empty()) {
            m_steps.notes.emplace_back("This family's layers do not tell what the outcome is added to.");
            return;
        }
        constexpr const char *id = "residual", *title = "+ residual";
        std::int64_t row = m_row;
        std::span<const float> outcome = m_layer.outcome.row(m_row);
        for (std::size_t i = 0; i < m_layer.between.size(); ++i) {
            const BetweenRecord& between = m_layer.between[i];
            if (!between.order.empty()) {
                const auto found = std::find(between.order.begin(), between.order.end(), row);
                if (found == between.order.end()) {
                    m_steps.notes.emplace_back("This cell lies beyond the picture: what its query brought "
                                               "together is added nowhere.");
                    return;
                }
                row = found - between.order.begin();
            }
            const std::span<const float> now = between.result.row(row);
            const bool same = std::ranges::equal(now, outcome);
            Stage stage = vectorStage(fmt::format("between-{}", i), between.name, between.name, now);
            stage.explain = changed(between.name, stage.numbers, { outcome.begin(), outcome.end() });
            outcome = now;
            if (!same) // rows put back in order change no number
                add(std::move(stage), id, title);
        }
        Stage residual = vectorStage(
            stages::residual, "residual", "what the outcome is added to", m_layer.residual.row(row));
        residual.explain = [numbers = residual.numbers](std::int64_t, std::int64_t c) {
            Arithmetic a;
            a.formula = "the state that went around the attention";
            a.result = numbers[std::size_t(c)];
            a.substituted = fmt::format("{:.6g}", a.result);
            return a;
        };
        std::vector<std::vector<float>> parts{ residual.numbers, { outcome.begin(), outcome.end() } };
        add(std::move(residual), id, title);
        std::string formula = "residual + outcome";
        if (!m_layer.beside.empty()) {
            Stage beside = vectorStage(
                "beside", "feed-forward", "of the same layer, added at once", m_layer.beside.row(row));
            parts.push_back(beside.numbers);
            formula += " + feed-forward";
            add(std::move(beside), id, title);
        }
        Stage sum = vectorStage(stages::sum, "sum", formula, m_layer.sum.row(row));
        sum.explain = [parts, formula, numbers = sum.numbers](std::int64_t, std::int64_t c) {
            Arithmetic a;
            a.formula = formula;
            for (const std::vector<float>& part : parts)
                a.terms.push_back({ part[std::size_t(c)], {} });
            a.result = numbers[std::size_t(c)];
            return a;
        };
        add(std::move(sum), id, title);
    }
    static std::function<Arithmetic(std::int64_t, std::int64_t)> changed(
        const std::string& name, std::vector<float> now, std::vector<float> before)
    {
        return [name, now = std::move(now), before = std::move(before)](std::int64_t, std::int64_t c) {
            Arithmetic a;
            a.formula = name;
            a.substituted = fmt::format("{} of {:.6g}", name, before[std::size_t(c)]);
            a.result = now[std::size_t(c)];
            return a;
        };
    }

    const LayerComputation& m_layer;
    int m_head;
    std::int64_t m_query, m_row;
    AttentionSteps m_steps;
};

std::string join(const std::vector<std::string>& names)
{
    std::string joined;
    for (const std::string& name : names)
        joined += (joined.empty() ? "" : ", ") + name;
    return joined;
}

} // namespace

Arithmetic MapRecord::explain(std::int64_t row, std::int64_t column) const
{
    Arithmetic a;
    const std::span<const float> x = input.row(row);
    const std::int64_t in = std::int64_t(x.size());
    std::vector<float> w;
    if (transposed) {
        const Tensor all = weight.toFloat();
        for (std::int64_t i = 0; i < in; ++i)
            w.push_back(all.row(i)[std::size_t(column)]);
    } else {
        const Tensor one = weight.slice(column, column + 1).toFloat();
        w.assign(one.floats().begin(), one.floats().end());
    }
    for (std::size_t i = 0; i < w.size(); ++i)
        a.terms.push_back({ x[i], w[i] });
    if (!bias.empty())
        a.added = bias.toFloat().at(column);
    a.note = name;
    return a;
}

Arithmetic ProjectionRecord::explain(
    std::string_view letter, std::int64_t row, std::int64_t column, float result) const
{
    Arithmetic a = map.explain(row, columns.empty() ? column : columns[std::size_t(column)]);
    const std::string upper(1, char(std::toupper(letter.front())));
    a.formula = fmt::format("{} = {}Σ xᵢ × W_{}ᵢ{}{}", letter, norms.empty() ? "" : "norm(", upper,
        a.added ? " + b" : "", norms.empty() ? "" : ")");
    if (!norms.empty())
        a.note += fmt::format("; then the {}, over all numbers of the head", join(norms));
    a.result = result;
    return a;
}

Arithmetic RotationRecord::explain(
    const Tensor& before, std::int64_t row, std::int64_t offset, std::int64_t column, float result) const
{
    const std::int64_t pairs = cosines.shape().columns();
    const std::span<const float> x = before.row(row);
    Arithmetic a;
    a.result = result;
    if (column >= 2 * pairs) {
        a.formula = "numbers beyond the turned ones pass as they are";
        a.substituted = fmt::format("{:.6g}", x[std::size_t(offset + column)]);
        return a;
    }
    const std::int64_t pair = neighbours ? column / 2 : column % pairs;
    const bool first = neighbours ? column % 2 == 0 : column < pairs;
    const std::int64_t other =
        neighbours ? (first ? column + 1 : column - 1) : (first ? column + pairs : column - pairs);
    const float c = cosines.row(row)[std::size_t(pair)], s = sines.row(row)[std::size_t(pair)];
    a.formula = first ? "x cos θ − x′ sin θ" : "x cos θ + x′ sin θ";
    a.terms = { { x[std::size_t(offset + column)], c }, { x[std::size_t(offset + other)], first ? -s : s } };
    a.note = fmt::format("pair {}: numbers {} and {} of the head turn together by the angle of position {}",
        pair, column, other, row);
    return a;
}

AttentionSteps LayerComputation::steps(int head, std::int64_t query) const
{
    return Composer(*this, head, query).steps();
}

std::size_t LayerComputation::bytes() const
{
    std::size_t total = attention->bytes();
    for (const Tensor* tensor :
        { &rotation.query, &rotation.key, &context, &outcome, &residual, &sum, &beside })
        total += tensor->empty() ? 0 : tensor->bytes();
    std::set<const std::byte*> inputs;
    for (const ProjectionRecord& projection : projections)
        if (!projection.map.empty() && inputs.insert(projection.map.input.data()).second)
            total += projection.map.input.bytes();
    for (const BetweenRecord& one : between)
        total += one.result.bytes();
    return total;
}

} // namespace headlight
