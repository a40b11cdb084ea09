// The buffer behind Sound.
#include "core/audio/sound.h"

#include "core/base/check.h"

namespace headlight {

Sound::Sound(int rate, std::vector<float> samples)
    : m_count(std::int64_t(samples.size()))
    , m_rate(rate)
{
    HEADLIGHT_CHECK(rate >= minRate && rate <= maxRate && m_count <= maxSamples,
        fmt::format("a sound of {} samples at {} Hz", m_count, rate));
    m_samples = std::make_shared<const std::vector<float>>(std::move(samples));
}

std::span<const float> Sound::samples() const
{
    return { m_samples ? m_samples->data() : nullptr, std::size_t(m_count) };
}

Sound Sound::first(std::int64_t count) const
{
    Sound part = *this;
    part.m_count = std::clamp<std::int64_t>(count, 0, m_count);
    return part;
}

bool operator==(const Sound& a, const Sound& b)
{
    return a.m_rate == b.m_rate && std::ranges::equal(a.samples(), b.samples());
}

} // namespace headlight
