// Implements missing_model.h.

#include "ui/shell/missing_model.h"

#include "core/base/error.h"
#include "ui/session/session.h"
#include "ui/widgets/error_bar.h"

namespace headlight::ui {

MissingModel::MissingModel(Session& session, ErrorBar& bar, QWidget& window)
    : m_session(session)
    , m_bar(bar)
    , m_window(window)
{
    connect(&session, &Session::modelMissing, this, &MissingModel::ask);
    connect(&bar, &ErrorBar::locateRequested, this, &MissingModel::locate);
}

void MissingModel::ask(const QString& reference, const Error& error)
{
    const QString message = error.kind == ErrorKind::NotFound
        ? tr("The model %1 is not there: choose where it is. All else is as it was left.").arg(reference)
        : tr("%1 Choose where the model %2 is; all else is as it was left.")
              .arg(QString::fromStdString(error.message), reference);
    m_bar.showMessage(message, ErrorBar::Offer::Locate);
}

void MissingModel::locate()
{
    auto* dialog = new QFileDialog(&m_window, tr("Where is the model?"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("Models (config.json *.safetensors *.bin *.gguf)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, &m_session, &Session::openModel);
    dialog->open();
}

} // namespace headlight::ui
