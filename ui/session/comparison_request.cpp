// What the other side of a comparison is run on: a text of its own and, beside it, whatever else A is given.

#include "core/engine/turns_input.h"
#include "ui/session/comparison.h"
#include "ui/session/session.h"
#include "ui/session/session_state.h"

namespace headlight::ui {
namespace {

bool sameTurns(const std::optional<TurnsInput>& a, const std::optional<TurnsInput>& b)
{
    return a.has_value() == b.has_value()
        && (!a
            || (a->turns == b->turns && a->reply == b->reply
                && std::ranges::equal(a->pictures, b->pictures,
                    [](const Image& x, const Image& y) { return sharesPixels(x, y) || x == y; })));
}

bool samePicture(const std::optional<Image>& a, const std::optional<Image>& b)
{
    return a.has_value() == b.has_value() && (!a || sharesPixels(*a, *b) || *a == *b);
}

} // namespace

bool Comparison::Wanted::operator==(const Wanted& other) const
{
    return reference == other.reference && model == other.model && text == other.text && pair == other.pair
        && target == other.target && generation.has_value() == other.generation.has_value()
        && (!generation || sameGeneration(*generation, *other.generation))
        && samePicture(picture, other.picture) && sameTurns(turns, other.turns);
}

/// A text of B's own on the open model; beside it, whatever else A is given.
Comparison::Wanted Comparison::wantedText(const QString& text, const std::optional<QString>& pair) const
{
    Wanted wanted{ {}, m_session.model(), text, pair };
    const ModelInfo& info = wanted.model->network->info();
    if (const auto* picture = std::get_if<ImageInput>(&m_session.input());
        picture && info.input == InputKind::ImageAndText)
        wanted.picture = picture->image;
    if (std::holds_alternative<TurnsInput>(m_session.input()) && takesTurns(*wanted.model))
        wanted.turns = std::get<TurnsInput>(withText(m_session.input(), text.toStdString()));
    if (info.pair)
        wanted.target = m_session.target();
    if (info.pair && info.writes && !wanted.target)
        wanted.generation = m_session.generation();
    return wanted;
}

AnalysisRequest Comparison::requestFor(const Wanted& wanted)
{
    AnalysisRequest request;
    const std::string text = wanted.text.toStdString();
    if (wanted.picture)
        request.input = ImageInput{ *wanted.picture, text };
    else if (wanted.turns)
        request.input = *wanted.turns;
    else
        request.input =
            TextInput{ text, wanted.pair ? std::optional(wanted.pair->toStdString()) : std::nullopt };
    request.cutToFit = true; // the caption says how much was cut
    request.target = wanted.target;
    request.generation = wanted.generation;
    if (!wanted.model) // which is not known yet
        request.generation = GenerationOptions{};
    return request;
}

} // namespace headlight::ui
