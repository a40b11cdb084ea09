#pragma once
// Undo and redo of everything a person sets. Watches the session; a step is the state before and after, named
// by what differs. What the program does by itself when a result arrives belongs to the step that caused it.

#include "ui/session/gestures.h"
#include "ui/session/steps.h"

#include <QObject>
#include <QTimer>
#include <QUndoStack>

namespace headlight::ui {

class Session;

class History : public QObject {
    Q_OBJECT
public:
    /// `session` must outlive it. What is set now is where undo ends.
    explicit History(Session& session, QObject* parent = nullptr);
    ~History() override;

    /// For texts and for what is possible; undo and redo go through this class.
    const QUndoStack& stack() const { return m_stack; }
    /// Also while the newest change is not a step yet.
    bool canUndo() const { return m_stack.canUndo() || m_flush.isActive(); }
    void undo();
    void redo();
    /// How views are called in the names of steps.
    void nameViews(std::function<QString(const QString& id)> title) { m_viewTitle = std::move(title); }

    /// Goes to a state as a step of its own: to a pin, to what a session file holds. What is not in the state
    /// but changes with it (the list of pins) is done by the two functions; `redo` is called now. Before any
    /// model was open there is nothing to go back to, and it is no step.
    void goTo(const SessionState& state, const QString& name, std::function<void()> redo = {},
        std::function<void()> undo = {});
    /// A step that is not in SessionState (the list of pins). `redo` is called now. Steps of one gesture with
    /// the same subject are one; an empty subject never is.
    void perform(const QString& name, std::function<void()> redo, std::function<void()> undo,
        const QString& subject = {});
    /// Forgets all steps; what is set now is where undo ends.
    void clear();

    static constexpr int mostSteps = 200;
    /// Distinct texts, pictures and sounds held by steps; the oldest steps go first.
    void setMostBytes(std::size_t bytes) { m_mostBytes = bytes; }
    /// Steps closer together than this are one, when they are typing or walking (1,000 by default).
    void setPause(int milliseconds) { m_gestures.setPause(milliseconds); }

signals:
    /// A person changed something, or undid it.
    void changed();
    /// Undo or redo, or their names, are others.
    void stepsChanged();

private:
    class Step;
    struct Content;
    void note();
    void flush();
    void settle();
    void absorb(std::shared_ptr<const SessionState> now);
    void push(std::shared_ptr<Content> content);
    void apply(const std::shared_ptr<const SessionState>& state, const std::function<void()>& more);
    void trim();
    std::shared_ptr<Content> content(int index) const;
    bool nothingRan() const;

    Session& m_session;
    QUndoStack m_stack;
    Gestures m_gestures;
    QTimer m_flush;
    std::function<QString(const QString&)> m_viewTitle;
    std::shared_ptr<const SessionState> m_last; ///< what was set when the last step was taken
    std::size_t m_mostBytes = 512'000'000;
    int m_events = 0; ///< of the gestures, when a change was noted last
    bool m_ofTheModel = false; ///< what is noted came before the open model had any result
    bool m_going = false; ///< a step is being undone: what changes is its doing
    bool m_arriving = false; ///< and its result is awaited
};

} // namespace headlight::ui
