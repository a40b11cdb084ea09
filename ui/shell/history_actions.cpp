// Implements history_actions.h.

#include "ui/shell/history_actions.h"

#include "ui/session/history.h"

#include <QAction>

namespace headlight::ui {
HistoryActions::HistoryActions(History& history, QAction* undo, QAction* redo)
    : m_history(history)
    , m_undo(undo)
    , m_redo(redo)
{
    m_undo->setShortcuts({ QKeySequence("Ctrl+Z") });
    m_redo->setShortcuts({ QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y") });
    connect(m_undo, &QAction::triggered, &history, &History::undo);
    connect(m_redo, &QAction::triggered, &history, &History::redo);
    connect(&history, &History::stepsChanged, this, &HistoryActions::show);
    show();
}

void HistoryActions::show()
{
    const QUndoStack& stack = m_history.stack();
    m_undo->setEnabled(m_history.canUndo());
    m_redo->setEnabled(stack.canRedo());
    m_undo->setText(stack.canUndo() ? tr("Undo %1").arg(stack.undoText()) : tr("Undo"));
    m_redo->setText(stack.canRedo() ? tr("Redo %1").arg(stack.redoText()) : tr("Redo"));
}

} // namespace headlight::ui
