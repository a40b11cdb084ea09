#include "core/nn/experts.h"

#include "core/autodiff/routing.h"

#include <numeric>

namespace headlight {
namespace {

/// The places of the `count` largest numbers, largest first, of equal ones the first.
std::vector<std::int32_t> largestOf(std::span<const float> numbers, std::int64_t count)
{
    std::vector<std::int32_t> order(numbers.size());
    std::iota(order.begin(), order.end(), 0);
    const auto last = order.begin() + std::ptrdiff_t(std::min<std::size_t>(std::size_t(count), order.size()));
    std::partial_sort(order.begin(), last, order.end(), [&](std::int32_t a, std::int32_t b) {
        const float x = numbers[std::size_t(a)], y = numbers[std::size_t(b)];
        return x > y || (x == y && a < b);
    });
    order.erase(last, order.end());
    return order;
}

/// Scores of experts outside of the best groups become 0, as the reference has it.
void keepBestGroups(const Router& router, std::span<float> scores)
{
    const std::size_t size = scores.size() / std::size_t(router.groups);
    std::vector<float> worth;
    for (std::int64_t g = 0; g < router.groups; ++g) {
        const std::span<const float> group = scores.subspan(std::size_t(g) * size, size);
        float sum = 0.0f;
        for (const std::int32_t best : largestOf(group, router.groupBest))
            sum += group[std::size_t(best)];
        worth.push_back(sum);
    }
    std::vector<bool> kept(std::size_t(router.groups), false);
    for (const std::int32_t group : largestOf(worth, router.groupsChosen))
        kept[std::size_t(group)] = true;
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (!kept[i / size])
            scores[i] = 0.0f;
}

/// Shapes: scores [T,experts] → T·chosen.
std::vector<std::int32_t> chosenExperts(const Router& router, const Tensor& scores, const Tensor& correction)
{
    std::vector<std::int32_t> all;
    for (std::int64_t t = 0; t < scores.shape().rows(); ++t) {
        std::vector<float> row(scores.row(t).begin(), scores.row(t).end());
        for (std::size_t e = 0; e < row.size() && !correction.empty(); ++e)
            row[e] += correction.floats()[e];
        if (router.groups > 1)
            keepBestGroups(router, row);
        const std::vector<std::int32_t> best = largestOf(row, router.chosen);
        all.insert(all.end(), best.begin(), best.end());
    }
    return all;
}

/// The tokens of each expert, and where the outcome for each choice lies once those of all experts stand one
/// after the other.
struct Groups {
    std::vector<std::vector<std::int64_t>> tokens;
    std::vector<std::int64_t> places;

    Groups(std::span<const std::int32_t> choice, std::int64_t chosen, std::size_t experts)
        : tokens(experts)
    {
        for (std::size_t i = 0; i < choice.size(); ++i) {
            std::vector<std::int64_t>& own = tokens[std::size_t(choice[i])];
            places.push_back(std::int64_t(own.size()));
            own.push_back(std::int64_t(i) / chosen);
        }
        std::vector<std::int64_t> begins{ 0 };
        for (const std::vector<std::int64_t>& own : tokens)
            begins.push_back(begins.back() + std::int64_t(own.size()));
        for (std::size_t i = 0; i < choice.size(); ++i)
            places[i] += begins[std::size_t(choice[i])];
    }
};

void record(const Experts& layer, const Router::Choice& choice, Run& run)
{
    if (run.trace == nullptr || !run.request.keeps(layer.site.layer))
        return;
    ExpertChoice kept{ layer.site, int(layer.experts.size()), int(layer.router.chosen), {}, {} };
    if (run.beginning) {
        const auto earlier = run.beginning->trace->experts(layer.site);
        HEADLIGHT_CHECK(earlier != nullptr, "a beginning that does not know its experts");
        const std::ptrdiff_t known = std::ptrdiff_t(run.beginning->rows * layer.router.chosen);
        kept.experts.assign(earlier->experts.begin(), earlier->experts.begin() + known);
        kept.weights.assign(earlier->weights.begin(), earlier->weights.begin() + known);
    }
    kept.experts.insert(kept.experts.end(), choice.experts.begin(), choice.experts.end());
    const std::span<const float> weights = choice.weights.value().floats();
    kept.weights.insert(kept.weights.end(), weights.begin(), weights.end());
    run.trace->addExperts(std::move(kept));
}

} // namespace

Router::Choice Router::operator()(const Var& x, Run& run) const
{
    const Var read = norm ? (*norm)(x, run) : x;
    const Var logits = map(inputScale == 1.0f ? read : scale(read, inputScale), run);
    const Var all = scores == Scores::Softmax ? softmaxRows(logits)
        : scores == Scores::Sigmoid           ? activate(Activation::Sigmoid, logits)
                                              : logits;
    Choice choice{ chosenExperts(*this, all.value(), correction ? correction->value.toFloat() : Tensor()),
        {} };
    choice.weights = takeColumns(all, choice.experts);
    if (scores == Scores::SoftmaxOfChosen)
        choice.weights = softmaxRows(choice.weights);
    if (normalised)
        choice.weights = normalizeSums(choice.weights);
    if (factor != 1.0f)
        choice.weights = scale(choice.weights, factor);
    if (expertFactors) {
        const std::vector<std::int64_t> rows(choice.experts.begin(), choice.experts.end());
        const Var factors = reshape(run.useFloat(expertFactors), { expertFactors->value.count(), 1 });
        choice.weights = multiply(choice.weights, reshape(gatherRows(factors, rows), choice.weights.shape()));
    }
    return choice;
}

Var Experts::operator()(const Var& x, Run& run) const
{
    const Router::Choice choice = router(x, run);
    record(*this, choice, run);
    const Groups groups(choice.experts, router.chosen, experts.size());
    const Var given = before ? (*before)(x, run) : x;
    std::vector<Var> parts;
    for (std::size_t e = 0; e < experts.size(); ++e)
        if (!groups.tokens[e].empty())
            parts.push_back(experts[e](gatherRows(given, groups.tokens[e]), run));
    const Var mixed = mixRows(concatenateRows(parts), choice.weights, groups.places);
    return shared ? add(mixed, shared(x, run)) : mixed;
}

Var StackedLinear::operator()(std::int64_t expert, const Var& x, Run& run) const
{
    const Var w = partOf(run.use(weight), expert), b = bias ? partOf(run.use(bias), expert) : Var();
    return transposed ? linearTransposed(x, w, b) : linear(x, w, b);
}

std::vector<std::function<Var(const Var&, Run&)>> loadStackedExperts(ParameterSource& source, const std::string& name,
    std::int64_t experts, std::int64_t width, std::int64_t inner, Activation activation)
{
    const auto start = Initialisation::normal(0.02f);
    const StackedLinear in { source.take(name + "gate_up_proj", { experts, 2 * inner, width }, start) },
        out { source.take(name + "down_proj", { experts, width, inner }, start) };
    std::vector<std::function<Var(const Var&, Run&)>> all;
    for (std::int64_t e = 0; e < experts; ++e)
        all.emplace_back([=](const Var& x, Run& run) {
            const std::vector<Var> parts = splitColumns(in(e, x, run), std::array { inner, inner });
            return out(e, multiply(activate(activation, parts[0]), parts[1]), run);
        });
    return all;
}

GatedFeedForward loadGated(ParameterSource& source, const std::string& name, std::int64_t width,
    std::int64_t inner, Activation activation, const GatedNames& names)
{
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, names.bias);
    };
    return { linear(names.gate, width, inner), linear(names.in, width, inner),
        linear(names.out, inner, width), activation };
}

} // namespace headlight
