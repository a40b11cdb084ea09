// Each match of a pattern becomes a fixed text.

#include "core/io/json.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/pattern.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Replace final : public Normalizer {
public:
    Replace(Pattern pattern, std::u32string content)
        : m_pattern(std::move(pattern))
        , m_content(std::move(content))
    {
    }
    void apply(NormalizedString& text) const override
    {
        const std::vector<Span> matches = m_pattern.matches(text.text());
        if (matches.empty())
            return;
        NormalizedString result;
        std::size_t done = 0;
        for (const Span& match : matches) {
            result.append(text.slice(done, std::size_t(match.begin)));
            NormalizedString replaced = text.slice(std::size_t(match.begin), std::size_t(match.end));
            replaced.replace(0, replaced.size(), m_content);
            result.append(replaced);
            done = std::size_t(match.end);
        }
        result.append(text.slice(done, text.size()));
        text = std::move(result);
    }

private:
    Pattern m_pattern;
    std::u32string m_content;
};

} // namespace

Expected<NormalizerPtr> makeReplace(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const std::string content, jsonGet<std::string>(description, "content", place.text()));
    if (!description.contains("pattern"))
        return Error{ ErrorKind::BadFile, fmt::format("{} lacks \"pattern\".", place.text()) };
    HEADLIGHT_TRY(Pattern pattern, Pattern::read(description["pattern"], place.child("pattern")));
    return NormalizerPtr(std::make_unique<Replace>(std::move(pattern), decodeUtf8(content)));
}

} // namespace headlight
