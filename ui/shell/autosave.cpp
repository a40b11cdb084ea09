// Implements autosave.h.

#include "ui/shell/autosave.h"

namespace headlight::ui {

Autosave::Autosave(std::function<SessionDocument()> document, std::filesystem::path folder)
    : m_document(std::move(document))
    , m_file(std::make_shared<AutosaveFile>(std::move(folder)))
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &Autosave::write);
}

/// A write that is still running holds the file; it takes it away when it is done.
Autosave::~Autosave() = default;

void Autosave::schedule()
{
    m_used = true;
    if (!m_timer.isActive())
        m_timer.start();
}

void Autosave::write()
{
    if (m_job.running())
        return m_timer.start(); // a slow disk
    m_job.start<Status>(
        this,
        [file = m_file, document = m_document()](const std::stop_token&) { return file->write(document); },
        [this](const Status& status) {
            if (status) {
                m_told = false;
                emit saved();
            } else if (!std::exchange(m_told, true)) {
                emit failed(
                    tr("%1 If Headlight ends unexpectedly, what you do now would be lost: save it with "
                       "Ctrl+S.")
                        .arg(QString::fromStdString(status.error().message)));
            }
        });
}

} // namespace headlight::ui
