// Cuts at the matches of a pattern, or, inverted, at what lies between them.

#include "core/io/json.h"
#include "core/text/pattern.h"
#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"

namespace headlight {
namespace {

class Split final : public PreTokenizer {
public:
    Split(Pattern pattern, SplitBehaviour behaviour, Matches matches)
        : m_pattern(std::move(pattern))
        , m_behaviour(behaviour)
        , m_matches(matches)
    {
    }
    void split(PreTokenized& text) const override
    {
        splitAtMatches(
            text, m_behaviour,
            [this](std::u32string_view piece, std::vector<Span>& matches) { m_pattern.find(piece, matches); },
            m_matches);
    }

private:
    Pattern m_pattern;
    SplitBehaviour m_behaviour;
    Matches m_matches;
};

} // namespace

Expected<PreTokenizerPtr> makeSplit(const Json& description, const Place& place)
{
    if (!description.contains("pattern"))
        return Error{ ErrorKind::BadFile, fmt::format("{} lacks \"pattern\".", place.text()) };
    HEADLIGHT_TRY(Pattern pattern, Pattern::read(description["pattern"], place.child("pattern")));
    HEADLIGHT_TRY(const SplitBehaviour behaviour,
        readSplitBehaviour(description, "behavior", SplitBehaviour::Isolated, place));
    HEADLIGHT_TRY(const bool invert, jsonOr<bool>(description, "invert", false, place.text()));
    return PreTokenizerPtr(std::make_unique<Split>(
        std::move(pattern), behaviour, invert ? Matches::Inverted : Matches::AsFound));
}

} // namespace headlight
