// White space off the ends.

#include "core/io/json.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Strip final : public Normalizer {
public:
    Strip(bool left, bool right)
        : m_left(left)
        , m_right(right)
    {
    }
    void apply(NormalizedString& text) const override
    {
        const std::u32string& all = text.text();
        std::size_t begin = 0, end = all.size();
        while (m_left && begin < end && isWhiteSpace(all[begin]))
            ++begin;
        while (m_right && end > begin && isWhiteSpace(all[end - 1]))
            --end;
        if (end - begin < all.size())
            text = text.slice(begin, end);
    }

private:
    bool m_left, m_right;
};

} // namespace

Expected<NormalizerPtr> makeStrip(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const bool left, jsonOr<bool>(description, "strip_left", true, place.text()));
    HEADLIGHT_TRY(const bool right, jsonOr<bool>(description, "strip_right", true, place.text()));
    return NormalizerPtr(std::make_unique<Strip>(left, right));
}

} // namespace headlight
