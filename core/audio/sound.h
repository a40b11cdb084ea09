#pragma once
// A sound as the models hear it: one channel of f32 samples at a known rate.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace headlight {

/// Immutable; copies and prefixes share the buffer. The default Sound is empty (no samples, rate 0).
class Sound {
public:
    /// No sound is longer than this, read or resampled: it would be 400 MB (38 minutes at 44.1 kHz).
    static constexpr std::int64_t maxSamples = 100'000'000;
    /// Samples per second; what lies outside is no sound for ears.
    static constexpr int minRate = 1'000, maxRate = 768'000;

    Sound() = default;
    /// Full scale is -1..1; louder is allowed. Errors: HEADLIGHT_CHECK on a rate outside of minRate..maxRate
    /// and on more than maxSamples.
    Sound(int rate, std::vector<float> samples);

    int rate() const { return m_rate; }
    std::span<const float> samples() const;
    std::int64_t count() const { return m_count; }
    double seconds() const { return m_rate > 0 ? double(m_count) / m_rate : 0.0; }
    bool empty() const { return m_count == 0; }

    /// The first `count` samples, or all when there are fewer.
    Sound first(std::int64_t count) const;

    friend bool operator==(const Sound& a, const Sound& b);

private:
    std::shared_ptr<const std::vector<float>> m_samples;
    std::int64_t m_count = 0;
    int m_rate = 0;
};

} // namespace headlight
