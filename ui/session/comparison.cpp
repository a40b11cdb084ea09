#include "ui/session/comparison.h"

#include "core/engine/engine.h"
#include "ui/session/comparison_options.h"
#include "ui/session/engine_thread.h"
#include "ui/session/session.h"
#include "ui/session/sites.h"

#include <QUuid>

#include <algorithm>
#include <chrono>

namespace headlight::ui {

using namespace comparison;

namespace {

QString referenceOf(const OpenModel& model, const Resources& resources)
{
    const bool bundled = model.folder.parent_path() == resources.root() / "models";
    return QString::fromStdString(bundled ? model.name : model.folder.string());
}

Selection withoutTokens(Selection selection)
{
    selection.queries.clear();
    selection.key.reset();
    return selection;
}

} // namespace

Comparison::Comparison(Session& session, EngineThread& thread)
    : m_session(session)
    , m_thread(thread)
{
    for (const auto signal : { &Session::resultChanged, &Session::selectionChanged, &Session::modelChanged })
        connect(&session, signal, this, &Comparison::refresh);
    connect(&session, &Session::viewOptionsChanged, this, [this](const QString& changedView) {
        if (changedView == QLatin1String(view))
            refresh();
    });
    // What A asks for goes first: the run of B begins anew behind it.
    connect(
        &session, &Session::activityChanged, this,
        [this] {
            const bool busy = m_session.activity().running;
            if (busy && !std::exchange(m_sessionBusy, busy) && m_running)
                run();
            m_sessionBusy = busy;
        },
        Qt::QueuedConnection);
}

Comparison::~Comparison()
{
    m_stop.request_stop();
}

QVariantMap Comparison::options() const
{
    return m_session.viewOptions(QLatin1String(view));
}

/// Replaces what is compared with; leaves the other options of the view alone.
void Comparison::setOptions(const QVariantMap& changed)
{
    QVariantMap all = options();
    for (const QString& key : ownKeys())
        all.remove(key);
    all.insert(changed);
    m_session.setViewOptions(QLatin1String(view), all);
}

Against Comparison::against() const
{
    return againstOf(options());
}

bool Comparison::follows() const
{
    return options().value(followKey).toBool();
}

QString Comparison::text() const
{
    return options().value(textKey).toString();
}

bool Comparison::takesText() const
{
    const auto& model = m_session.model();
    if (!model)
        return false;
    const InputKind kind = model->network->info().input;
    return kind == InputKind::Text
        || (kind == InputKind::ImageAndText
            && (std::holds_alternative<ImageInput>(m_session.input()) || std::holds_alternative<TurnsInput>(m_session.input())));
}

/// The options of a kept run, without layer and heads.
QVariantMap Comparison::keptOptions()
{
    const auto& result = m_session.result();
    const QString name = QUuid::createUuid().toString(QUuid::WithoutBraces);
    m_kept.push_back({ name, result, m_session.input() });
    if (m_kept.size() > mostKept)
        m_kept.erase(m_kept.begin());
    QVariantMap options{ { againstKey, id(Against::Kept) }, { keptKey, name } };
    writeText(options, m_session.input());
    if (result->model)
        options.insert(modelKey, referenceOf(*result->model, m_session.engine().resources()));
    return options;
}

void Comparison::keep()
{
    if (!m_session.result())
        return;
    QVariantMap options = keptOptions();
    writeSelection(options, m_session.selection());
    setOptions(options);
}

void Comparison::compareWithAnotherHead()
{
    const auto& result = m_session.result();
    const auto layer = result ? layerOf(*result, m_session.selection()) : nullptr;
    if (!layer)
        return;
    Selection other = m_session.selection();
    const auto layers = layersOf(*result, SiteGroup::of(other));
    if (layer->heads > 1) {
        other.heads = { (other.head() + 1) % layer->heads };
    } else {
        const auto here = std::ranges::find(layers, layer) - layers.begin();
        other.layer = layers[std::size_t(here + 1) % layers.size()]->site.layer;
    }
    QVariantMap options{ { againstKey, id(Against::SameRun) } };
    writeSelection(options, other);
    options.remove(siteKey); // always that of A
    setOptions(options);
}

void Comparison::setText(const QString& text)
{
    QVariantMap changed;
    if (against() == Against::Text) {
        changed = options();
    } else {
        changed.insert(againstKey, id(Against::Text));
        changed.insert(followKey, true);
    }
    changed.insert(textKey, text);
    setOptions(changed);
}

void Comparison::choose(const Selection& selection)
{
    QVariantMap changed = options();
    changed.insert(followKey, false);
    writeSelection(changed, selection);
    if (against() != Against::Kept)
        changed.remove(siteKey);
    setOptions(changed);
}

void Comparison::setFollows(bool follows)
{
    QVariantMap changed = options();
    changed.insert(followKey, follows);
    if (!follows && m_side)
        writeSelection(changed, m_side->selection);
    if (against() != Against::Kept)
        changed.remove(siteKey);
    setOptions(changed);
}

void Comparison::clear()
{
    setOptions({});
}

void Comparison::swap()
{
    if (!m_side || !m_session.result())
        return;
    const ComparedSide other = *m_side;
    if (against() == Against::Text && std::holds_alternative<TextInput>(m_session.input()))
        return swapTexts();
    if (other.result != m_session.result())
        return swapRuns(other);
    const Selection before = m_session.selection();
    Selection after = other.selection;
    after.queries = before.queries;
    after.key = before.key;
    m_session.setSelection(after);
    choose(before);
}

void Comparison::swapTexts()
{
    const TextInput before = std::get<TextInput>(m_session.input());
    const Selection chosen = m_session.selection(), other = m_side->selection;
    const auto ran = m_side->result;
    const QString mine = text();
    const bool together = follows();
    m_ran = m_session.result(); // the answer to what is asked now
    m_wanted = wantedText(QString::fromStdString(before.text),
        before.pair ? std::optional(QString::fromStdString(*before.pair)) : std::nullopt);
    stop();
    QVariantMap changed = options();
    changed.insert(textKey, QString::fromStdString(before.text));
    m_session.setViewOptions(QLatin1String(view), changed);
    m_session.setResult(ran);
    m_session.setInput(TextInput{ mine.toStdString(), before.pair });
    if (together)
        return;
    m_session.setSelection(other);
    choose(chosen);
}

void Comparison::swapRuns(const ComparedSide& other)
{
    const Kept* kept = keptNow();
    const AnalysisInput input = kept ? kept->input : withText(m_session.input(), text().toStdString());
    const auto* before = std::get_if<TextInput>(&m_session.input());
    const auto* after = std::get_if<TextInput>(&input);
    const bool sameInput = before && after && before->text == after->text && before->pair == after->pair;
    const bool sameModel = other.result->model == m_session.model();
    keep(); // A becomes B
    m_session.setResult(other.result);
    m_session.setSelection(other.selection);
    if (!sameModel && other.result->model)
        m_session.openModel(referenceOf(*other.result->model, m_session.engine().resources()));
    if (sameInput || !m_session.model())
        return;
    m_session.setInput(input);
    if (sameModel && other.result->generated && !m_session.model()->network->info().pair)
        m_session.generate(); // the same again: what was written belongs to its maps
}

const Comparison::Kept* Comparison::keptNow() const
{
    const QString name = options().value(keptKey).toString();
    const auto found = std::ranges::find(m_kept, name, &Kept::id);
    return found == m_kept.end() ? nullptr : &*found;
}

Selection Comparison::selectionIn(const AnalysisResult& result) const
{
    Selection selection = withoutTokens(m_session.selection());
    if (!follows())
        selection = readSelection(options(), selection, result);
    if (selection.heads.empty())
        selection.heads = { 0 };
    return withoutTokens(clamped(selection, result));
}

std::shared_ptr<const AnalysisResult> Comparison::resultNow()
{
    const Against what = against();
    const QVariantMap now = options();
    if (what != Against::Text && what != Against::Kept)
        stop();
    if (what == Against::SameRun)
        return m_session.result();
    if (what == Against::Nothing)
        return nullptr;
    if (what == Against::Text) {
        if (!takesText() || text().trimmed().isEmpty()) {
            stop();
            m_wanted.reset();
            return nullptr;
        }
        const auto* input = std::get_if<TextInput>(&m_session.input());
        const bool pair = input && input->pair;
        return ranOn(
            wantedText(text(), pair ? std::optional(QString::fromStdString(*input->pair)) : std::nullopt));
    }
    if (const Kept* kept = keptNow()) {
        stop();
        return kept->result;
    }
    if (!now.contains(textKey) || !now.contains(modelKey)) {
        m_failure = tr("What was kept was no text, and is gone. Keep another run.");
        return nullptr;
    }
    return ranOn({ now.value(modelKey).toString(), nullptr, text(), readPair(now) });
}

/// On the engine's thread. A run that was stopped while it waited ends at once.
Expected<std::shared_ptr<const AnalysisResult>> Comparison::ran(
    const Engine& engine, const Wanted& wanted, AnalysisRequest request, const JobControl& job)
{
    if (job.stopRequested())
        return Error{ ErrorKind::Cancelled, {} };
    auto model = wanted.model;
    if (!model) {
        HEADLIGHT_TRY(model, engine.open(wanted.reference.toStdString(), job));
    }
    const ModelInfo& info = model->network->info();
    if (!info.pair)
        request.target.reset();
    if (!info.pair || !info.writes)
        request.generation.reset();
    if (std::holds_alternative<TextInput>(request.input) && takesIds(*model)) {
        HEADLIGHT_TRY(request.input, idsFromText(*model, wanted.text.toStdString()));
    }
    return engine.run(model, request, job);
}

/// The result of a run, or of the one before while it is made; begins it when it is a new one.
std::shared_ptr<const AnalysisResult> Comparison::ranOn(Wanted wanted)
{
    if (m_wanted == wanted) {
        m_failure = m_runFailure;
        return m_ran;
    }
    if (!m_wanted || m_wanted->model != wanted.model || m_wanted->reference != wanted.reference)
        m_ran.reset(); // a picture of another model would lie
    m_wanted = std::move(wanted);
    run();
    return m_ran;
}

void Comparison::run()
{
    if (!m_wanted)
        return;
    stop();
    m_running = true;
    m_progress = 0;
    m_runFailure.clear();
    m_stop = std::stop_source();
    const std::stop_token token = m_stop.get_token();
    const AnalysisRequest request = requestFor(*m_wanted);
    m_thread.errand([&engine = m_session.engine(), wanted = *m_wanted, request, job = control(token)](
                        const JobControl&) { return ran(engine, wanted, request, job); },
        [this, token](const Expected<std::shared_ptr<const AnalysisResult>>& result) {
            if (!token.stop_requested())
                arrived(result);
        });
}

/// Progress comes back by way of the thread object, which outlives the run; this object may not.
JobControl Comparison::control(const std::stop_token& token)
{
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds interval(33);
    auto last = std::make_shared<Clock::time_point>();
    return JobControl(token, [this, token, last, thread = &m_thread](double fraction, std::string_view) {
        const auto now = Clock::now();
        if (now - *last < interval)
            return;
        *last = now;
        QMetaObject::invokeMethod(
            thread,
            [this, token, fraction] {
                if (token.stop_requested())
                    return;
                m_progress = fraction;
                emit progressed();
            },
            Qt::QueuedConnection);
    });
}

void Comparison::cancel()
{
    if (!m_running)
        return;
    stop();
    emit changed();
}

void Comparison::arrived(const Expected<std::shared_ptr<const AnalysisResult>>& result)
{
    m_running = false;
    if (result)
        m_ran = *result;
    else
        m_runFailure = QString::fromStdString(result.error().message);
    refresh();
    emit changed();
}

void Comparison::stop()
{
    m_stop.request_stop();
    m_running = false;
}

void Comparison::refresh()
{
    const bool ran = m_running;
    const QString failure = m_failure;
    m_failure.clear();
    if (m_session.result() && !m_session.result()->complete)
        return; // B is run when A is done
    const auto result = resultNow();
    const bool shown = result && result->trace && !result->trace->layers().empty();
    std::shared_ptr<const ComparedSide> side;
    if (shown) {
        const QString origins[]{ {}, tr("kept run"), tr("same run"), tr("own text") };
        side = std::make_shared<const ComparedSide>(
            ComparedSide{ result, selectionIn(*result), origins[int(against())] });
    }
    const bool same = side && m_side ? *side == *m_side : side == m_side;
    if (!same)
        m_side = side;
    if (!same || ran != m_running || failure != m_failure)
        emit changed();
}

} // namespace headlight::ui
