// Everything is made again from q, k and v row by row, so a layer costs what it kept and not a map; weights
// and context are the recorded ones.

#include "core/attention/softmax_dot_steps.h"

#include "core/attention/tile.h"
#include "core/attention/window_global_source.h"
#include "core/tensor/matmul.h"

#include <numeric>

namespace headlight {
namespace {

constexpr float masked = -std::numeric_limits<float>::infinity();
using Holds = Stage::Holds;

std::string text(float value)
{
    return std::isinf(value) ? (value < 0 ? "−∞" : "∞") : fmt::format("{:.6g}", value);
}

/// Builds the stages of a row; what explains them shares `m_row`.
class RowSteps {
public:
    explicit RowSteps(DotRow row)
        : m_row(std::make_shared<const DotRow>(std::move(row)))
        , m_tile(headTile(*m_row->inputs, m_row->sequence, m_row->head))
        , m_keys(std::int64_t(m_row->keys.size()))
    {
    }
    AttentionSteps steps()
    {
        m_steps.keys = m_row->keys;
        addVectors();
        addProducts();
        if (m_row->inputs->scale != 1.0f)
            addScale();
        else
            m_steps.notes.emplace_back("This model does not scale its scores.");
        if (m_row->inputs->bias != nullptr)
            addBias();
        if (m_row->inputs->softCap > 0.0f)
            addCap();
        addMask();
        addSoftmax();
        addContext();
        return std::move(m_steps);
    }

private:
    const AttentionInputs& in() const { return *m_row->inputs; }
    Stage& add(
        std::string_view id, std::string title, std::string formula, const char* step, std::string stepTitle)
    {
        Stage stage;
        stage.id = id;
        stage.title = std::move(title);
        stage.formula = std::move(formula);
        stage.step = step;
        stage.stepTitle = std::move(stepTitle);
        return m_steps.stages.emplace_back(std::move(stage));
    }
    /// Row `key` of k or v, the columns of this head.
    static std::span<const float> keyVector(const DotRow& row, const Tensor& all, std::int64_t key)
    {
        const AttentionInputs& in = *row.inputs;
        const std::int64_t size = all.shape().columns() / in.keyHeadCount();
        return all.row(in.keyBegins[std::size_t(row.sequence)] + key)
            .subspan(std::size_t(in.keyHead(row.head) * size), std::size_t(size));
    }

    void addVectors()
    {
        constexpr const char *step = "vectors", *title = "query · key · value";
        Stage& query = add(stages::query, "query", "q", step, title);
        query.holds = Holds::Vector;
        const float* q = m_tile.q + m_row->query * m_tile.queryStride;
        query.numbers.assign(q, q + m_tile.size);
        query.width = m_tile.size;
        Stage& key = add(stages::key, "keys", "k", step, title);
        key.holds = Holds::KeyVectors;
        key.width = m_tile.size;
        key.vectorOf = [row = m_row](
                           std::int64_t place) { return keyVector(*row, row->inputs->k.value(), place); };
        Stage& value = add(stages::value, "values", "v", step, title);
        value.holds = Holds::KeyVectors;
        value.width = in().v.shape().columns() / in().keyHeadCount();
        value.vectorOf = [row = m_row](
                             std::int64_t place) { return keyVector(*row, row->inputs->v.value(), place); };
    }

    std::vector<float> products(float factor) const
    {
        std::vector<float> out(static_cast<std::size_t>(m_keys));
        multiply({ 1, m_keys, m_tile.size, factor },
            { m_tile.q + m_row->query * m_tile.queryStride, m_tile.queryStride },
            { m_tile.k, m_tile.keyStride, Transpose::Yes }, out.data(), m_keys);
        return out;
    }
    void addProducts()
    {
        Stage& stage = add(stages::product, "q·k", "Σ qᵢ × kᵢ", "score", "score q·k");
        stage.numbers = products(1.0f);
        const Stage& query = m_steps.stages.front();
        stage.explain = [row = m_row, q = query.numbers, numbers = stage.numbers](
                            std::int64_t place, std::int64_t) {
            Arithmetic a;
            a.formula = "q·k = Σ qᵢ × kᵢ";
            const std::span<const float> k = keyVector(*row, row->inputs->k.value(), place);
            for (std::size_t i = 0; i < q.size(); ++i)
                a.terms.push_back({ q[i], k[i] });
            a.result = numbers[std::size_t(place)];
            return a;
        };
        m_scores = stage.numbers;
    }

    void addScale()
    {
        const float scale = in().scale, usual = 1.0f / std::sqrt(float(m_tile.size));
        const bool root = std::abs(scale - usual) <= 1e-6f * usual;
        const std::string title = root ? fmt::format("÷ √{}", m_tile.size) : fmt::format("× {:.5g}", scale);
        const std::string factor =
            root ? fmt::format("÷ {:.6g}", std::sqrt(double(m_tile.size))) : fmt::format("× {:.6g}", scale);
        Stage& stage = add(stages::scaled, title, "score " + title, "scale", "scale " + title);
        stage.numbers = products(scale);
        stage.explain = [before = m_scores, numbers = stage.numbers, title, factor](
                            std::int64_t place, std::int64_t) {
            Arithmetic a;
            a.formula = "q·k " + title;
            a.substituted = fmt::format("{} {}", text(before[std::size_t(place)]), factor);
            a.result = numbers[std::size_t(place)];
            return a;
        };
        m_scores = stage.numbers;
    }

    void addBias()
    {
        const std::string name(in().bias->name());
        std::vector<float> amounts(std::size_t(m_keys), 0.0f);
        in().bias->add(m_tile.place, { m_row->query, m_row->query + 1, 0, m_keys }, amounts.data());
        Stage& amount = add(stages::bias, "+ bias", name, "bias", "+ " + name);
        amount.numbers = amounts;
        amount.explain = [row = m_row, place_ = m_tile.place, numbers = amounts, name](
                             std::int64_t place, std::int64_t) {
            Arithmetic a = row->inputs->bias->explain(place_, row->query, place);
            if (a.formula.empty())
                a.formula = name;
            a.result = numbers[std::size_t(place)];
            if (a.terms.empty() && a.substituted.empty())
                a.substituted = text(a.result);
            return a;
        };
        Stage& sum = add(stages::biased, "= score", "score + " + name, "bias", "+ " + name);
        for (std::int64_t i = 0; i < m_keys; ++i)
            sum.numbers.push_back(m_scores[std::size_t(i)] + amounts[std::size_t(i)]);
        sum.explain = [before = m_scores, amounts, numbers = sum.numbers, name](
                          std::int64_t place, std::int64_t) {
            Arithmetic a;
            a.formula = "score + " + name;
            a.terms = { { before[std::size_t(place)], {} }, { amounts[std::size_t(place)], {} } };
            a.result = numbers[std::size_t(place)];
            return a;
        };
        m_scores = sum.numbers;
    }

    void addCap()
    {
        const float cap = in().softCap;
        Stage& stage = add(stages::capped, fmt::format("cap {:.4g}", cap), "c × tanh(score ÷ c)", "cap",
            fmt::format("soft cap {:.4g}", cap));
        for (const float score : m_scores)
            stage.numbers.push_back(cap * std::tanh(score / cap));
        stage.explain = [cap, before = m_scores, numbers = stage.numbers](std::int64_t place, std::int64_t) {
            Arithmetic a;
            a.formula = "c × tanh(score ÷ c)";
            a.substituted =
                fmt::format("{0:.5g} × tanh({1} ÷ {0:.5g})", cap, text(before[std::size_t(place)]));
            a.result = numbers[std::size_t(place)];
            return a;
        };
        m_scores = stage.numbers;
    }

    /// Why a key is not seen; empty: it is.
    std::string hidden(std::int64_t key) const
    {
        const KeyRange range = m_tile.range(m_row->query, m_row->query + 1);
        if (key < range.first || key >= range.last)
            return fmt::format(
                "this query may see keys {} to {} ({})", range.first, range.last - 1, in().span->name());
        if (!m_tile.keyMask.empty() && m_tile.keyMask[std::size_t(key)] == 0)
            return "the key is padding";
        return m_row->visible && !m_row->visible(key) ? m_row->hiddenBecause : std::string();
    }
    /// Left out where nothing can be hidden.
    void addMask()
    {
        std::vector<std::string> reasons;
        bool any = in().span->name() != globalSpan()->name() || m_row->visible;
        for (std::int64_t key = 0; key < m_keys; ++key) {
            reasons.push_back(hidden(key));
            any = any || !reasons.back().empty();
        }
        if (!any)
            return;
        std::vector<float> before = m_scores;
        for (std::int64_t key = 0; key < m_keys; ++key)
            if (!reasons[std::size_t(key)].empty())
                m_scores[std::size_t(key)] = masked;
        Stage& stage = add(stages::masked, "mask", "−∞ where hidden", "mask", "mask");
        stage.numbers = m_scores;
        stage.explain = [reasons = std::move(reasons), before = std::move(before)](
                            std::int64_t place, std::int64_t) {
            Arithmetic a;
            const std::string& reason = reasons[std::size_t(place)];
            a.formula = reason.empty() ? "the key may be seen: its score stays"
                                       : "hidden: the score becomes −∞, its weight 0";
            a.substituted = reason.empty() ? text(before[std::size_t(place)])
                                           : text(before[std::size_t(place)]) + " → −∞";
            a.note = reason;
            a.result = reason.empty() ? before[std::size_t(place)] : masked;
            return a;
        };
    }

    void addSoftmax()
    {
        std::optional<float> sink;
        if (!in().sinks.empty())
            sink = in().sinks.value().at(m_row->head);
        const std::string formula = sink ? "e^(score − max) ÷ (Σ e^(score − max) + e^(sink − max))"
                                         : "e^(score − max) ÷ Σ e^(score − max)";
        Stage& stage = add(stages::weight, "softmax → weight", formula, "softmax", "softmax");
        stage.numbers = m_row->weights;
        if (sink)
            addSinkNote(*sink);
        stage.explain = [scores = m_scores, numbers = stage.numbers, sink, formula](std::int64_t place, std::int64_t) {
            Arithmetic a;
            a.result = numbers[std::size_t(place)];
            a.formula = formula;
            float largest = *std::max_element(scores.begin(), scores.end());
            if (largest == masked) {
                a.substituted = "every key is hidden: all weights are 0";
                return a;
            }
            largest = sink ? std::max(largest, *sink) : largest;
            double sum = sink ? std::exp(double(*sink) - double(largest)) : 0.0;
            for (const float score : scores)
                sum += std::exp(double(score) - double(largest));
            const double own = std::exp(double(scores[std::size_t(place)]) - double(largest));
            a.substituted = fmt::format("e^({} − {}) ÷ {:.6g} = {:.6g} ÷ {:.6g}",
                text(scores[std::size_t(place)]), text(largest), sum, own, sum);
            a.note = fmt::format(
                "max = {}, taken from every score so that nothing overflows; Σ runs over all {} keys{}",
                text(largest), scores.size(), sink ? fmt::format(" and the sink, {}", text(*sink)) : "");
            return a;
        };
    }

    void addSinkNote(float sink)
    {
        const double kept = std::accumulate(m_row->weights.begin(), m_row->weights.end(), 0.0);
        m_steps.notes.push_back(fmt::format("The head's sink, a score of {} that is no key, takes {:.3g} % of the row.",
            text(sink), 100.0 * std::max(0.0, 1.0 - kept)));
    }

    void addContext()
    {
        Stage& stage = add(stages::context, "context", "Σ weight × value", "sum", "× value, sum");
        stage.holds = Holds::Vector;
        stage.numbers = m_row->context;
        stage.width = std::int64_t(stage.numbers.size());
        stage.explain = [row = m_row](std::int64_t, std::int64_t component) {
            Arithmetic a;
            a.formula = "Σ weightⱼ × vⱼ, over the keys";
            for (std::size_t key = 0; key < row->keys.size(); ++key)
                a.terms.push_back({ row->weights[key],
                    keyVector(*row, row->inputs->v.value(), std::int64_t(key))[std::size_t(component)] });
            a.result = row->context[std::size_t(component)];
            return a;
        };
    }

    std::shared_ptr<const DotRow> m_row;
    HeadTile m_tile;
    std::int64_t m_keys;
    std::vector<float> m_scores; ///< as far as they are made
    AttentionSteps m_steps;
};

/// Without the tape the Vars may have stood on.
AttentionInputs constants(AttentionInputs in)
{
    in.q = Var(in.q.value());
    in.k = Var(in.k.value());
    in.v = Var(in.v.value());
    in.sinks = Var(in.sinks.value());
    return in;
}

std::size_t bytesOf(const AttentionInputs& in)
{
    return in.q.value().bytes() + in.k.value().bytes() + in.v.value().bytes();
}

/// The recorded weights of a row, at the given columns of the map.
std::vector<float> recorded(const WeightSource& source, int head, std::int64_t query,
    std::span<const std::int64_t> keys, std::int64_t columns)
{
    std::vector<float> row(static_cast<std::size_t>(columns)), weights;
    source.weights(head, { query, query + 1, 0, columns }, row);
    for (const std::int64_t key : keys)
        weights.push_back(row[std::size_t(key)]);
    return weights;
}

std::vector<float> contextOf(const Tensor& context, std::int64_t row, int head, int heads)
{
    const std::int64_t size = context.shape().columns() / heads;
    const std::span<const float> part = context.row(row).subspan(std::size_t(head * size), std::size_t(size));
    return { part.begin(), part.end() };
}

std::vector<std::int64_t> countingKeys(std::int64_t count)
{
    std::vector<std::int64_t> keys(static_cast<std::size_t>(count));
    std::iota(keys.begin(), keys.end(), 0);
    return keys;
}

class DotSource final : public StepSource {
public:
    DotSource(const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context)
        : m_inputs(std::make_shared<const AttentionInputs>(constants(inputs)))
        , m_weights(std::move(weights))
        , m_context(std::move(context))
    {
        if (inputs.windows == nullptr)
            return;
        m_places.resize(std::size_t(inputs.queryBegins.back()));
        for (std::size_t w = 0; w < inputs.windows->tokens.size(); ++w)
            for (std::size_t i = 0; i < inputs.windows->tokens[w].size(); ++i)
                m_places[std::size_t(inputs.windows->tokens[w][i])] = { std::int64_t(w), std::int64_t(i) };
    }
    AttentionSteps steps(int head, std::int64_t query) const override
    {
        DotRow row{ m_inputs, 0, head, query, {}, {}, {} };
        if (m_places.empty()) {
            row.keys = countingKeys(m_inputs->keyBegins.back());
        } else {
            std::tie(row.sequence, row.query) = m_places[std::size_t(query)];
            row.keys = m_inputs->windows->tokens[std::size_t(row.sequence)];
        }
        row.weights = recorded(*m_weights, head, query, row.keys, m_inputs->keyBegins.back());
        row.context = contextOf(m_context, rowOf(query), head, m_inputs->heads);
        AttentionSteps steps = softmaxDotSteps(std::move(row));
        if (!m_places.empty())
            steps.notes.push_back(fmt::format(
                "Only the {} cells of the query's window are compared; all others are never looked at.",
                steps.keys.size()));
        return steps;
    }
    std::int64_t rowOf(std::int64_t query) const override
    {
        if (m_places.empty())
            return query;
        const auto [window, place] = m_places[std::size_t(query)];
        return m_inputs->queryBegins[std::size_t(window)] + place;
    }
    std::size_t bytes() const override { return bytesOf(*m_inputs); }

private:
    std::shared_ptr<const AttentionInputs> m_inputs;
    std::shared_ptr<const WeightSource> m_weights;
    Tensor m_context;
    std::vector<std::pair<std::int64_t, std::int64_t>>
        m_places; ///< per token its window and place in it; empty: no windows
};

class WindowGlobalSteps final : public StepSource {
public:
    WindowGlobalSteps(
        const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context)
        : m_sight(std::make_shared<const WindowGlobalSight>(inputs))
        , m_weights(std::move(weights))
        , m_context(std::move(context))
    {
        AttentionInputs local = constants(inputs);
        local.span = globalSpan(); // who sees what is the sight's business
        local.globals = nullptr;
        m_local = std::make_shared<const AttentionInputs>(std::move(local));
        if (!inputs.globals->tokens.front().empty())
            m_global = std::make_shared<const AttentionInputs>(constants(globalRowInputs(inputs)));
    }
    AttentionSteps steps(int head, std::int64_t query) const override
    {
        const std::int64_t keys = m_local->keyBegins.back(), global = m_sight->globalPlace(0, query);
        DotRow row{ global < 0 ? m_local : m_global, 0, head, global < 0 ? query : global, countingKeys(keys),
            {}, {} };
        row.weights = recorded(*m_weights, head, query, row.keys, keys);
        row.context = contextOf(m_context, query, head, m_local->heads);
        if (global < 0) {
            row.visible = [sight = m_sight, query](
                              std::int64_t key) { return sight->visible(0, query, key); };
            row.hiddenBecause = "the key is outside of the query's window and not global";
        }
        AttentionSteps steps = softmaxDotSteps(std::move(row));
        if (global >= 0)
            steps.notes.emplace_back(
                "This token is global: it sees every key, through query, key and value maps of its own.");
        return steps;
    }
    bool usesLayerMaps(std::int64_t query) const override { return m_sight->globalPlace(0, query) < 0; }
    std::size_t bytes() const override
    {
        return bytesOf(*m_local) + (m_global == nullptr ? 0 : bytesOf(*m_global));
    }

private:
    std::shared_ptr<const WindowGlobalSight> m_sight;
    std::shared_ptr<const AttentionInputs> m_local, m_global;
    std::shared_ptr<const WeightSource> m_weights;
    Tensor m_context;
};

} // namespace

AttentionSteps softmaxDotSteps(DotRow row)
{
    return RowSteps(std::move(row)).steps();
}

std::shared_ptr<const StepSource> softmaxDotStepSource(
    const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context)
{
    return std::make_shared<const DotSource>(inputs, std::move(weights), std::move(context));
}

std::shared_ptr<const StepSource> windowGlobalStepSource(
    const AttentionInputs& inputs, std::shared_ptr<const WeightSource> weights, Tensor context)
{
    return std::make_shared<const WindowGlobalSteps>(inputs, std::move(weights), std::move(context));
}

} // namespace headlight
