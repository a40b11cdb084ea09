#pragma once
// Format, size, resolution, theme, title and background of a figure, with a preview. Never modal: the lesson
// goes on.

#include "core/base/expected.h"
#include "ui/export/exporter.h"
#include "ui/widgets/async_job.h"

#include <QDialog>

class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace headlight::ui {

class ChoiceButton;

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

private:
    void makeFields();
    void makeButtons();
    QSpinBox* sideBox(const QString& name);
    void askForPath();
    void showPreview();
    void showFormat();
    void written(const Status& status);

    ExportSubject m_subject;
    QFormLayout* m_form;
    QLabel *m_preview, *m_message, *m_note;
    ChoiceButton *m_format, *m_theme, *m_background;
    QSpinBox *m_width, *m_height, *m_dpi;
    QLineEdit* m_title;
    QPushButton* m_save;
    AsyncJob m_previewJob, m_saveJob;
};

} // namespace headlight::ui
