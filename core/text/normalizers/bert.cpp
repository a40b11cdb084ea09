// BERT's cleaning: controls out, spaces plain, ideographs set apart, accents and case as the settings say.
// Source: Devlin et al. 2019, as Hugging Face's tokenizers do it.

#include "core/io/json.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode.h"
#include "core/text/unicode_form.h"

namespace headlight {
namespace {

struct BertSettings {
    bool cleanText = true, splitIdeographs = true, stripAccents = true, lowercase = true;
};

class BertNormalizer final : public Normalizer {
public:
    explicit BertNormalizer(const BertSettings& settings)
        : m_settings(settings)
    {
    }

    void apply(NormalizedString& text) const override
    {
        if (m_settings.cleanText)
            clean(text);
        if (m_settings.splitIdeographs)
            setIdeographsApart(text);
        if (m_settings.stripAccents) {
            applyUnicodeForm(text, UnicodeForm::NFD);
            text.filter([](char32_t c) { return !isNonspacingMark(c); });
        }
        if (m_settings.lowercase)
            applyLowerCase(text);
    }

private:
    static void clean(NormalizedString& text)
    {
        constexpr char32_t replacement = 0xfffd;
        text.filter([](char32_t c) {
            return c == '\t' || c == '\n' || c == '\r' || (c != replacement && !isControl(c));
        });
        text.map([](char32_t c) { return isWhiteSpace(c) ? U' ' : c; });
    }
    static void setIdeographsApart(NormalizedString& text)
    {
        if (std::none_of(text.text().begin(), text.text().end(), isIdeograph))
            return;
        std::vector<CharacterChange> changes;
        changes.reserve(text.size() * 2);
        for (const char32_t c : text.text())
            if (isIdeograph(c))
                changes.insert(changes.end(), { { U' ', 0 }, { c, 1 }, { U' ', 1 } });
            else
                changes.push_back({ c, 0 });
        text.transform(changes);
    }

    BertSettings m_settings;
};

} // namespace

Expected<NormalizerPtr> makeBertNormalizer(const Json& description, const Place& place)
{
    const std::string where = place.text();
    BertSettings settings;
    HEADLIGHT_TRY(settings.cleanText, jsonOr<bool>(description, "clean_text", true, where));
    HEADLIGHT_TRY(settings.splitIdeographs, jsonOr<bool>(description, "handle_chinese_chars", true, where));
    HEADLIGHT_TRY(settings.lowercase, jsonOr<bool>(description, "lowercase", true, where));
    // null means: when lower-casing
    HEADLIGHT_TRY(
        settings.stripAccents, jsonOr<bool>(description, "strip_accents", settings.lowercase, where));
    return NormalizerPtr(std::make_unique<BertNormalizer>(settings));
}

} // namespace headlight
