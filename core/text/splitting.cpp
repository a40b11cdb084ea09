#include "core/text/splitting.h"

#include "core/io/json.h"

namespace headlight {
namespace {

struct Segment {
    std::size_t begin, end;
    bool isMatch;
};

/// Matches and what lies between them, gapless from 0 to `size`.
void segmentsOf(
    const std::vector<Span>& matches, std::size_t size, Matches meaning, std::vector<Segment>& out)
{
    const bool found = meaning == Matches::AsFound;
    out.clear();
    std::size_t done = 0;
    for (const Span& match : matches) {
        const auto begin = std::size_t(match.begin), end = std::size_t(match.end);
        if (done < begin)
            out.push_back({ done, begin, !found });
        out.push_back({ begin, end, found });
        done = end;
    }
    if (done < size)
        out.push_back({ done, size, !found });
}

/// True when `next` continues the piece that ends with `last`. A match joins a neighbour that is not one; of
/// two matches in a row the second stands alone.
bool joins(SplitBehaviour behaviour, const Segment& last, const Segment& next)
{
    switch (behaviour) {
    case SplitBehaviour::MergedWithPrevious:
        return next.isMatch && !last.isMatch;
    case SplitBehaviour::MergedWithNext:
        return last.isMatch && !next.isMatch;
    case SplitBehaviour::Contiguous:
        return last.isMatch == next.isMatch;
    case SplitBehaviour::Removed:
    case SplitBehaviour::Isolated:
        break;
    }
    return false;
}

void appendPieces(const std::vector<Segment>& segments, SplitBehaviour behaviour, std::size_t offset,
    std::vector<Piece>& pieces)
{
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const Segment& segment = segments[i];
        if (segment.begin == segment.end || (segment.isMatch && behaviour == SplitBehaviour::Removed))
            continue;
        if (i > 0 && joins(behaviour, segments[i - 1], segment))
            pieces.back().end = offset + segment.end;
        else
            pieces.push_back({ offset + segment.begin, offset + segment.end, -1 });
    }
}

} // namespace

Expected<SplitBehaviour> readSplitBehaviour(
    const Json& description, const char* key, SplitBehaviour fallback, const Place& place)
{
    if (!description.contains(key))
        return fallback;
    HEADLIGHT_TRY(const std::string name, jsonGet<std::string>(description, key, place.text()));
    constexpr std::pair<std::string_view, SplitBehaviour> names[] = {
        { "Removed", SplitBehaviour::Removed },
        { "Isolated", SplitBehaviour::Isolated },
        { "MergedWithPrevious", SplitBehaviour::MergedWithPrevious },
        { "MergedWithNext", SplitBehaviour::MergedWithNext },
        { "Contiguous", SplitBehaviour::Contiguous },
    };
    for (const auto& [known, behaviour] : names)
        if (known == name)
            return behaviour;
    return Error{ ErrorKind::BadFile,
        fmt::format(
            "{}: \"{}\" is \"{}\"; it can be Removed, Isolated, MergedWithPrevious, MergedWithNext or "
            "Contiguous.",
            place.text(), key, name) };
}

void splitAtMatches(PreTokenized& text, SplitBehaviour behaviour, const FindMatches& find, Matches meaning)
{
    std::vector<Piece> pieces;
    std::vector<Span> matches;
    std::vector<Segment> segments;
    pieces.reserve(text.pieces.size() + text.text.size() / 4);
    for (const Piece& piece : text.pieces) {
        if (piece.isAdded()) {
            pieces.push_back(piece);
            continue;
        }
        matches.clear();
        find(text.view(piece), matches);
        segmentsOf(matches, piece.end - piece.begin, meaning, segments);
        appendPieces(segments, behaviour, piece.begin, pieces);
    }
    text.pieces = std::move(pieces);
}

void splitAtCharacters(PreTokenized& text, SplitBehaviour behaviour, bool (*isMatch)(char32_t))
{
    splitAtMatches(text, behaviour, [isMatch](std::u32string_view view, std::vector<Span>& matches) {
        for (std::size_t i = 0; i < view.size(); ++i)
            if (isMatch(view[i]))
                matches.push_back({ int(i), int(i) + 1 });
    });
}

void rewritePieces(PreTokenized& text, const std::function<void(NormalizedString& piece)>& rewrite)
{
    PreTokenized result;
    result.pieces.reserve(text.pieces.size());
    for (const Piece& piece : text.pieces) {
        NormalizedString part = text.text.slice(piece.begin, piece.end);
        if (!piece.isAdded() && !part.empty())
            rewrite(part);
        const std::size_t begin = result.text.size();
        if (!part.empty())
            result.pieces.push_back({ begin, begin + part.size(), piece.addedId });
        result.text.append(part);
    }
    text = std::move(result);
}

} // namespace headlight
