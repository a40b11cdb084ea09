// Implements export_dialog.h.

#include "ui/export/export_dialog.h"

#include "ui/export/clipboard.h"
#include "ui/export/export_figure.h"
#include "ui/export/export_form.h"
#include "ui/export/export_preview.h"
#include "ui/widgets/labels.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>

namespace headlight::ui {
namespace {

QString fileFilter(ExportFormat format)
{
    const QString end = ending(format);
    return QStringLiteral("%1 (*.%2)").arg(format == ExportFormat::Safetensors ? end : end.toUpper(), end);
}

/// A name that can be a file's: letters, digits and dashes.
QString suggestedName(const ViewDescriptor& view, const Scene& scene)
{
    const auto& result = scene.result;
    const QString model =
        result && result->model ? QString::fromStdString(result->model->name) : QStringLiteral("attention");
    QString name = QStringLiteral("%1-%2-layer-%3").arg(model, view.id).arg(scene.selection.layer);
    static const QRegularExpression others(QStringLiteral("[^A-Za-z0-9.]+"));
    return name.replace(others, QStringLiteral("-"));
}

} // namespace

ExportDialog::ExportDialog(QWidget* parent)
    : QDialog(parent)
    , m_form(new ExportForm(this))
    , m_preview(new ExportPreview(this))
    , m_message(plainLabel({}, this))
    , m_progress(new QProgressBar(this))
    , m_save(button(tr("Save…"), tr("Choose a file and write it")))
    , m_cancel(button(tr("Cancel"), tr("Stop writing; no file is left")))
    , m_close(button(tr("Close"), tr("Close without writing")))
    , m_copy(button(tr("Copy"), tr("Put it into the clipboard")))
{
    setWindowTitle(tr("Export"));
    m_message->setProperty("look", "error");
    m_message->setWordWrap(true);
    m_message->hide();
    m_progress->setTextVisible(false);
    m_progress->setRange(0, 1000);
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setToolTip(tr("Pictures that are drawn"));
    auto* all = column(this, metrics::wideGap);
    all->setContentsMargins(20, 16, 20, 16);
    auto* middle = row(24);
    middle->addWidget(m_preview);
    middle->addWidget(m_form, 1);
    all->addLayout(middle);
    all->addWidget(m_message);
    all->addWidget(m_progress);
    makeButtons(all);
    connect(m_form, &ExportForm::changed, this, &ExportDialog::showPreview);
    setBusy(false);
}

QPushButton* ExportDialog::button(const QString& text, const QString& toolTip)
{
    auto* made = new QPushButton(text, this);
    made->setToolTip(toolTip);
    made->setAccessibleName(text);
    made->setAutoDefault(false);
    return made;
}

void ExportDialog::makeButtons(QBoxLayout* layout)
{
    m_save->setProperty("look", "primary");
    m_save->setDefault(true);
    addCopyMenu(m_copy);
    auto* line = row(metrics::gap);
    line->addWidget(m_copy);
    line->addStretch();
    for (QPushButton* one : { m_cancel, m_close, m_save })
        line->addWidget(one);
    layout->addLayout(line);
    connect(m_close, &QPushButton::clicked, this, &QWidget::close);
    connect(m_save, &QPushButton::clicked, this, &ExportDialog::askForPath);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_saveJob.cancel();
        setBusy(false);
    });
}

void ExportDialog::addCopyMenu(QPushButton* button)
{
    auto* menu = new QMenu(button);
    const auto add = [&](const QString& text, const QString& toolTip, CopyAs as) {
        QAction* action = menu->addAction(text, this, [this, as] {
            if (const ViewDescriptor* view = m_form->view())
                copyFigure(m_copyJob, this, { view, scene(), options(), as }, [this](const Status& status) {
                    say(status ? QString() : QString::fromStdString(status.error().message));
                });
        });
        action->setToolTip(toolTip);
    };
    add(tr("Picture"), tr("Pixels, as large as chosen"), CopyAs::Picture);
    add(tr("SVG drawing"), tr("For programs that draw"), CopyAs::Svg);
    add(tr("Numbers"), tr("The table, with tabs between, for a spreadsheet"), CopyAs::Numbers);
    menu->setObjectName(QStringLiteral("copyMenu"));
    menu->setToolTipsVisible(true);
    button->setMenu(menu);
}

void ExportDialog::setSubject(const ExportSubject& subject)
{
    say({});
    m_form->setSubject(subject);
}

ExportFormat ExportDialog::format() const
{
    return m_form->format();
}

void ExportDialog::setFormat(ExportFormat format)
{
    m_form->setFormat(format);
}

ExportOptions ExportDialog::options() const
{
    return m_form->options();
}

Scene ExportDialog::scene() const
{
    return m_form->scene();
}

void ExportDialog::showPreview()
{
    say({});
    if (const ViewDescriptor* view = m_form->view())
        m_preview->show({ view, scene(), format(), options(), m_form->animation() });
}

void ExportDialog::askForPath()
{
    if (!m_form->view())
        return;
    auto* dialog = new QFileDialog(this, tr("Save the figure"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(fileFilter(format()));
    dialog->setDefaultSuffix(ending(format()));
    dialog->selectFile(suggestedName(*m_form->view(), scene()));
    connect(dialog, &QFileDialog::fileSelected, this, &ExportDialog::saveTo);
    dialog->open();
}

void ExportDialog::saveTo(const QString& path)
{
    const ViewDescriptor* view = m_form->view();
    if (!view)
        return;
    say({});
    setBusy(true);
    const auto progress = [dialog = QPointer<ExportDialog>(this)](double fraction, std::string_view) {
        QMetaObject::invokeMethod(
            qApp,
            [dialog, fraction] {
                if (dialog)
                    dialog->showProgress(fraction);
            },
            Qt::QueuedConnection);
    };
    m_saveJob.start<Status>(
        this,
        [view, scene = scene(), path, options = options(), animation = m_form->animation(), progress](
            const std::stop_token& stop) {
            return animation ? exportAnimation(
                       *view, scene, path.toStdString(), options, *animation, JobControl(stop, progress))
                             : exportFigure(*view, scene, path.toStdString(), options, JobControl(stop));
        },
        [this, path](const Status& status) { written(path, status); });
}

void ExportDialog::showProgress(double fraction)
{
    if (m_saveJob.running())
        m_progress->setValue(int(1000 * fraction));
}

void ExportDialog::setBusy(bool busy)
{
    m_progress->setValue(0);
    m_progress->setVisible(busy);
    m_cancel->setVisible(busy);
    m_save->setEnabled(!busy);
    m_form->setEnabled(!busy);
}

void ExportDialog::written(const QString& path, const Status& status)
{
    setBusy(false);
    if (!status)
        return say(QString::fromStdString(status.error().message));
    emit saved(path);
    close();
}

void ExportDialog::say(const QString& message)
{
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
}

} // namespace headlight::ui
