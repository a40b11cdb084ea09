#include "core/nn/cache.h"

namespace headlight {
namespace {

void appendRows(std::vector<float>& grown, const Tensor& rows, std::int64_t first, std::int64_t last)
{
    const std::int64_t width = rows.shape().columns();
    const std::span<const float> added = rows.floats().subspan(std::size_t(first * width), std::size_t((last - first) * width));
    grown.insert(grown.end(), added.begin(), added.end());
}

/// The rows of the sequences that `sequences` names, one after the other.
Tensor selectSequences(const Tensor& rows, std::span<const std::int64_t> begins, std::span<const std::size_t> sequences)
{
    std::vector<float> taken;
    for (const std::size_t s : sequences)
        appendRows(taken, rows, begins[s], begins[s + 1]);
    const Shape shape { std::int64_t(taken.size()) / rows.shape().columns(), rows.shape().columns() };
    return Tensor::fromVector(shape, std::move(taken));
}

std::vector<std::int64_t> selectBegins(std::span<const std::int64_t> begins, std::span<const std::size_t> sequences)
{
    std::vector<std::int64_t> selected { 0 };
    for (const std::size_t s : sequences)
        selected.push_back(selected.back() + begins[s + 1] - begins[s]);
    return selected;
}

} // namespace

KeyValueCache::Rows KeyValueCache::append(
    AttentionSite site, const Tensor& keys, const Tensor& values, std::span<const std::int64_t> begins)
{
    std::vector<Grown>& grown = m_grown[site];
    grown.resize(begins.size() - 1);
    std::vector<float> allKeys, allValues;
    Rows rows { {}, {}, { 0 } };
    for (std::size_t s = 0; s + 1 < begins.size(); ++s) {
        appendRows(grown[s].keys, keys, begins[s], begins[s + 1]);
        appendRows(grown[s].values, values, begins[s], begins[s + 1]);
        allKeys.insert(allKeys.end(), grown[s].keys.begin(), grown[s].keys.end());
        allValues.insert(allValues.end(), grown[s].values.begin(), grown[s].values.end());
        rows.begins.push_back(std::int64_t(allKeys.size()) / keys.shape().columns());
    }
    rows.keys = Tensor::fromVector({ rows.begins.back(), keys.shape().columns() }, std::move(allKeys));
    rows.values = Tensor::fromVector({ rows.begins.back(), values.shape().columns() }, std::move(allValues));
    return rows;
}

const KeyValueCache::Rows& KeyValueCache::fixed(AttentionSite site, const std::function<Rows()>& make)
{
    const auto found = m_fixed.find(site);
    return found != m_fixed.end() ? found->second : m_fixed.emplace(site, make()).first->second;
}

void KeyValueCache::forget()
{
    m_grown.clear();
    m_length = 0;
}

void KeyValueCache::select(std::span<const std::size_t> sequences)
{
    for (auto& [site, grown] : m_grown) {
        std::vector<Grown> selected;
        for (const std::size_t s : sequences)
            selected.push_back(grown[s]);
        grown = std::move(selected);
    }
    for (auto& [site, rows] : m_fixed)
        rows = { selectSequences(rows.keys, rows.begins, sequences), selectSequences(rows.values, rows.begins, sequences),
            selectBegins(rows.begins, sequences) };
    std::vector<std::vector<std::int64_t>> texts;
    for (const std::size_t s : sequences)
        if (!read.empty())
            texts.push_back(read[s]);
    read = std::move(texts);
    if (encoderStates.empty())
        return;
    encoderStates = selectSequences(encoderStates, encoderBegins, sequences);
    encoderBegins = selectBegins(encoderBegins, sequences);
    std::vector<std::vector<std::uint8_t>> masks;
    for (const std::size_t s : sequences)
        if (!encoderMasks.empty())
            masks.push_back(encoderMasks[s]);
    encoderMasks = std::move(masks);
}

} // namespace headlight
