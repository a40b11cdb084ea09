#include "core/train/adamw.h"

#include "core/base/check.h"
#include "core/base/parallel_for.h"
#include "core/tensor/kernels.h"
#include "core/train/adamw_update.h"

#include <numeric>

namespace headlight {
namespace {

/// Numbers per piece; pieces are the unit of work and of every sum.
constexpr std::int64_t piece = 1 << 16;

} // namespace

AdamW::AdamW(const AdamWSettings& settings, std::size_t count, std::vector<Range> decayed)
    : m_settings(settings)
    , m_decayed(std::move(decayed))
    , m_first(count)
    , m_second(count)
{
}

void AdamW::step(std::span<float> parameters, std::span<const float> gradient, double rate)
{
    HEADLIGHT_CHECK(parameters.size() == m_first.size() && gradient.size() == m_first.size(), "another model's gradient");
    ++m_steps;
    for (const Range& range : m_decayed) {
        float* decayed = parameters.data() + range.begin;
        kernels::scale(1.0f - float(rate) * m_settings.decay, decayed, decayed, std::int64_t(range.end - range.begin));
    }
    const auto correction = [&](float beta) { return float(1.0 / (1.0 - std::pow(double(beta), double(m_steps)))); };
    const AdamWFactors factors { m_settings.beta1, m_settings.beta2, m_settings.epsilon, correction(m_settings.beta1),
        correction(m_settings.beta2), float(rate) };
    parallelFor(0, std::int64_t(parameters.size()), piece, [&](std::int64_t first, std::int64_t last) {
        updateAdamW(factors, parameters.data() + first, gradient.data() + first, m_first.data() + first, m_second.data() + first,
            last - first);
    });
}

void AdamW::restore(std::int64_t steps, std::span<const float> first, std::span<const float> second)
{
    HEADLIGHT_CHECK(first.size() == m_first.size() && second.size() == m_second.size(), "moments of another model");
    m_steps = steps;
    std::copy(first.begin(), first.end(), m_first.begin());
    std::copy(second.begin(), second.end(), m_second.begin());
}

void sumInto(std::span<std::vector<float>> parts)
{
    float* sum = parts.front().data();
    parallelFor(0, std::int64_t(parts.front().size()), piece, [&](std::int64_t first, std::int64_t last) {
        for (const std::vector<float>& part : parts.subspan(1))
            kernels::add(sum + first, part.data() + first, sum + first, last - first);
    });
}

double globalNorm(std::span<const float> gradient)
{
    const std::int64_t count = std::int64_t(gradient.size());
    std::vector<double> sums(std::size_t((count + piece - 1) / piece));
    parallelFor(0, count, piece, [&](std::int64_t first, std::int64_t last) {
        double lanes[8] = {};
        for (std::int64_t i = first; i < last; ++i)
            lanes[i % 8] += double(gradient[std::size_t(i)]) * double(gradient[std::size_t(i)]);
        sums[std::size_t(first / piece)] = std::accumulate(lanes, lanes + 8, 0.0);
    });
    return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

double clipGlobalNorm(std::span<float> gradient, double limit)
{
    const double norm = globalNorm(gradient);
    if (limit > 0.0 && norm > limit)
        kernels::scale(float(limit / norm), gradient.data(), gradient.data(), std::int64_t(gradient.size()));
    return norm;
}

} // namespace headlight
