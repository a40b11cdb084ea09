#pragma once
// Writes the session into the state folder a few seconds after a change, on a worker.

#include "ui/session/autosave_file.h"
#include "ui/widgets/async_job.h"

#include <QObject>
#include <QTimer>

namespace headlight::ui {

class Autosave : public QObject {
    Q_OBJECT
public:
    /// `document` is called on the GUI thread whenever something is written; it must be quick.
    Autosave(std::function<SessionDocument()> document, std::filesystem::path folder);
    ~Autosave() override;

    /// Something changed: it is written in `interval`, with all that changes until then.
    void schedule();
    /// A result has come in: worth writing where something is written already.
    void refresh()
    {
        if (m_used)
            schedule();
    }
    std::filesystem::path path() const { return m_file->path(); }
    void setInterval(int milliseconds) { m_timer.setInterval(milliseconds); }

    static constexpr int interval = 3000;

signals:
    void saved();
    /// Told once, until it worked again.
    void failed(const QString& message);

private:
    void write();

    std::function<SessionDocument()> m_document;
    std::shared_ptr<AutosaveFile> m_file;
    AsyncJob m_job;
    QTimer m_timer;
    bool m_used = false;
    bool m_told = false;
};

} // namespace headlight::ui
