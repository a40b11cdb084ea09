#include "ui/shell/compare_actions.h"

#include "ui/session/comparison.h"
#include "ui/session/session.h"

#include <QAction>

namespace headlight::ui {

CompareActions::CompareActions(Session& session, const Add& add)
    : m_session(session)
    , m_keep(add(tr("Keep as B"),
          tr("What is shown now becomes B of the comparison and stays, whatever changes afterwards"),
          QKeySequence(QStringLiteral("Ctrl+B"))))
    , m_swap(add(tr("Swap A and B"), tr("What is shown and what it is compared with change places"),
          QKeySequence(QStringLiteral("Ctrl+Shift+B"))))
{
    Comparison& comparison = session.comparison();
    connect(m_keep, &QAction::triggered, &comparison, &Comparison::keep);
    connect(m_swap, &QAction::triggered, &comparison, &Comparison::swap);
    connect(&session, &Session::resultChanged, this, &CompareActions::showState);
    connect(&comparison, &Comparison::changed, this, &CompareActions::showState);
    showState();
}

void CompareActions::showState()
{
    m_keep->setEnabled(m_session.result() != nullptr);
    m_swap->setEnabled(m_session.comparison().side() != nullptr);
}

} // namespace headlight::ui
