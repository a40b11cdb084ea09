#pragma once
// What the window's Export… and Copy picture do: a dialog that blocks nothing, writing on a worker, pictures
// on the clipboard.

#include "ui/export/clipboard.h"
#include "ui/export/export_options.h"
#include "ui/views/view.h"

#include <QObject>
#include <QPointer>

namespace headlight::ui {

class ExportDialog;

/// What is on the screen; `view` is null when there is nothing.
struct ExportSubject {
    const ViewDescriptor* view = nullptr;
    Scene scene;
    QSize screen = {}; ///< pixels of the view; empty when it is not on a screen
    int screenDpi = ExportOptions::screenDpi;
    QStringList input = {}; ///< see ExportOptions::input
};

class Exporter : public QObject {
    Q_OBJECT
public:
    /// `subject` is asked each time; `window` is the parent of the dialog and outlives the exporter.
    Exporter(std::function<ExportSubject()> subject, QWidget& window);

    /// Opens the dialog, or brings it to the front with what is on the screen now.
    void showDialog();
    /// On a worker, at twice the screen's resolution: it will be pasted into a document.
    void copyPicture();
    /// The numbers of the view, with tabs between.
    void copyNumbers();
    ExportDialog* dialog() const;

private:
    void copy(CopyAs as);
    bool possible(const ExportSubject& subject) const;

    std::function<ExportSubject()> m_subject;
    QWidget& m_window;
    QPointer<ExportDialog> m_dialog;
    AsyncJob m_copyJob;
};

} // namespace headlight::ui
