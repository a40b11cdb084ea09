#include "core/attention/distance_products.h"

#include "core/base/check.h"
#include "core/tensor/matmul.h"

#include <atomic>

namespace headlight {
namespace {

/// One of the two terms: content rows (q or k) against a table of distances.
struct Term {
    Var content, table;
    Tensor contentValues, tableValues; ///< f32
    bool ofQueries;

    Term(const Var& content_, const Var& table_, bool ofQueries_)
        : content(content_)
        , table(table_)
        , contentValues(content_.value().toFloat())
        , tableValues(table_.value().toFloat())
        , ofQueries(ofQueries_)
    {
    }
    std::int64_t buckets() const { return tableValues.shape().rows(); }
    std::int64_t width() const { return contentValues.shape().columns(); }
    std::int64_t tableWidth() const { return tableValues.shape().columns(); }
    /// Where a head's columns begin in the table; 0 where all heads share it.
    std::int64_t tableOffset(std::int64_t head, std::int64_t size) const { return tableWidth() == size ? 0 : head * size; }
};

class DistanceProducts final : public ScoreBias {
public:
    explicit DistanceProducts(DistanceTerms terms)
        : m_heads(terms.heads)
        , m_scale(terms.scale)
        , m_begins(std::move(terms.begins))
    {
        static std::atomic<std::uint64_t> made = 0;
        m_serial = ++made;
        if (!terms.keyOfDistance.empty())
            m_terms.emplace_back(terms.q, terms.keyOfDistance, true);
        if (!terms.queryOfDistance.empty())
            m_terms.emplace_back(terms.k, terms.queryOfDistance, false);
        for (std::size_t s = 1; s < m_begins.size(); ++s)
            m_longest = std::max(m_longest, m_begins[s] - m_begins[s - 1] - 1);
        for (std::int64_t distance = -m_longest; distance <= m_longest; ++distance)
            m_buckets.push_back(std::int32_t(terms.bucketOf(distance)));
        for (const Term& term : m_terms) {
            const auto [least, most] = std::minmax_element(m_buckets.begin(), m_buckets.end());
            HEADLIGHT_CHECK(*least >= 0 && *most < term.buckets(), "a bucket outside of the table");
            HEADLIGHT_CHECK(term.tableWidth() == term.width() || term.tableWidth() == size(term), "a table of another width");
        }
    }

    void add(const MapPlace& place, const Block& block, float* out) const override
    {
        for (std::size_t t = 0; t < m_terms.size(); ++t) {
            const Term& term = m_terms[t];
            const float* products = productsOf(place, t);
            float* cell = out;
            for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
                for (std::int64_t j = block.firstColumn; j < block.lastColumn; ++j)
                    *cell++ += products[(term.ofQueries ? i : j) * term.buckets() + bucket(place.position(i) - j)];
        }
    }
    std::size_t bytes() const override
    {
        std::size_t total = m_buckets.size() * sizeof(std::int32_t);
        for (const Term& term : m_terms) // q and k are the attention's own
            total += term.tableValues.bytes();
        return total;
    }
    std::string_view name() const override { return "content × distance"; }
    /// The products of both terms, one after the other.
    Arithmetic explain(const MapPlace& place, std::int64_t query, std::int64_t key) const override
    {
        Arithmetic a;
        const std::int64_t distance = place.position(query) - key;
        std::vector<std::string> names;
        for (const Term& term : m_terms) {
            const std::int64_t d = size(term), row = m_begins[std::size_t(place.sequence)] + (term.ofQueries ? query : key);
            const float* content = term.contentValues.row(row).data() + place.head * d;
            const float* table = term.tableValues.row(bucket(distance)).data() + term.tableOffset(place.head, d);
            for (std::int64_t i = 0; i < d; ++i)
                a.terms.push_back({ content[i] * m_scale, table[i] });
            names.emplace_back(term.ofQueries ? "query · vector of the distance" : "key · vector of the distance");
        }
        a.formula = fmt::format("{}, each left number × {:.5g}", fmt::join(names, " + "), m_scale);
        a.note = fmt::format("the query is {} tokens after the key: bucket {}", distance, bucket(distance));
        return a;
    }
    std::vector<Var> inputs() const override
    {
        std::vector<Var> all;
        for (const Term& term : m_terms) {
            all.push_back(term.content);
            all.push_back(term.table);
        }
        return all;
    }
    void backward(const MapPlace& place, const float* dBias, std::span<float* const> gradients) const override
    {
        for (std::size_t t = 0; t < m_terms.size(); ++t)
            backwardTerm(m_terms[t], place, dBias, gradients[2 * t], gradients[2 * t + 1]);
    }

private:
    std::int64_t size(const Term& term) const { return term.width() / m_heads; }
    std::int64_t bucket(std::int64_t distance) const { return m_buckets[std::size_t(distance + m_longest)]; }
    std::int64_t rows(const MapPlace& place) const
    {
        return m_begins[std::size_t(place.sequence) + 1] - m_begins[std::size_t(place.sequence)];
    }
    std::int64_t contentOffset(const Term& term, const MapPlace& place) const
    {
        return m_begins[std::size_t(place.sequence)] * term.width() + place.head * size(term);
    }

    /// scale · content · tableᵀ of one head, [rows,buckets]. A head's tiles are asked for one after the other, so the
    /// products of the last head stay with the thread: keeping all would be as large as the maps.
    const float* productsOf(const MapPlace& place, std::size_t t) const
    {
        struct Kept {
            std::uint64_t serial = 0;
            std::int64_t sequence = -1;
            int head = -1;
            std::vector<float> products;
        };
        thread_local std::array<Kept, 2> kept;
        Kept& slot = kept[t];
        if (slot.serial == m_serial && slot.sequence == place.sequence && slot.head == place.head)
            return slot.products.data();
        const Term& term = m_terms[t];
        slot.products.resize(std::size_t(rows(place) * term.buckets()));
        multiply({ rows(place), term.buckets(), size(term), m_scale },
            { term.contentValues.floats().data() + contentOffset(term, place), term.width() },
            { term.tableValues.floats().data() + term.tableOffset(place.head, size(term)), term.tableWidth(), Transpose::Yes },
            slot.products.data(), term.buckets());
        slot.serial = m_serial;
        slot.sequence = place.sequence;
        slot.head = place.head;
        return slot.products.data();
    }

    /// d content += scale·dP·table, d table += scale·dPᵀ·content, where dP gathers dBias by bucket.
    void backwardTerm(const Term& term, const MapPlace& place, const float* dBias, float* dContent, float* dTable) const
    {
        const std::int64_t count = rows(place), buckets = term.buckets(), d = size(term);
        std::vector<float> dProducts(std::size_t(count * buckets));
        for (std::int64_t i = 0; i < place.queries; ++i)
            for (std::int64_t j = 0; j < place.keys; ++j)
                dProducts[std::size_t((term.ofQueries ? i : j) * buckets + bucket(place.position(i) - j))] += dBias[i * place.keys + j];
        const std::int64_t offset = contentOffset(term, place), column = term.tableOffset(place.head, d);
        if (dContent != nullptr)
            multiply({ count, d, buckets, m_scale, 1.0f }, { dProducts.data(), buckets },
                { term.tableValues.floats().data() + column, term.tableWidth() }, dContent + offset, term.width());
        if (dTable != nullptr)
            multiply({ buckets, d, count, m_scale, 1.0f }, { dProducts.data(), buckets, Transpose::Yes },
                { term.contentValues.floats().data() + offset, term.width() }, dTable + column, term.tableWidth());
    }

    std::vector<Term> m_terms;
    int m_heads;
    float m_scale;
    std::vector<std::int64_t> m_begins;
    std::int64_t m_longest = 0;
    std::vector<std::int32_t> m_buckets; ///< for distances -longest ... longest
    std::uint64_t m_serial = 0;
};

} // namespace

std::shared_ptr<const ScoreBias> distanceProducts(DistanceTerms terms)
{
    return std::make_shared<const DistanceProducts>(std::move(terms));
}

std::int64_t logBucket(std::int64_t distance, std::int64_t buckets, std::int64_t longest)
{
    const std::int64_t middle = buckets / 2, absolute = std::abs(distance);
    if (absolute <= middle || longest - 1 <= middle) // near, or no distance is far
        return distance;
    // In f32 as the reference computes it: a ceiling near a whole number depends on it.
    const float share = std::log(float(absolute) / float(middle)) / std::log(float(longest - 1) / float(middle));
    const auto far = std::int64_t(std::ceil(share * float(middle - 1))) + middle;
    return distance < 0 ? -far : far;
}

} // namespace headlight
