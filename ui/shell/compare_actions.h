#pragma once
// Keeping and swapping from any view, by menu and key: what is on the screen is kept as B before something
// changes, and compared when one likes.

#include <QKeySequence>
#include <QObject>

#include <functional>

class QAction;

namespace headlight::ui {

class Session;

class CompareActions : public QObject {
    Q_OBJECT
public:
    /// Adds an action to the menu of the window: title, tool tip, key.
    using Add = std::function<QAction*(const QString&, const QString&, const QKeySequence&)>;
    /// `session` must outlive it.
    CompareActions(Session& session, const Add& add);

private:
    void showState();

    Session& m_session;
    QAction *m_keep, *m_swap;
};

} // namespace headlight::ui
