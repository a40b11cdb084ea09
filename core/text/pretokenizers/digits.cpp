// Numbers apart from the rest, as a whole or digit by digit.

#include "core/io/json.h"
#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Digits final : public PreTokenizer {
public:
    explicit Digits(SplitBehaviour behaviour)
        : m_behaviour(behaviour)
    {
    }
    void split(PreTokenized& text) const override { splitAtCharacters(text, m_behaviour, isNumber); }

private:
    SplitBehaviour m_behaviour;
};

} // namespace

Expected<PreTokenizerPtr> makeDigits(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const bool individual, jsonOr<bool>(description, "individual_digits", false, place.text()));
    return PreTokenizerPtr(
        std::make_unique<Digits>(individual ? SplitBehaviour::Isolated : SplitBehaviour::Contiguous));
}

} // namespace headlight
