// Drawing a scene: each shape's signed distance becomes coverage over one pixel's width, colours are laid over each other.

#include "core/train/scenes/scene.h"

#include "core/train/random.h"
#include "core/train/scenes/outline.h"

namespace headlight {
namespace {

constexpr Colour light = spotColour, dark { 0.08f, 0.08f, 0.10f };

Colour mix(const Colour& a, const Colour& b, float share)
{
    return { a.red + (b.red - a.red) * share, a.green + (b.green - a.green) * share, a.blue + (b.blue - a.blue) * share };
}

/// Share of a pixel that lies inside of a border at `distance` (in pixels).
float covered(float distance)
{
    return std::clamp(0.5f - distance, 0.0f, 1.0f);
}

/// Smooth value noise on a grid of random numbers, 0..1.
class ValueNoise {
public:
    /// `cells` per side of the picture.
    ValueNoise(std::uint64_t seed, float cells)
        : m_cells(cells)
        , m_width(int(cells) + 2)
    {
        for (int i = 0; i < m_width * m_width; ++i)
            m_values.push_back(float(mixSeeds(seed, std::uint64_t(i % m_width), std::uint64_t(i / m_width)) >> 40) * 0x1p-24f);
    }
    float at(ScenePoint p) const
    {
        const int column = int(p.x * m_cells), row = int(p.y * m_cells);
        const float tx = p.x * m_cells - float(column), ty = p.y * m_cells - float(row);
        const float sx = tx * tx * (3.0f - 2.0f * tx), sy = ty * ty * (3.0f - 2.0f * ty);
        const float* value = m_values.data() + row * m_width + column;
        const float top = value[0] + (value[1] - value[0]) * sx;
        const float bottom = value[m_width] + (value[m_width + 1] - value[m_width]) * sx;
        return top + (bottom - top) * sy;
    }

private:
    float m_cells;
    int m_width;
    std::vector<float> m_values;
};

/// Where between its two colours a background is, 0..1.
class BackdropShare {
public:
    BackdropShare(const Backdrop& backdrop, int size)
        : m_backdrop(backdrop)
        , m_size(float(size))
        , m_x(std::cos(backdrop.angle))
        , m_y(std::sin(backdrop.angle))
        , m_coarse(backdrop.seed, backdrop.frequency)
        , m_fine(backdrop.seed + 1, backdrop.frequency * 2.7f)
    {
    }
    float at(ScenePoint p) const
    {
        const float along = (p.x - 0.5f) * m_x + (p.y - 0.5f) * m_y;
        switch (m_backdrop.kind) {
        case Backdrop::Kind::Gradient:
            return std::clamp(0.5f + along * 0.75f, 0.0f, 1.0f);
        case Backdrop::Kind::Noise:
            return 0.65f * m_coarse.at(p) + 0.35f * m_fine.at(p);
        case Backdrop::Kind::Stripes: {
            const float phase = along * m_backdrop.frequency, distance = std::fabs(phase - std::floor(phase) - 0.5f) - 0.25f;
            return covered(distance / m_backdrop.frequency * m_size);
        }
        }
        return 0.0f;
    }

private:
    const Backdrop& m_backdrop;
    float m_size, m_x, m_y;
    ValueNoise m_coarse, m_fine;
};

/// Calls visit(x, y, coverage) for the pixels an object touches. A distance bounds those around it, so whole tiles are
/// decided by one.
template <typename Visit>
void visitCovered(const SceneObject& object, int size, const Visit& visit)
{
    constexpr int tile = 4;
    const std::vector<ScenePoint> polygon = outline(object);
    const float pixels = float(size), reach = object.radius + 1.5f / pixels;
    const auto distance = [&](float x, float y) { return signedDistance(polygon, { x / pixels, y / pixels }) * pixels; };
    const auto first = [&](float v) { return std::max(0, int((v - reach) * pixels)); };
    const auto last = [&](float v) { return std::min(size, int((v + reach) * pixels) + 1); };
    const int right = last(object.centre.x), bottom = last(object.centre.y);
    for (int top = first(object.centre.y); top < bottom; top += tile)
        for (int left = first(object.centre.x); left < right; left += tile) {
            const float middle = distance(float(left) + tile / 2.0f, float(top) + tile / 2.0f);
            const bool uniform = std::fabs(middle) > float(tile) * 0.71f + 0.6f;
            if (uniform && middle > 0.0f)
                continue;
            for (int y = top; y < std::min(top + tile, bottom); ++y)
                for (int x = left; x < std::min(left + tile, right); ++x)
                    visit(x, y, uniform ? 1.0f : covered(distance(float(x) + 0.5f, float(y) + 0.5f)));
        }
}

class Canvas {
public:
    explicit Canvas(int size)
        : m_size(size)
        , m_pixels(std::size_t(size) * std::size_t(size))
    {
    }

    void fill(const Backdrop& backdrop)
    {
        const BackdropShare share(backdrop, m_size);
        for (int y = 0; y < m_size; ++y)
            for (int x = 0; x < m_size; ++x)
                at(x, y) = mix(backdrop.first, backdrop.second, share.at(centre(x, y)));
    }

    void drawObject(const SceneObject& object)
    {
        visitCovered(object, m_size,
            [&](int x, int y, float share) { at(x, y) = mix(at(x, y), object.colour, share); });
    }

    /// A white disc with a dark rim under the object, as a lamp lights a spot: visible on every background.
    void drawSpot(const SceneObject& object)
    {
        const float radius = object.radius * markRadius, rim = std::max(radius * 0.06f, 1.0f / float(m_size));
        drawDisc(object.centre, radius, dark);
        drawDisc(object.centre, radius - rim, light);
    }

    Image image() const
    {
        return Image::make(m_size, m_size, [&](std::span<std::uint8_t> out) {
            std::size_t i = 0;
            for (const Colour& c : m_pixels)
                for (const float value : { c.red, c.green, c.blue })
                    out[i++] = std::uint8_t(std::clamp(value, 0.0f, 1.0f) * 255.0f + 0.5f);
        });
    }

private:
    void drawDisc(ScenePoint middle, float radius, const Colour& colour)
    {
        for (int y = 0; y < m_size; ++y)
            for (int x = 0; x < m_size; ++x) {
                const ScenePoint p = centre(x, y);
                const float dx = p.x - middle.x, dy = p.y - middle.y;
                const float share = covered((std::sqrt(dx * dx + dy * dy) - radius) * float(m_size));
                if (share > 0.0f)
                    at(x, y) = mix(at(x, y), colour, share);
            }
    }
    Colour& at(int x, int y) { return m_pixels[std::size_t(y) * std::size_t(m_size) + std::size_t(x)]; }
    ScenePoint centre(int x, int y) const { return { (float(x) + 0.5f) / float(m_size), (float(y) + 0.5f) / float(m_size) }; }

    int m_size;
    std::vector<Colour> m_pixels;
};

} // namespace

Image paint(const Scene& scene, int size)
{
    Canvas canvas(size);
    canvas.fill(scene.backdrop);
    canvas.drawSpot(scene.marked());
    for (const SceneObject& object : scene.objects)
        canvas.drawObject(object);
    return canvas.image();
}

Tensor coverage(const SceneObject& object, int size)
{
    return Tensor::make({ size, size }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        visitCovered(object, size, [&](int x, int y, float share) { out[std::size_t(y * size + x)] = share; });
    });
}

} // namespace headlight
