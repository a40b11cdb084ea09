#pragma once
// AdamW over one flat array of parameters, and the two things done to a gradient before it: summing and clipping.

#include <cstdint>
#include <span>
#include <vector>

namespace headlight {

struct AdamWSettings {
    float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
    float decay = 0.01f; ///< decoupled weight decay
};

/// p ← p − rate·(m̂/(√v̂ + ε) + decay·p), with bias-corrected moments m̂, v̂.
/// Source: Loshchilov & Hutter 2019, algorithm 2. Deterministic for any number of threads.
class AdamW {
public:
    /// A range [begin,end) of the flat array that is decayed (matrices); the rest (biases, norms) is not.
    struct Range {
        std::size_t begin, end;
    };
    AdamW(const AdamWSettings& settings, std::size_t count, std::vector<Range> decayed);

    void step(std::span<float> parameters, std::span<const float> gradient, double rate);

    std::int64_t steps() const { return m_steps; }
    std::span<const float> firstMoment() const { return m_first; }
    std::span<const float> secondMoment() const { return m_second; }
    /// Goes on where a checkpoint stopped.
    void restore(std::int64_t steps, std::span<const float> first, std::span<const float> second);

private:
    AdamWSettings m_settings;
    std::vector<Range> m_decayed;
    std::vector<float> m_first, m_second;
    std::int64_t m_steps = 0;
};

/// parts.front() += the others, one after the other: the same sum whatever the number of threads.
void sumInto(std::span<std::vector<float>> parts);

/// √Σ g², summed in double in fixed pieces.
double globalNorm(std::span<const float> gradient);

/// Scales the gradient so that its norm is at most `limit` (0: no limit); returns the norm it had.
/// Source: Pascanu et al. 2013, algorithm 1.
double clipGlobalNorm(std::span<float> gradient, double limit);

} // namespace headlight
