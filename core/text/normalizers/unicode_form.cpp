// The four Unicode normal forms.

#include "core/io/json.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode_form.h"

namespace headlight {
namespace {

class UnicodeFormNormalizer final : public Normalizer {
public:
    explicit UnicodeFormNormalizer(UnicodeForm form)
        : m_form(form)
    {
    }
    void apply(NormalizedString& text) const override { applyUnicodeForm(text, m_form); }

private:
    UnicodeForm m_form;
};

} // namespace

Expected<NormalizerPtr> makeUnicodeForm(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const std::string type, partType(description, place));
    const UnicodeForm form = type == "NFC" ? UnicodeForm::NFC
        : type == "NFD"                    ? UnicodeForm::NFD
        : type == "NFKC"                   ? UnicodeForm::NFKC
                                           : UnicodeForm::NFKD;
    return NormalizerPtr(std::make_unique<UnicodeFormNormalizer>(form));
}

} // namespace headlight
