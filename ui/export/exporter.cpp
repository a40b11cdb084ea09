#include "ui/export/exporter.h"

#include "ui/export/export_dialog.h"

#include <QApplication>

namespace headlight::ui {

Exporter::Exporter(std::function<ExportSubject()> subject, QWidget& window)
    : m_subject(std::move(subject))
    , m_window(window)
{
}

ExportDialog* Exporter::dialog() const
{
    return m_dialog;
}

bool Exporter::possible(const ExportSubject& subject) const
{
    return subject.view && subject.scene.result && subject.view->available(*subject.scene.result);
}

void Exporter::showDialog()
{
    const ExportSubject subject = m_subject();
    if (!possible(subject))
        return QApplication::beep();
    if (!m_dialog) {
        m_dialog = new ExportDialog(&m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_dialog->setSubject(subject);
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void Exporter::copyPicture()
{
    copy(CopyAs::Picture);
}

void Exporter::copyNumbers()
{
    copy(CopyAs::Numbers);
}

void Exporter::copy(CopyAs as)
{
    const ExportSubject subject = m_subject();
    if (!possible(subject))
        return QApplication::beep();
    ExportOptions options;
    options.dpi = 2 * ExportOptions::screenDpi;
    options.input = subject.input;
    copyFigure(m_copyJob, this, { subject.view, subject.scene, options, as }, [](const Status& status) {
        if (!status)
            QApplication::beep();
    });
}

} // namespace headlight::ui
