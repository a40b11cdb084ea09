// Implements session.h. Everything slow is a lambda for the engine thread; what comes back is a value.

#include "ui/session/session.h"

#include "core/engine/engine.h"
#include "ui/session/comparison.h"
#include "ui/session/engine_thread.h"
#include "ui/session/library.h"
#include "ui/session/normalisation.h"
#include "ui/session/preferences.h"
#include "ui/session/role_names.h"
#include "ui/session/session_state.h"

namespace headlight::ui {

namespace {

/// How a model is opened again, from wherever the program is started.
QString lastingReference(const std::string& given, const OpenModel& model, const Resources& resources)
{
    std::error_code ignored;
    const bool bundled = model.folder.parent_path() == resources.root() / "models";
    if (bundled || !std::filesystem::exists(given, ignored))
        return QString::fromStdString(bundled ? model.name : given);
    return QString::fromStdString(std::filesystem::absolute(given, ignored).lexically_normal().string());
}

} // namespace

struct Session::Opened {
    std::shared_ptr<const OpenModel> model;
    QString reference;
    std::vector<Example> examples;
};

Session::Session(const Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_thread(std::make_unique<EngineThread>())
    , m_library(std::make_unique<Library>(engine.resources(), *m_thread))
    , m_display(loadDisplay())
    , m_comparison(std::make_unique<Comparison>(*this, *m_thread))
{
    connect(m_thread.get(), &EngineThread::progressed, this, [this](double fraction, const QString& phase) {
        setActivity({ true, fraction, phase });
    });
}

Session::~Session() = default;

void Session::openModel(const QString& reference)
{
    if (!std::exchange(m_modelMissing, false))
        m_restoring.reset();
    m_textCame.reset();
    open(reference);
}

void Session::open(const QString& reference)
{
    m_opening = true;
    m_wanted = reference;
    setActivity({ true, 0, tr("Opening %1").arg(reference) });
    const auto work = [&engine = m_engine, name = reference.toStdString()](
                          const JobControl& control) -> Expected<Opened> {
        HEADLIGHT_TRY(auto model, engine.open(name, control));
        auto examples = engine.resources().examples(model->name, exampleKind(model->network->info().input));
        if (takesIds(*model))
            examples.clear(); // they are texts
        QString again = lastingReference(name, *model, engine.resources());
        return Opened{ std::move(model), std::move(again), std::move(examples) };
    };
    m_thread->request(work, [this](const Expected<Opened>& opened) {
        m_opening = false;
        m_wanted.clear();
        settle();
        if (opened)
            modelArrived(*opened);
        else if (m_restoring && opened.error().kind != ErrorKind::Cancelled)
            modelIsMissing(opened.error());
        else
            showFailure(opened.error());
    });
}

void Session::modelArrived(const Opened& opened)
{
    const QScopedValueRollback settling(m_settling, true);
    m_model = opened.model;
    m_reference = opened.reference;
    m_computeError.reset();
    m_upToDate = false;
    m_examples = opened.examples;
    m_example.reset();
    m_cutToFit = false;
    m_target.reset();
    m_library->addRecent(*m_model);
    if (m_restoring)
        m_restoring->model = m_reference;
    emit modelChanged();
    if (m_restoring)
        goOnRestoring();
    else
        runOnModel();
}

void Session::setInput(AnalysisInput input)
{
    m_example.reset();
    m_pictureTurn.reset();
    takeInput(std::move(input));
}

void Session::takeInput(AnalysisInput input)
{
    if (!m_model || !takesIds(*m_model) || !std::holds_alternative<TextInput>(input))
        m_kept.keep(input);
    if (m_model && !m_opening) {
        auto completed = m_kept.completed(*m_model, input);
        if (!completed)
            return showFailure(completed.error());
        input = std::move(*completed);
        m_kept.keep(input);
    }
    m_given = std::make_shared<AnalysisInput>(std::move(input));
    replaceRestored([](SessionState& wanted, const Session& session) {
        wanted.input = session.m_given;
        wanted.source = session.m_kept.sourceOf(*session.m_given);
        wanted.example = session.m_example;
        wanted.written = 0;
    });
    emit inputChanged();
    if (m_model && !m_opening)
        runInput();
}

void Session::runInput(Writing writing)
{
    m_opening = false;
    m_upToDate = false;
    setActivity({ true, 0, tr("Running %1").arg(QString::fromStdString(m_model->name)) });
    const ModelInfo& info = m_model->network->info();
    AnalysisRequest request;
    request.input = input();
    request.cutToFit = m_cutToFit;
    request.trace.steps = m_steps;
    request.trace.rows = info.input == InputKind::Text && info.writes && !info.pair;
    if (m_lastComplete && m_lastComplete->model == m_model)
        request.earlier = m_lastComplete;
    if (info.pair)
        request.target = m_target;
    if (info.writes && (writing == Writing::Asked || (info.pair && !m_target)))
        request.generation = startWriting();
    else
        stopListening();
    request.partial = [this, run = ++m_run](std::shared_ptr<const AnalysisResult> partial) {
        readRolesOf(*partial);
        QMetaObject::invokeMethod(
            this, [this, run, partial = std::move(partial)] { partialArrived(run, partial); },
            Qt::QueuedConnection);
    };
    request.partialInterval = m_patience;
    request.compute = m_compute;
    request.measureCompute = m_compute != Compute::Float32 && !m_computeError;
    const auto work = [&engine = m_engine, model = m_model, request, limit = m_memoryLimit](
                          const JobControl& control) mutable {
        request.memoryLimit = limit(); // asks the system: not on the GUI thread
        return withRoles(engine.run(model, request, control));
    };
    m_thread->request(work, [this](const Expected<std::shared_ptr<const AnalysisResult>>& result) {
        settle();
        if (result)
            resultArrived(*result);
        else
            showFailure(result.error());
    });
}

void Session::setCompute(Compute compute)
{
    if (compute == m_compute)
        return;
    m_compute = compute;
    m_computeError.reset();
    if (m_model && !m_opening && m_result && m_result->model == m_model)
        runInput();
}

void Session::generate()
{
    if (!m_model || m_opening || !m_model->network->info().writes)
        return;
    m_target.reset();
    runInput(Writing::Asked);
}

void Session::endWriting()
{
    if (m_stopWriting)
        m_stopWriting->store(true);
}

void Session::setGeneration(const GenerationOptions& options)
{
    if (sameGeneration(options, m_generation))
        return;
    m_generation = options;
    emit generationChanged();
}

void Session::setTarget(const std::optional<std::string>& target)
{
    if (target == m_target)
        return;
    m_target = target;
    replaceRestored([](SessionState& wanted, const Session& session) { wanted.target = session.m_target; });
    emit inputChanged();
    if (m_model && !m_opening && m_model->network->info().pair)
        runInput();
}

/// The text is told on this thread, and only while it is still the newest one that is written.
GenerationOptions Session::startWriting()
{
    GenerationOptions options = m_generation;
    if (m_restoring && m_restoring->written > 0 && options.beams == 1) // it may have been ended early
        options.newTokens = std::min(options.newTokens, m_restoring->written);
    m_stopWriting = std::make_shared<std::atomic<bool>>(false);
    options.stop = m_stopWriting;
    options.written = [this, mine = m_stopWriting](const std::string& text) {
        QMetaObject::invokeMethod(
            this,
            [this, mine, text = QString::fromStdString(text)] {
                if (mine == m_stopWriting)
                    emit written(text);
            },
            Qt::QueuedConnection);
    };
    emit writingChanged();
    return options;
}

void Session::stopListening()
{
    if (!m_stopWriting)
        return;
    m_stopWriting.reset();
    emit writingChanged();
}

void Session::resultArrived(const std::shared_ptr<const AnalysisResult>& result)
{
    m_settling = true;
    const auto restored = std::exchange(m_restoring, nullptr);
    const bool fresh = !restored && choosesAnew(*result);
    m_lastComplete = result;
    m_firstLook.reset();
    if (result->computeError)
        m_computeError = result->computeError;
    m_upToDate = true;
    if (result->tokensCut == 0)
        m_cutToFit = false;
    const bool scrubbed = !restored && std::exchange(m_display.written, std::nullopt).has_value();
    if (restored && !restored->view.isEmpty())
        setView(restored->view);
    show(result,
        fresh ? firstSelection(*result) : clamped(restored ? restored->selection : m_selection, *result));
    if (scrubbed)
        emit displayChanged();
    if (std::exchange(m_failed, false))
        emit recovered();
    m_settling = false;
    emit settled();
}

/// A picture of the text before stays until the layer that is looked at is there; of a new model each layer
/// is shown as it comes. A state that is being restored arrives as a whole.
void Session::partialArrived(std::uint64_t run, const std::shared_ptr<const AnalysisResult>& result)
{
    if (run != m_run || !m_activity.running || m_opening || m_restoring)
        return;
    const bool fresh = choosesAnew(*result);
    if (!fresh && !layerOf(*result, m_selection))
        return;
    const QScopedValueRollback settling(m_settling, true);
    const Selection selection = fresh ? firstSelection(*result) : clamped(m_selection, *result);
    m_firstLook = fresh ? std::optional(selection) : std::nullopt;
    show(result, selection);
}

bool Session::choosesAnew(const AnalysisResult& result) const
{
    return !m_result || m_result->model != result.model || (m_firstLook && *m_firstLook == m_selection);
}

void Session::show(const std::shared_ptr<const AnalysisResult>& result, const Selection& selection)
{
    const Selection before = std::exchange(m_selection, selection);
    m_result = result;
    m_hover = {};
    emit resultChanged();
    if (m_selection != before)
        emit selectionChanged();
}

/// Layers of a run that was stopped are no answer: what there was before is shown again.
void Session::dropPartial()
{
    m_firstLook.reset();
    if (!m_result || m_result->complete)
        return;
    const bool same = m_lastComplete && m_lastComplete->model == m_model;
    m_result.reset();
    if (same)
        show(m_lastComplete, clamped(m_selection, *m_lastComplete));
    else
        emit resultChanged();
}

void Session::showFailure(const Error& error)
{
    dropPartial();
    const auto restored = std::exchange(m_restoring, nullptr);
    if (restored && !restored->view.isEmpty())
        setView(restored->view);
    if (error.kind == ErrorKind::Cancelled) {
        if (restored)
            emit settled(); // the state is not gone to
        return;
    }
    m_failed = true;
    if (m_result && m_result->model && m_result->model != m_model) { // a picture of another model would lie
        m_result.reset();
        emit resultChanged();
    }
    emit failed(QString::fromStdString(error.message), error.kind == ErrorKind::TooLong);
    if (restored)
        emit settled();
}

void Session::setCutToFit(bool cut)
{
    m_cutToFit = cut;
    emit inputChanged();
    if (m_model && !m_opening)
        runInput();
}

void Session::cancel()
{
    m_thread->cancel();
}

void Session::setSelection(const Selection& selection)
{
    const Selection valid = m_result ? clamped(selection, *m_result) : selection;
    if (m_restoring)
        m_restoring->selection = selection;
    if (valid == m_selection)
        return;
    m_selection = valid;
    emit selectionChanged();
}

void Session::setHover(const Hover& hover)
{
    if (hover == m_hover)
        return;
    m_hover = hover;
    emit hoverChanged();
}

void Session::setDisplay(const DisplaySettings& display)
{
    if (display == m_display)
        return;
    m_display = display;
    saveDisplay(display);
    emit displayChanged();
}

void Session::setView(const QString& id)
{
    if (m_restoring)
        m_restoring->view = id;
    if (id == m_view)
        return;
    m_view = id;
    emit viewChanged();
}

void Session::setViewOption(const QString& view, const QString& name, const QVariant& value)
{
    QVariantMap options = viewOptions(view);
    if (value.isValid())
        options.insert(name, value);
    else
        options.remove(name); // as it was before anybody set it
    setViewOptions(view, options);
}

void Session::setViewOptions(const QString& view, const QVariantMap& options)
{
    if (options == viewOptions(view))
        return;
    if (options.isEmpty())
        m_viewOptions.remove(view);
    else
        m_viewOptions.insert(view, options);
    emit viewOptionsChanged(view);
}

AttentionMap Session::selectedMap() const
{
    return m_result ? mapOf(*m_result, m_selection) : AttentionMap();
}

float Session::top(const AttentionMap& map) const
{
    return m_result ? topOf(*m_result, map, m_display) : 1.0f;
}

void Session::setActivity(const Activity& activity)
{
    if (activity == m_activity)
        return;
    m_activity = activity;
    emit activityChanged();
}

void Session::settle()
{
    stopListening();
    setActivity({});
}

} // namespace headlight::ui
