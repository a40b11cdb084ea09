#pragma once
// The list of findings of a session. Every change of a person is a step of the history.

#include "ui/session/pin.h"

#include <QObject>

namespace headlight::ui {

class History;

class Pins : public QObject {
    Q_OBJECT
public:
    using List = std::shared_ptr<const std::vector<Pin>>;

    /// `history` must outlive it.
    explicit Pins(History& history, QObject* parent = nullptr);

    const std::vector<Pin>& all() const { return *m_all; }
    /// The list as it is now; the same pointer means the same list, also after undo.
    const List& list() const { return m_all; }
    const Pin* find(const QString& id) const;

    void add(Pin pin);
    void remove(const QString& id);
    void setTitle(const QString& id, const QString& title);
    void setNote(const QString& id, const QString& note);
    /// Puts a pin before the one that is at `place` now; behind the last when there is none.
    void move(const QString& id, int place);
    /// Another session: no step.
    void replace(const List& list);

signals:
    void changed();

private:
    void step(const QString& name, std::vector<Pin> all, const QString& subject = {});
    template <typename Change> void edit(const QString& id, const QString& name, Change change);

    History& m_history;
    List m_all = std::make_shared<std::vector<Pin>>();
};

} // namespace headlight::ui
