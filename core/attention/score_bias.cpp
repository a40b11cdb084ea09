#include "core/attention/score_bias.h"

#include "core/base/check.h"

namespace headlight {

void ScoreBias::backward(const MapPlace&, const float*, std::span<float* const>) const
{
}

Arithmetic ScoreBias::explain(const MapPlace&, std::int64_t, std::int64_t) const
{
    return {};
}

namespace {

class RelativeBias final : public ScoreBias {
public:
    RelativeBias(Var table, std::int64_t longest, const std::function<std::int64_t(std::int64_t)>& bucketOf)
        : m_table(std::move(table))
        , m_values(m_table.value().toFloat())
        , m_longest(longest)
    {
        for (std::int64_t distance = -longest; distance <= longest; ++distance) {
            m_buckets.push_back(bucketOf(distance));
            HEADLIGHT_CHECK(m_buckets.back() >= 0 && m_buckets.back() < m_values.shape()[0], "a bucket outside of the table");
        }
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        const std::int64_t heads = m_values.shape()[1];
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                *out++ += m_values.at(bucket(j - place.position(i)) * heads + place.head);
    }
    std::size_t bytes() const override { return m_values.bytes() + m_buckets.size() * sizeof(std::int64_t); }
    std::string_view name() const override { return "relative position"; }
    Arithmetic explain(const MapPlace& place, std::int64_t query, std::int64_t key) const override
    {
        const std::int64_t distance = key - place.position(query);
        Arithmetic a;
        a.formula = "learned number of a bucket of distances";
        a.note = fmt::format("the key is {} the query: bucket {} of head {}",
            distance == 0 ? std::string("at the place of") : fmt::format("{} {}", std::abs(distance), distance < 0 ? "before" : "after"),
            bucket(distance), place.head);
        return a;
    }
    std::vector<Var> inputs() const override { return { m_table }; }
    void backward(const MapPlace& place, const float* dBias, std::span<float* const> gradients) const override
    {
        const std::int64_t heads = m_values.shape()[1];
        for (std::int64_t i = 0; gradients[0] != nullptr && i < place.queries; ++i)
            for (std::int64_t j = 0; j < place.keys; ++j)
                gradients[0][bucket(j - place.position(i)) * heads + place.head] += dBias[i * place.keys + j];
    }

private:
    std::int64_t bucket(std::int64_t distance) const
    {
        return m_buckets[std::size_t(std::clamp(distance, -m_longest, m_longest) + m_longest)];
    }

    Var m_table;
    Tensor m_values;
    std::int64_t m_longest;
    std::vector<std::int64_t> m_buckets; ///< for distances -longest ... longest
};

class SlopeBias final : public ScoreBias {
public:
    explicit SlopeBias(std::vector<float> slopes)
        : m_slopes(std::move(slopes))
    {
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        const float slope = m_slopes[std::size_t(place.head)];
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                *out++ += slope * float(j);
    }
    std::size_t bytes() const override { return m_slopes.size() * sizeof(float); }
    std::string_view name() const override { return "ALiBi slope"; }
    Arithmetic explain(const MapPlace& place, std::int64_t, std::int64_t key) const override
    {
        Arithmetic a;
        a.formula = "slope of the head × position of the key";
        a.substituted = fmt::format("{:.6g} × {}", m_slopes[std::size_t(place.head)], key);
        a.note = "up to a number that all keys of the row share, this is −slope × distance; softmax ignores what all share";
        return a;
    }

private:
    std::vector<float> m_slopes;
};

float rounded(float x)
{
    return bfloatToFloat(floatToBfloat(x));
}

class RoundedSlopeBias final : public ScoreBias {
public:
    RoundedSlopeBias(std::vector<float> slopes, float factor)
        : m_slopes(std::move(slopes))
        , m_factor(factor)
    {
        std::transform(m_slopes.begin(), m_slopes.end(), m_slopes.begin(), rounded);
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        const float slope = m_slopes[std::size_t(place.head)];
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                *out++ += m_factor * rounded(slope * rounded(float(j)));
    }
    std::size_t bytes() const override { return m_slopes.size() * sizeof(float); }
    std::string_view name() const override { return "ALiBi slope"; }
    Arithmetic explain(const MapPlace& place, std::int64_t, std::int64_t key) const override
    {
        Arithmetic a;
        a.formula = "factor × (slope of the head × position of the key)";
        a.substituted = fmt::format("{:.6g} × ({:.6g} × {})", m_factor, m_slopes[std::size_t(place.head)], key);
        a.note = "slope, position and product are each rounded to bfloat16, as the model was trained";
        return a;
    }

private:
    std::vector<float> m_slopes;
    float m_factor;
};

class IndexedBias final : public ScoreBias {
public:
    IndexedBias(Var table, std::shared_ptr<const std::vector<std::int32_t>> index)
        : m_table(std::move(table))
        , m_values(m_table.value().toFloat())
        , m_index(std::move(index))
    {
    }
    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        const std::int64_t heads = m_values.shape()[1];
        HEADLIGHT_CHECK(std::int64_t(m_index->size()) == place.queries * place.keys, "an index for another map size");
        for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
            for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                *out++ += m_values.at((*m_index)[std::size_t(i * place.keys + j)] * heads + place.head);
    }
    std::size_t bytes() const override { return m_values.bytes() + m_index->size() * sizeof(std::int32_t); }
    std::string_view name() const override { return "relative position"; }
    Arithmetic explain(const MapPlace& place, std::int64_t query, std::int64_t key) const override
    {
        Arithmetic a;
        a.formula = "learned number of how key and query lie to each other";
        a.note = fmt::format("row {} of the table, head {}", (*m_index)[std::size_t(query * place.keys + key)], place.head);
        return a;
    }
    std::vector<Var> inputs() const override { return { m_table }; }
    void backward(const MapPlace& place, const float* dBias, std::span<float* const> gradients) const override
    {
        const std::int64_t heads = m_values.shape()[1];
        for (std::int64_t i = 0; gradients[0] != nullptr && i < place.queries * place.keys; ++i)
            gradients[0][(*m_index)[std::size_t(i)] * heads + place.head] += dBias[i];
    }

private:
    Var m_table;
    Tensor m_values;
    std::shared_ptr<const std::vector<std::int32_t>> m_index;
};

} // namespace

std::shared_ptr<const ScoreBias> relativeBias(
    Var table, std::int64_t longest, const std::function<std::int64_t(std::int64_t distance)>& bucketOf)
{
    return std::make_shared<const RelativeBias>(std::move(table), longest, bucketOf);
}

std::int64_t RelativeBuckets::of(std::int64_t distance) const
{
    const bool both = sides == Sides::Both;
    const std::int64_t own = both ? count / 2 : count, near = own / 2;
    const std::int64_t first = both && distance > 0 ? own : 0;
    const std::int64_t away = both ? std::abs(distance) : std::max<std::int64_t>(-distance, 0);
    if (away < near)
        return first + away;
    // In float, as the reference does it: a distance on the border of two buckets falls to the same side.
    const float share = std::log(float(away) / float(near)) / float(std::log(double(farthest) / double(near)));
    return first + std::min(near + std::int64_t(share * float(own - near)), own - 1);
}

std::shared_ptr<const ScoreBias> slopeBias(std::vector<float> slopes)
{
    return std::make_shared<const SlopeBias>(std::move(slopes));
}

std::shared_ptr<const ScoreBias> roundedSlopeBias(std::vector<float> slopes, float factor)
{
    return std::make_shared<const RoundedSlopeBias>(std::move(slopes), factor);
}

std::vector<float> alibiSlopes(int heads)
{
    int power = 1; // the largest power of two that is not above
    while (power * 2 <= heads)
        power *= 2;
    std::vector<float> slopes;
    for (int i = 1; i <= power; ++i)
        slopes.push_back(float(std::exp2(-8.0 * i / power)));
    for (int i = 1; int(slopes.size()) < heads; i += 2) // every other slope of twice as many heads
        slopes.push_back(float(std::exp2(-4.0 * i / power)));
    return slopes;
}

std::shared_ptr<const ScoreBias> indexedBias(Var table, std::shared_ptr<const std::vector<std::int32_t>> index)
{
    return std::make_shared<const IndexedBias>(std::move(table), std::move(index));
}

} // namespace headlight
