#pragma once
// What is exported, how, a live preview, and saving with progress. Never modal: the lesson goes on.

#include "core/base/expected.h"
#include "ui/export/exporter.h"
#include "ui/widgets/async_job.h"

#include <QDialog>

class QBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace headlight::ui {

class ExportForm;
class ExportPreview;

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    explicit ExportDialog(QWidget* parent);

    void setSubject(const ExportSubject& subject);
    /// What would be written now.
    ExportFormat format() const;
    void setFormat(ExportFormat format);
    ExportOptions options() const;
    Scene scene() const;
    /// Writes on a worker; closes when done, else says in the dialog what went wrong.
    void saveTo(const QString& path);

signals:
    /// Written: this file, or the first of a sequence.
    void saved(const QString& path);

private:
    void makeButtons(QBoxLayout* layout);
    QPushButton* button(const QString& text, const QString& toolTip);
    void addCopyMenu(QPushButton* button);
    void askForPath();
    void showPreview();
    void showProgress(double fraction);
    void setBusy(bool busy);
    void written(const QString& path, const Status& status);
    void say(const QString& message);

    ExportForm* m_form;
    ExportPreview* m_preview;
    QLabel* m_message;
    QProgressBar* m_progress;
    QPushButton *m_save, *m_cancel, *m_close, *m_copy;
    AsyncJob m_saveJob, m_copyJob;
};

} // namespace headlight::ui
