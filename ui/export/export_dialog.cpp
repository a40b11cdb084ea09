#include "ui/export/export_dialog.h"

#include "ui/export/export_figure.h"
#include "ui/widgets/choice_button.h"

#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace headlight::ui {
namespace {

constexpr QSize previewSize(440, 280);
constexpr const char *light = "light", *dark = "dark", *opaque = "opaque", *transparent = "transparent";

QString fileFilter(ExportFormat format)
{
    const QString end = ending(format);
    return QStringLiteral("%1 (*.%2)").arg(end.toUpper(), end);
}

/// A name that can be a file's: letters, digits and dashes.
QString suggestedName(const ExportSubject& subject)
{
    const auto& result = subject.scene.result;
    const QString model =
        result && result->model ? QString::fromStdString(result->model->name) : QStringLiteral("attention");
    QString name =
        QStringLiteral("%1-%2-layer-%3").arg(model, subject.view->id).arg(subject.scene.selection.layer);
    static const QRegularExpression others(QStringLiteral("[^A-Za-z0-9.]+"));
    return name.replace(others, QStringLiteral("-"));
}

} // namespace

ExportDialog::ExportDialog(QWidget* parent)
    : QDialog(parent)
    , m_form(new QFormLayout)
    , m_preview(new QLabel(this))
    , m_message(new QLabel(this))
    , m_note(new QLabel(this))
    , m_format(new ChoiceButton({}, tr("Format"), tr("Format"), this))
    , m_theme(new ChoiceButton({}, tr("Theme"), tr("Theme"), this))
    , m_background(new ChoiceButton({}, tr("Background"), tr("Background"), this))
    , m_width(sideBox(tr("Width in pixels")))
    , m_height(sideBox(tr("Height in pixels")))
    , m_dpi(new QSpinBox(this))
    , m_title(new QLineEdit(this))
    , m_save(new QPushButton(tr("Save…"), this))
{
    setWindowTitle(tr("Export the view"));
    m_preview->setFixedSize(previewSize);
    m_preview->setAlignment(Qt::AlignCenter);
    m_preview->setAccessibleName(tr("Preview"));
    m_message->setProperty("look", "error");
    m_message->setWordWrap(true);
    m_message->hide();
    m_note->setProperty("look", "muted");
    m_note->setWordWrap(true);
    auto* all = new QVBoxLayout(this);
    all->setSpacing(metrics::gap);
    all->addWidget(m_preview);
    all->addLayout(m_form);
    all->addWidget(m_note);
    all->addWidget(m_message);
    makeFields();
    makeButtons();
    showFormat();
}

QSpinBox* ExportDialog::sideBox(const QString& name)
{
    auto* box = new QSpinBox(this);
    box->setRange(0, ExportOptions::largestSide);
    box->setSingleStep(100);
    box->setSpecialValueText(tr("as needed"));
    box->setSuffix(tr(" px"));
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setAccessibleName(name);
    box->setToolTip(name);
    return box;
}

void ExportDialog::makeFields()
{
    m_format->addChoice(ending(ExportFormat::Png), tr("PNG picture"));
    m_format->addChoice(ending(ExportFormat::Svg), tr("SVG drawing"));
    m_format->addChoice(ending(ExportFormat::Pdf), tr("PDF page"));
    m_format->addChoice(ending(ExportFormat::Csv), tr("CSV table of the numbers"));
    m_theme->addChoice(light, tr("light"));
    m_theme->addChoice(dark, tr("dark"));
    m_background->addChoice(opaque, tr("the theme's"));
    m_background->addChoice(transparent, tr("transparent"));
    m_format->setCurrent(ending(ExportFormat::Png));
    m_background->setCurrent(opaque);
    m_theme->setCurrent(light);
    m_dpi->setRange(24, 2400);
    m_dpi->setValue(2 * ExportOptions::screenDpi);
    m_dpi->setSuffix(tr(" dpi"));
    m_dpi->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_title->setPlaceholderText(tr("layer and head"));
    auto* size = new QHBoxLayout;
    size->addWidget(m_width);
    size->addWidget(new QLabel(QStringLiteral("×"), this));
    size->addWidget(m_height);
    size->addStretch();
    m_form->addRow(tr("Format"), m_format);
    m_form->addRow(tr("Size"), size);
    m_form->addRow(tr("Resolution"), m_dpi);
    m_form->addRow(tr("Theme"), m_theme);
    m_form->addRow(tr("Background"), m_background);
    m_form->addRow(tr("Title"), m_title);
    for (ChoiceButton* button : { m_theme, m_background })
        connect(button, &ChoiceButton::chosen, this, &ExportDialog::showPreview);
    connect(m_format, &ChoiceButton::chosen, this, &ExportDialog::showFormat);
    for (QSpinBox* box : { m_width, m_height, m_dpi })
        connect(box, &QSpinBox::valueChanged, this, &ExportDialog::showPreview);
    connect(m_title, &QLineEdit::textChanged, this, &ExportDialog::showPreview);
}

void ExportDialog::makeButtons()
{
    m_save->setProperty("look", "primary");
    m_save->setDefault(true);
    auto* close = new QPushButton(tr("Close"), this);
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(close);
    row->addWidget(m_save);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    connect(close, &QPushButton::clicked, this, &QWidget::close);
    connect(m_save, &QPushButton::clicked, this, &ExportDialog::askForPath);
}

void ExportDialog::setSubject(const ExportSubject& subject)
{
    m_subject = subject;
    m_theme->setCurrent(subject.scene.theme == ThemeKind::Dark ? dark : light);
    m_message->hide();
    showFormat();
}

ExportFormat ExportDialog::format() const
{
    return *formatOf(QStringLiteral("f.") + m_format->current());
}

void ExportDialog::setFormat(ExportFormat format)
{
    m_format->setCurrent(ending(format));
    showFormat();
}

ExportOptions ExportDialog::options() const
{
    ExportOptions options;
    if (m_width->value() > 0 && m_height->value() > 0)
        options.size = { m_width->value(), m_height->value() };
    options.dpi = m_dpi->value();
    options.transparent = m_background->current() == QLatin1String(transparent);
    return options;
}

Scene ExportDialog::scene() const
{
    Scene scene = m_subject.scene;
    scene.theme = m_theme->current() == QLatin1String(dark) ? ThemeKind::Dark : ThemeKind::Light;
    scene.title = m_title->text();
    return scene;
}

void ExportDialog::showFormat()
{
    const bool drawn = format() != ExportFormat::Csv;
    for (QWidget* field : { static_cast<QWidget*>(m_width), static_cast<QWidget*>(m_height),
             static_cast<QWidget*>(m_dpi), static_cast<QWidget*>(m_theme),
             static_cast<QWidget*>(m_background), static_cast<QWidget*>(m_title) })
        field->setEnabled(drawn);
    const bool vector = format() == ExportFormat::Svg || format() == ExportFormat::Pdf;
    m_note->setText(vector ? tr("Text stays text. Maps of more than %L1 cells become one picture inside.")
                                 .arg(Figure::vectorCellLimit)
            : drawn ? tr("Model, input and settings are kept in the file's own description.")
                    : tr("The numbers behind the picture, exactly, with a header row."));
    showPreview();
}

void ExportDialog::showPreview()
{
    if (!m_subject.view)
        return;
    const ExportOptions wanted = options();
    const QSizeF natural = wanted.size.isEmpty()
        ? m_subject.view->figure().naturalSize(scene())
        : QSizeF(wanted.size) * ExportOptions::screenDpi / wanted.dpi;
    const double factor =
        std::min(previewSize.width() / natural.width(), previewSize.height() / natural.height());
    ExportOptions small;
    small.dpi = std::max(1, int(ExportOptions::screenDpi * factor * devicePixelRatioF()));
    small.size = (natural * small.dpi / ExportOptions::screenDpi).toSize().expandedTo({ 1, 1 });
    small.transparent = wanted.transparent;
    m_previewJob.start<QImage>(
        this,
        [view = m_subject.view, scene = scene(), small](
            const std::stop_token&) { return figureImage(*view, scene, small); },
        [this](QImage image) {
            image.setDevicePixelRatio(devicePixelRatioF());
            m_preview->setPixmap(QPixmap::fromImage(std::move(image)));
        });
}

void ExportDialog::askForPath()
{
    auto* dialog = new QFileDialog(this, tr("Save the figure"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(fileFilter(format()));
    dialog->setDefaultSuffix(ending(format()));
    dialog->selectFile(suggestedName(m_subject));
    connect(dialog, &QFileDialog::fileSelected, this, &ExportDialog::saveTo);
    dialog->open();
}

void ExportDialog::saveTo(const QString& path)
{
    m_message->hide();
    m_save->setEnabled(false);
    m_saveJob.start<Status>(
        this,
        [view = m_subject.view, scene = scene(), path, options = options()](
            const std::stop_token&) { return exportFigure(*view, scene, path.toStdString(), options); },
        [this](const Status& status) { written(status); });
}

void ExportDialog::written(const Status& status)
{
    m_save->setEnabled(true);
    if (status) {
        close();
        return;
    }
    m_message->setText(QString::fromStdString(status.error().message));
    m_message->show();
}

} // namespace headlight::ui
