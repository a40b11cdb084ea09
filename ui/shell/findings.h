#pragma once
// Pinning in the window: the action, the panel that comes with the first pin, and the report.

#include "ui/session/pin.h"
#include "ui/views/view.h"
#include "ui/widgets/async_job.h"

#include <QObject>
#include <deque>

class QAction;
class QDockWidget;

namespace headlight::ui {

class ErrorBar;
class Pins;
class PinsPanel;

class Findings : public QObject {
    Q_OBJECT
public:
    struct Subject {
        const ViewDescriptor* view = nullptr;
        Scene scene;
    };
    struct Parts {
        Session& session;
        Pins& pins;
        ErrorBar& errors;
        PinsPanel& panel;
        QDockWidget& dock;
    };
    struct Actions {
        QAction *pin, *report;
    };
    /// `subject` is what is on the screen now. All of `parts` must outlive it.
    Findings(const Parts& parts, const Actions& actions, std::function<Subject()> subject);

    /// Keeps what is on the screen; its figure is drawn on a worker, then it is in the list.
    void pinThis();
    void chooseReport();
    /// Errors go to the error bar.
    void writeReportTo(const QString& path);

signals:
    void reportWritten(const QString& path);

private:
    struct Draft {
        Pin pin;
        Subject subject;
    };
    void showPanel();
    void drawNext();
    void showState();

    Parts m_parts;
    Actions m_actions;
    std::function<Subject()> m_subject;
    std::deque<Draft> m_drafts; ///< the first is being drawn
    AsyncJob m_drawing, m_writing;
    bool m_any = false; ///< there were pins the last time
};

} // namespace headlight::ui
