// Implements session_state.h, and what Session does to take and to restore a state.

#include "ui/session/session_state.h"

#include "core/engine/turns_input.h"
#include "ui/session/engine_thread.h"
#include "ui/session/session.h"

namespace headlight::ui {
namespace {

bool same(const Image& a, const Image& b)
{
    return sharesPixels(a, b) || a == b;
}

bool same(const Sound& a, const Sound& b)
{
    return sharesSamples(a, b) || a == b;
}

bool same(const AnalysisInput& a, const AnalysisInput& b)
{
    if (a.index() != b.index())
        return false;
    if (const auto* text = std::get_if<TextInput>(&a))
        return text->text == std::get<TextInput>(b).text && text->pair == std::get<TextInput>(b).pair;
    if (const auto* ids = std::get_if<IdsInput>(&a))
        return ids->ids == std::get<IdsInput>(b).ids;
    if (const auto* image = std::get_if<ImageInput>(&a))
        return image->text == std::get<ImageInput>(b).text
            && same(image->image, std::get<ImageInput>(b).image);
    if (const auto* turns = std::get_if<TurnsInput>(&a))
        return turns->turns == std::get<TurnsInput>(b).turns && turns->reply == std::get<TurnsInput>(b).reply
            && std::ranges::equal(turns->pictures, std::get<TurnsInput>(b).pictures,
                [](const Image& one, const Image& other) { return same(one, other); });
    if (const auto* sound = std::get_if<SoundInput>(&a))
        return same(sound->sound, std::get<SoundInput>(b).sound);
    return false;
}

/// Whether `model` can be fed `input` as it is.
bool fits(const OpenModel& model, const AnalysisInput& input)
{
    if (std::holds_alternative<TensorInput>(input))
        return true;
    switch (model.network->info().input) {
    case InputKind::Text:
        return std::holds_alternative<IdsInput>(input)
            || (std::holds_alternative<TextInput>(input) && !takesIds(model))
            || (std::holds_alternative<TurnsInput>(input) && takesTurns(model));
    case InputKind::Image:
        return std::holds_alternative<ImageInput>(input);
    case InputKind::ImageAndText:
        return std::holds_alternative<ImageInput>(input)
            || (std::holds_alternative<TurnsInput>(input) && takesTurns(model));
    case InputKind::Sound:
        return std::holds_alternative<SoundInput>(input);
    }
    return false;
}

} // namespace

bool sameInput(const std::shared_ptr<const AnalysisInput>& a, const std::shared_ptr<const AnalysisInput>& b)
{
    return a == b || (a && b && same(*a, *b));
}

bool sameGeneration(const GenerationOptions& a, const GenerationOptions& b)
{
    const auto key = [](const GenerationOptions& o) {
        return std::tuple(o.newTokens, o.beams, o.temperature, o.topK, o.topP, o.seed);
    };
    return key(a) == key(b);
}

bool sameRun(const SessionState& a, const SessionState& b)
{
    return a.model == b.model && a.attention == b.attention && a.target == b.target
        && a.cutToFit == b.cutToFit && a.written == b.written
        && (a.written == 0 || sameGeneration(a.generation, b.generation)) && sameInput(a.input, b.input);
}

bool operator==(const SessionState& a, const SessionState& b)
{
    return a.view == b.view && a.selection == b.selection && a.display == b.display
        && a.viewOptions == b.viewOptions && a.source == b.source
        && sameGeneration(a.generation, b.generation) && sameRun(a, b);
}

std::size_t bytesOf(const AnalysisInput& input)
{
    if (const auto* text = std::get_if<TextInput>(&input))
        return text->text.size() + text->pair.value_or(std::string()).size();
    if (const auto* ids = std::get_if<IdsInput>(&input))
        return ids->ids.size() * sizeof(std::int64_t);
    if (const auto* turns = std::get_if<TurnsInput>(&input)) {
        std::size_t bytes = 0;
        for (const ChatTurn& turn : turns->turns)
            bytes += turn.role.size() + turn.text.size();
        for (const Image& picture : turns->pictures)
            bytes += picture.empty() ? 0 : picture.pixels().size();
        return bytes;
    }
    if (const auto* image = std::get_if<ImageInput>(&input))
        return image->text.size() + (image->image.empty() ? 0 : image->image.pixels().size());
    if (const auto* sound = std::get_if<SoundInput>(&input))
        return std::size_t(sound->sound.count()) * sizeof(float);
    return 0;
}

SessionState Session::state() const
{
    SessionState state = ownState();
    if (!m_restoring)
        return state;
    const SessionState& wanted = *m_restoring;
    state.model = wanted.model;
    state.input = wanted.input;
    state.source = wanted.source;
    state.attention = wanted.attention;
    state.example = wanted.example;
    state.target = wanted.target;
    state.cutToFit = wanted.cutToFit;
    state.written = wanted.written;
    state.selection = wanted.selection;
    state.view = wanted.view;
    return state;
}

/// What is here now, whatever is on its way.
SessionState Session::ownState() const
{
    SessionState state;
    state.model = m_reference;
    state.input = m_given;
    state.source = m_given ? m_kept.sourceOf(*m_given) : QString();
    state.example = m_example;
    state.target = m_target;
    state.generation = m_generation;
    state.cutToFit = m_cutToFit;
    if (m_result && m_result->generated && m_model && !m_model->network->info().pair)
        state.written = std::int64_t(m_result->generated->ids.size());
    if (m_result && !m_result->model && !m_result->source.empty()) {
        state.attention = m_attention;
        state.model.clear(); // whichever is open has no part in it
    }
    state.selection = m_selection;
    state.display = m_display;
    state.view = m_view;
    state.viewOptions = m_viewOptions;
    return state;
}

void Session::restore(const SessionState& state)
{
    setDisplay(state.display);
    setGeneration(state.generation);
    const auto known = m_viewOptions.keys() + state.viewOptions.keys();
    for (const QString& view : QSet<QString>(known.begin(), known.end()))
        setViewOptions(view, state.viewOptions.value(view));
    m_restoring = std::make_unique<SessionState>(state);
    m_modelMissing = false;
    if (!state.attention.isEmpty() && state.attention != ownState().attention) {
        m_wanted.clear();
        return readPaths({ state.attention });
    }
    if (m_model && (state.model.isEmpty() || (m_wanted.isEmpty() && state.model == m_reference)))
        return goOnRestoring();
    if (state.input)
        m_kept.keep(*state.input, state.source);
    const bool picture = state.input && std::holds_alternative<ImageInput>(*state.input);
    open(state.model.isEmpty() ? QLatin1String(picture ? firstImageModel : firstModel) : state.model);
}

/// The model is there: its input is run, unless what it gives is there already.
void Session::goOnRestoring()
{
    const SessionState& wanted = *m_restoring;
    const bool sameAsNow = m_model && sameRun(ownState(), wanted);
    if (sameAsNow && m_upToDate && m_result)
        return finishRestoring();
    if (sameAsNow && m_thread->busy())
        return; // what runs is what is wanted
    if (!m_model)
        return finishRestoring();
    m_example = wanted.example && *wanted.example < m_examples.size() ? wanted.example : std::nullopt;
    m_target = wanted.target;
    m_cutToFit = wanted.cutToFit;
    if (wanted.input)
        m_kept.keep(*wanted.input, wanted.source);
    if (!wanted.input || !fits(*m_model, *wanted.input))
        return runOnModel();
    m_given = wanted.input;
    emit inputChanged();
    runInput(wanted.written > 0 ? Writing::Asked : Writing::AsUsual);
}

/// Selection and view, once there is what they are about.
void Session::finishRestoring()
{
    const SessionState wanted = *std::exchange(m_restoring, nullptr);
    setSelection(wanted.selection);
    if (!wanted.view.isEmpty())
        setView(wanted.view);
    emit settled();
}

/// The model of a state is not there: all else of it is, and waits for the model.
void Session::modelIsMissing(const Error& error)
{
    m_modelMissing = true;
    m_failed = true;
    m_result.reset(); // a picture of another model would lie
    m_upToDate = false;
    emit resultChanged();
    if (m_restoring->input) {
        m_given = m_restoring->input;
        emit inputChanged();
    }
    if (!m_restoring->view.isEmpty())
        setView(m_restoring->view);
    emit modelMissing(m_restoring->model, error);
}

/// What a person gives while a state is on its way takes the place of what it had.
void Session::replaceRestored(void (*change)(SessionState& wanted, const Session& session))
{
    if (m_restoring)
        change(*m_restoring, *this);
}

} // namespace headlight::ui
