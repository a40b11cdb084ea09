// Implements history.h. All changes within one turn of the event loop are one step: choosing a tab changes
// the view, and the selection with it.

#include "ui/session/history.h"

#include "ui/session/session.h"

#include <QScopedValueRollback>
#include <unordered_set>

namespace headlight::ui {

namespace {

/// What is there before anything was opened is nothing to go back to.
bool isStart(const SessionState& state)
{
    return state.model.isEmpty() && state.attention.isEmpty();
}

/// As while an animation plays.
bool onlyOptionsDiffer(const SessionState& a, const SessionState& b)
{
    SessionState c = a;
    c.viewOptions = b.viewOptions;
    return c == b;
}

} // namespace

struct History::Content {
    QString name, subject;
    int gesture = 0, events = 0;
    std::shared_ptr<const SessionState> before, after; ///< null: only the functions are called
    std::function<void()> undo, redo;
};

/// Steps share their content with the copies that trim() makes of them.
class History::Step : public QUndoCommand {
public:
    Step(History& history, std::shared_ptr<Content> content)
        : m_history(history)
        , m_content(std::move(content))
    {
        setText(m_content->name);
    }
    const std::shared_ptr<Content>& content() const { return m_content; }
    int id() const override { return m_content->subject.isEmpty() ? -1 : 1; }
    void undo() override { m_history.apply(m_content->before, m_content->undo); }
    void redo() override
    {
        if (std::exchange(m_isDone, false))
            return; // the session is there already when a step is pushed
        m_history.apply(m_content->after, m_content->redo);
    }
    bool mergeWith(const QUndoCommand* command) override
    {
        const Content& next = *static_cast<const Step*>(command)->m_content;
        const bool oneGesture = next.gesture == m_content->gesture && next.events != m_content->events;
        if (!oneGesture || next.subject != m_content->subject)
            return false;
        m_content->after = next.after;
        m_content->redo = next.redo;
        m_content->events = next.events;
        m_content->name = next.name;
        setText(next.name);
        setObsolete(m_content->before && *m_content->before == *m_content->after);
        return true;
    }

private:
    History& m_history;
    std::shared_ptr<Content> m_content;
    bool m_isDone = true;
};

History::History(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_last(std::make_shared<SessionState>(session.state()))
{
    m_stack.setUndoLimit(mostSteps);
    m_flush.setSingleShot(true);
    m_flush.setInterval(0);
    connect(&m_flush, &QTimer::timeout, this, &History::flush);
    connect(&session, &Session::modelChanged, &m_flush, qOverload<>(&QTimer::start));
    for (const auto signal : { &Session::inputChanged, &Session::selectionChanged, &Session::displayChanged,
             &Session::viewChanged, &Session::generationChanged })
        connect(&session, signal, this, &History::note);
    connect(&session, &Session::viewOptionsChanged, this, &History::note);
    connect(&session, &Session::settled, this, &History::settle);
    connect(&m_stack, &QUndoStack::indexChanged, this, &History::stepsChanged);
    connect(&m_stack, &QUndoStack::undoTextChanged, this, &History::stepsChanged);
    connect(&m_stack, &QUndoStack::redoTextChanged, this, &History::stepsChanged);
}

History::~History() = default;

void History::note()
{
    if (m_going || m_session.settling())
        return;
    if (!m_flush.isActive())
        m_ofTheModel = nothingRan();
    m_flush.start();
    emit stepsChanged();
}

bool History::nothingRan() const
{
    return !m_session.result() || m_session.result()->model != m_session.model();
}

void History::flush()
{
    m_flush.stop();
    if (m_going)
        return;
    emit stepsChanged();
    auto now = std::make_shared<SessionState>(m_session.state());
    const auto step = describeStep(*m_last, *now, { m_session.result().get(), m_viewTitle });
    const bool played = std::exchange(m_events, m_gestures.events()) == m_gestures.events();
    if (!step || (played && onlyOptionsDiffer(*m_last, *now)))
        return absorb(now);
    const auto before = std::exchange(m_last, now);
    if (isStart(*before))
        return;
    const bool first = now->example && now->example == before->example;
    if (m_ofTheModel && first && now->model == before->model && !sameInput(now->input, before->input)) {
        // The picture of a model's first example is read after the model was opened: it comes with it.
        if (const auto last = m_stack.index() > 0 ? content(m_stack.index() - 1) : nullptr;
            last && last->after)
            last->after = now;
        return;
    }
    auto content = std::make_shared<Content>();
    content->name = step->name;
    content->subject = step->subject;
    content->gesture = m_gestures.number();
    content->events = m_gestures.events();
    content->before = before;
    content->after = now;
    push(content);
    emit changed();
}

/// A result has arrived: what it changed is a part of the last step, unless that is being undone.
void History::settle()
{
    if (m_going)
        return;
    const bool undone = std::exchange(m_arriving, false);
    auto now = std::make_shared<SessionState>(m_session.state());
    const bool wrote = !undone && now->written != m_last->written && now->written > 0;
    if (m_flush.isActive() || wrote)
        return flush();
    if (undone)
        m_last = now;
    else
        absorb(now);
}

/// What is no step of its own is a part of the last one.
void History::absorb(std::shared_ptr<const SessionState> now)
{
    if (*now == *m_last)
        return;
    const auto last = m_stack.index() > 0 ? content(m_stack.index() - 1) : nullptr;
    if (last && last->after == m_last)
        last->after = now;
    m_last = std::move(now);
}

void History::push(std::shared_ptr<Content> content)
{
    m_stack.push(new Step(*this, std::move(content)));
    trim();
}

void History::undo()
{
    flush();
    m_gestures.end();
    if (!m_stack.canUndo())
        return;
    m_stack.undo();
    emit changed();
}

void History::redo()
{
    flush();
    m_gestures.end();
    if (!m_stack.canRedo())
        return;
    m_stack.redo();
    emit changed();
}

void History::apply(const std::shared_ptr<const SessionState>& state, const std::function<void()>& more)
{
    if (more)
        more();
    if (!state)
        return;
    const QScopedValueRollback going(m_going, true);
    m_arriving = true;
    m_session.restore(*state);
    m_last = std::make_shared<SessionState>(m_session.state());
}

void History::goTo(
    const SessionState& state, const QString& name, std::function<void()> redo, std::function<void()> undo)
{
    flush();
    auto content = std::make_shared<Content>();
    content->name = name;
    content->before = m_last;
    content->after = std::make_shared<SessionState>(state);
    content->redo = std::move(redo);
    content->undo = std::move(undo);
    apply(content->after, content->redo);
    if (!isStart(*content->before))
        push(content);
    emit changed();
}

void History::perform(
    const QString& name, std::function<void()> redo, std::function<void()> undo, const QString& subject)
{
    flush();
    auto content = std::make_shared<Content>();
    content->name = name;
    content->subject = subject;
    content->gesture = m_gestures.number();
    content->events = m_gestures.events();
    content->redo = std::move(redo);
    content->undo = std::move(undo);
    content->redo();
    push(content);
    emit changed();
}

void History::clear()
{
    m_flush.stop();
    m_stack.clear();
    m_last = std::make_shared<SessionState>(m_session.state());
}

std::shared_ptr<History::Content> History::content(int index) const
{
    return static_cast<const Step*>(m_stack.command(index))->content();
}

/// QUndoStack forgets its oldest steps by number alone: those that are kept are put back on an empty one.
void History::trim()
{
    std::unordered_set<const AnalysisInput*> counted;
    std::size_t bytes = 0;
    int first = m_stack.count();
    const auto add = [&](const std::shared_ptr<const SessionState>& state) {
        if (state && state->input && counted.insert(state->input.get()).second)
            bytes += bytesOf(*state->input);
    };
    while (first > 0) {
        add(content(first - 1)->after);
        add(content(first - 1)->before);
        if (bytes > m_mostBytes && first < m_stack.count())
            break;
        --first;
    }
    if (first == 0)
        return;
    std::vector<std::shared_ptr<Content>> kept;
    for (int i = first; i < m_stack.count(); ++i)
        kept.push_back(content(i));
    m_stack.clear();
    for (auto& step : kept) {
        const QString subject = std::exchange(step->subject, {}); // so that they are not merged now
        m_stack.push(new Step(*this, step));
        step->subject = subject;
    }
}

} // namespace headlight::ui
