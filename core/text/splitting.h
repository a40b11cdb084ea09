#pragma once
// Cutting pieces at matches, and what becomes of the matches: shared by the pre-tokenizers.

#include "core/text/pretokenizer.h"

#include <functional>

namespace headlight {

enum class SplitBehaviour { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// From tokenizer.json's name of it; `fallback` when description[key] is absent. Errors: BadFile.
Expected<SplitBehaviour> readSplitBehaviour(
    const Json& description, const char* key, SplitBehaviour fallback, const Place& place);

/// Appends the matches in a text, in order and without overlap.
using FindMatches = std::function<void(std::u32string_view text, std::vector<Span>& matches)>;

/// Inverted: what lies between the matches plays their part.
enum class Matches { AsFound, Inverted };

/// Cuts every piece that is not an added token; empty pieces vanish.
void splitAtMatches(PreTokenized& text, SplitBehaviour behaviour, const FindMatches& find,
    Matches matches = Matches::AsFound);
/// The same where each single character that `isMatch` accepts is a match.
void splitAtCharacters(PreTokenized& text, SplitBehaviour behaviour, bool (*isMatch)(char32_t));
/// Rewrites every piece that is not an added token by itself; it may grow or shrink, and vanishes when
/// empty.
void rewritePieces(PreTokenized& text, const std::function<void(NormalizedString& piece)>& rewrite);

} // namespace headlight
