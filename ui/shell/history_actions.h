#pragma once
// Undo and Redo at the top of the Edit menu, named after the step they are about.

#include <QObject>

class QAction;

namespace headlight::ui {

class History;

class HistoryActions : public QObject {
    Q_OBJECT
public:
    /// All must outlive it.
    HistoryActions(History& history, QAction* undo, QAction* redo);

private:
    void show();

    History& m_history;
    QAction *m_undo, *m_redo;
};

} // namespace headlight::ui
