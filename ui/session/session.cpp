// Implements session.h. Everything slow is a lambda for the engine thread; what comes back is a value.

#include "ui/session/session.h"

#include "core/engine/engine.h"
#include "ui/session/comparison.h"
#include "ui/session/dropped.h"
#include "ui/session/engine_thread.h"
#include "ui/session/library.h"
#include "ui/session/normalisation.h"
#include "ui/session/preferences.h"

namespace headlight::ui {

struct Session::Opened {
    std::shared_ptr<const OpenModel> model;
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
    m_opening = true;
    m_wanted = reference;
    setActivity({ true, 0, tr("Opening %1").arg(reference) });
    const auto work = [&engine = m_engine, name = reference.toStdString()](
                          const JobControl& control) -> Expected<Opened> {
        HEADLIGHT_TRY(auto model, engine.open(name, control));
        auto examples = engine.resources().examples(model->name, exampleKind(model->network->info().input));
        if (takesIds(*model))
            examples.clear(); // they are texts
        return Opened{ std::move(model), std::move(examples) };
    };
    m_thread->request(work, [this](const Expected<Opened>& opened) {
        m_opening = false;
        m_wanted.clear();
        settle();
        if (opened)
            modelArrived(*opened);
        else
            showFailure(opened.error());
    });
}

void Session::modelArrived(const Opened& opened)
{
    m_model = opened.model;
    m_examples = opened.examples;
    m_example.reset();
    m_cutToFit = false;
    m_target.reset();
    m_library->addRecent(*m_model);
    emit modelChanged();
    runOnModel();
}

void Session::runOnModel()
{
    if (auto input = m_kept.fitting(*m_model)) {
        m_input = std::move(*input);
        emit inputChanged();
        runInput();
    } else if (!m_examples.empty()) {
        openExample(0);
    } else {
        m_result.reset();
        emit resultChanged();
    }
}

void Session::setInput(AnalysisInput input)
{
    m_example.reset();
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
    m_input = std::move(input);
    emit inputChanged();
    if (m_model && !m_opening)
        runInput();
}

void Session::runInput(Writing writing)
{
    m_opening = false;
    setActivity({ true, 0, tr("Running %1").arg(QString::fromStdString(m_model->name)) });
    const ModelInfo& info = m_model->network->info();
    AnalysisRequest request;
    request.input = m_input;
    request.cutToFit = m_cutToFit;
    if (info.pair)
        request.target = m_target;
    if (info.writes && (writing == Writing::Asked || (info.pair && !m_target)))
        request.generation = startWriting();
    else
        stopListening();
    const auto work = [&engine = m_engine, model = m_model, request](
                          const JobControl& control) { return engine.run(model, request, control); };
    m_thread->request(work, [this](const Expected<std::shared_ptr<const AnalysisResult>>& result) {
        settle();
        if (result)
            resultArrived(*result);
        else
            showFailure(result.error());
    });
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
    m_generation = options;
}

void Session::setTarget(const std::optional<std::string>& target)
{
    if (target == m_target)
        return;
    m_target = target;
    if (m_model && !m_opening && m_model->network->info().pair)
        runInput();
}

/// The text is told on this thread, and only while it is still the newest one that is written.
GenerationOptions Session::startWriting()
{
    GenerationOptions options = m_generation;
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
    const bool fresh = !m_result || m_result->model != result->model;
    const Selection before = m_selection;
    m_result = result;
    m_selection = fresh ? firstSelection(*result) : clamped(m_selection, *result);
    m_hover = {};
    if (result->tokensCut == 0)
        m_cutToFit = false;
    emit resultChanged();
    if (m_selection != before)
        emit selectionChanged();
    if (std::exchange(m_failed, false))
        emit recovered();
}

void Session::showFailure(const Error& error)
{
    if (error.kind == ErrorKind::Cancelled)
        return;
    m_failed = true;
    if (m_result && m_result->model != m_model) { // a picture of another model would lie
        m_result.reset();
        emit resultChanged();
    }
    emit failed(QString::fromStdString(error.message), error.kind == ErrorKind::TooLong);
}

void Session::openImage(const QString& path)
{
    openPaths({ path });
}

void Session::openPaths(const QStringList& paths)
{
    m_example.reset();
    readPaths(paths);
}

void Session::readPaths(const QStringList& paths)
{
    m_opening = true;
    setActivity({ true, 0, tr("Reading %1").arg(paths.join(QStringLiteral(", "))) });
    m_thread->request([paths](const JobControl& control) { return readDropped(paths, control); },
        [this](const Expected<Dropped>& dropped) {
            m_opening = false;
            settle();
            if (dropped)
                pathsArrived(*dropped);
            else
                showFailure(dropped.error());
        });
}

void Session::pathsArrived(const Dropped& dropped)
{
    if (dropped.image)
        m_kept.keepPicture(*dropped.image);
    if (dropped.text)
        m_kept.keepText(*dropped.text);
    if (dropped.sound)
        m_kept.keepSound(*dropped.sound);
    if (!dropped.model.empty())
        openModel(QString::fromStdString(dropped.model));
    else if (!m_wanted.isEmpty()) // this request replaced the one that was opening it
        openModel(QString(m_wanted));
    else if (takesDropped(dropped))
        runDropped(dropped);
    else if (dropped.sound)
        showFailure({ ErrorKind::BadInput,
            tr("This is a sound, and no model that hears is open. Open one (Whisper, wav2vec 2.0): the sound "
               "is kept "
               "for it.")
                .toStdString() });
    else
        openModel(QLatin1String(dropped.image ? firstImageModel : firstModel));
}

bool Session::takesDropped(const Dropped& dropped) const
{
    if (!m_model)
        return false;
    switch (m_model->network->info().input) {
    case InputKind::Text:
        return dropped.text.has_value();
    case InputKind::Image:
        return dropped.image.has_value();
    case InputKind::ImageAndText:
        return dropped.image || dropped.text;
    case InputKind::Sound:
        return dropped.sound.has_value();
    }
    return false;
}

/// A text for a model without a tokenizer is a list of ids, or an error.
void Session::runDropped(const Dropped& dropped)
{
    if (dropped.text && takesIds(*m_model))
        takeInput(TextInput{ *dropped.text, std::nullopt });
    else
        runOnModel();
}

void Session::openPicture(const Image& picture)
{
    if (picture.empty())
        return;
    m_example.reset();
    pathsArrived({ {}, picture, std::nullopt, std::nullopt });
}

void Session::openText(const QString& text)
{
    m_example.reset();
    pathsArrived({ {}, std::nullopt, text.toStdString(), std::nullopt });
}

void Session::openExample(std::size_t index)
{
    const Example& example = m_examples.at(index);
    m_example = index;
    if (!example.image.empty())
        return readPaths({ QString::fromStdString(example.image.string()) });
    const auto pair = example.textPair.empty() ? std::nullopt : std::optional(example.textPair);
    takeInput(TextInput{ example.text, pair });
}

void Session::setCutToFit(bool cut)
{
    m_cutToFit = cut;
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

void Session::setViewOption(const QString& view, const QString& name, const QVariant& value)
{
    QVariantMap options = viewOptions(view);
    options.insert(name, value);
    setViewOptions(view, options);
}

void Session::setViewOptions(const QString& view, const QVariantMap& options)
{
    if (options == viewOptions(view))
        return;
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
