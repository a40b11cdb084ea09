// Implements settings_dialog.h.

#include "ui/shell/settings_dialog.h"

#include "core/base/memory.h"
#include "core/engine/catalogue.h"
#include "core/tensor/compute.h"
#include "ui/style/theme.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/labels.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QListWidget>
#include <QPushButton>
#include <thread>

namespace headlight::ui {
namespace {

constexpr const char* asSystem = "system";
constexpr int memoryChoices[]{ 25, 40, 60, 80, 95 };

QPushButton* button(const QString& text, const QString& toolTip, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setToolTip(toolTip);
    made->setAccessibleName(text);
    made->setAutoDefault(false);
    return made;
}

} // namespace

SettingsDialog::SettingsDialog(const Settings& settings, const QString& theme, QWidget* parent)
    : QDialog(parent)
    , m_settings(settings)
{
    setWindowTitle(tr("Settings"));
    setMinimumWidth(520);
    auto* all = column(this, metrics::gap);
    all->setContentsMargins(20, 16, 20, 16);
    addTheme(all);
    addType(all);
    addThreads(all);
    addMemory(all);
    addPrecision(all);
    addFolders(all);
    addEnd(all);
    m_theme->setCurrent(theme.isEmpty() ? QLatin1String(asSystem) : theme);
    showSettings();
}

QString SettingsDialog::theme() const
{
    return m_theme->current() == QLatin1String(asSystem) ? QString() : m_theme->current();
}

void SettingsDialog::line(QLayout* layout, const QString& name, QWidget* control, QLabel* note)
{
    auto* line = row(metrics::gap);
    auto* label = new QLabel(name, this);
    label->setBuddy(control);
    label->setMinimumWidth(130);
    line->addWidget(label, 0, Qt::AlignVCenter);
    line->addWidget(control, 0, Qt::AlignVCenter);
    line->addWidget(note, 1, Qt::AlignVCenter);
    static_cast<QBoxLayout*>(layout)->addLayout(line);
}

void SettingsDialog::addTheme(QLayout* layout)
{
    m_theme = new ChoiceButton({}, tr("Theme"), tr("Colours of the window"), this);
    m_theme->addChoice(
        asSystem, tr("as the system"), tr("Light or dark, and follows when the system changes"));
    m_theme->addChoice(id(ThemeKind::Light), tr("light"));
    m_theme->addChoice(id(ThemeKind::Dark), tr("dark"));
    m_theme->addChoice(
        id(ThemeKind::ContrastLight), tr("high contrast, light"), tr("Black on white, strong frames"));
    m_theme->addChoice(
        id(ThemeKind::ContrastDark), tr("high contrast, dark"), tr("White on black, strong frames"));
    line(layout, tr("Theme"), m_theme, mutedLabel({}, this));
    connect(m_theme, &ChoiceButton::chosen, this, &SettingsDialog::changed);
}

void SettingsDialog::addType(QLayout* layout)
{
    m_type = new ChoiceButton({}, tr("Size of type"), tr("How large all text of the window is"), this);
    for (const int percent : Settings::typeSizes)
        m_type->addChoice(QString::number(percent), tr("%1 %").arg(percent));
    line(layout, tr("Size of type"), m_type, mutedLabel(tr("Exported figures keep the usual size."), this));
    connect(m_type, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](Settings& settings) { settings.typePercent = chosen.toInt(); });
    });
}

void SettingsDialog::addThreads(QLayout* layout)
{
    m_threads = new ChoiceButton({}, tr("Threads"), tr("How many processors the engine uses"), this);
    const int processors = std::max(1, int(std::thread::hardware_concurrency()));
    m_threads->addChoice(QStringLiteral("0"), tr("all %1").arg(processors));
    for (int count = 1; count < processors; count = count < 4 ? count + 1 : count * 2)
        m_threads->addChoice(QString::number(count), QString::number(count));
    line(layout, tr("Threads"), m_threads,
        mutedLabel(tr("Fewer leave more of the machine to others. The numbers stay the same."), this));
    connect(m_threads, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](Settings& settings) { settings.threads = chosen.toInt(); });
    });
}

void SettingsDialog::addMemory(QLayout* layout)
{
    m_memory = new ChoiceButton({}, tr("Memory"), tr("How much of the free memory one run may take"), this);
    for (const int percent : memoryChoices)
        m_memory->addChoice(QString::number(percent), tr("%1 % of what is free").arg(percent));
    m_memoryNote = mutedLabel({}, this);
    line(layout, tr("Memory"), m_memory, m_memoryNote);
    connect(m_memory, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](Settings& settings) { settings.memoryPercent = chosen.toInt(); });
    });
}

void SettingsDialog::addPrecision(QLayout* layout)
{
    m_precision = new ChoiceButton({}, tr("Precision"), tr("What the model multiplies in"), this);
    m_precision->addChoice(QStringLiteral("f32"), tr("single (f32)"));
    m_precision->addChoice(QStringLiteral("bf16"), tr("bfloat16"));
    const bool possible = isAvailable(Compute::Bfloat16);
    m_precision->setEnabled(possible);
    line(layout, tr("Precision"), m_precision,
        mutedLabel(possible
                ? tr("bfloat16 is faster for long inputs and less exact: the status bar says by how much.")
                : tr("This processor multiplies in single precision only."),
            this));
    connect(m_precision, &ChoiceButton::chosen, this, [this](const QString& chosen) {
        change([&](Settings& settings) { settings.bfloat16 = chosen == QStringLiteral("bf16"); });
    });
}

void SettingsDialog::addFolders(QLayout* layout)
{
    static_cast<QBoxLayout*>(layout)->addSpacing(metrics::gap);
    layout->addWidget(sectionLabel(tr("Where models are looked for"), this));
    layout->addWidget(mutedLabel(tr("The Hugging Face cache, %1, and these folders:")
                                     .arg(QString::fromStdString(cacheFolder().string())),
        this));
    m_folders = new QListWidget(this);
    m_folders->setProperty("look", "framed");
    m_folders->setFixedHeight(96);
    m_folders->setAccessibleName(tr("Folders with models"));
    m_folders->setToolTip(tr("Each is a model, or holds models one level down"));
    layout->addWidget(m_folders);
    auto* buttons = row(metrics::gap);
    auto* add = button(tr("Add folder…"), tr("Look for models in another folder"), this);
    auto* remove = button(tr("Remove"), tr("Look no longer in the chosen folder; nothing is deleted"), this);
    buttons->addWidget(add);
    buttons->addWidget(remove);
    buttons->addStretch();
    static_cast<QBoxLayout*>(layout)->addLayout(buttons);
    connect(add, &QPushButton::clicked, this, &SettingsDialog::chooseFolder);
    connect(remove, &QPushButton::clicked, this, &SettingsDialog::removeFolder);
    const auto offer = [this, remove] { remove->setEnabled(m_folders->currentRow() >= 0); };
    connect(m_folders, &QListWidget::currentRowChanged, remove, offer);
    offer();
}

void SettingsDialog::addEnd(QLayout* layout)
{
    auto* end = row(metrics::gap);
    auto* reset = button(tr("Reset to defaults"), tr("Put every setting of this window back"), this);
    auto* close = button(tr("Close"), tr("Close this window; all changes hold already"), this);
    end->addWidget(reset);
    end->addStretch();
    end->addWidget(close);
    static_cast<QBoxLayout*>(layout)->addSpacing(metrics::gap);
    static_cast<QBoxLayout*>(layout)->addLayout(end);
    connect(reset, &QPushButton::clicked, this, [this] {
        m_theme->setCurrent(QLatin1String(asSystem));
        change([](Settings& settings) { settings = {}; });
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

void SettingsDialog::showSettings()
{
    m_type->setCurrent(QString::number(m_settings.typePercent));
    m_precision->setCurrent(m_settings.bfloat16 ? QStringLiteral("bf16") : QStringLiteral("f32"));
    m_threads->setCurrent(QString::number(m_settings.threads));
    const std::uint64_t free = availableMemory();
    m_memory->setCurrent(QString::number(m_settings.memoryPercent));
    m_memoryNote->setText(
        tr("A run that would take more is refused before it begins. Now: %1 of %2.")
            .arg(QString::fromStdString(bytesText(free / 100 * std::uint64_t(m_settings.memoryPercent))),
                QString::fromStdString(bytesText(free))));
    m_folders->clear();
    m_folders->addItems(m_settings.modelFolders);
}

void SettingsDialog::change(const std::function<void(Settings&)>& how)
{
    how(m_settings);
    showSettings();
    emit changed();
}

void SettingsDialog::chooseFolder()
{
    auto* dialog = new QFileDialog(this, tr("Look for models in"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        if (!m_settings.modelFolders.contains(folder))
            change([&](Settings& settings) { settings.modelFolders << folder; });
    });
    dialog->open();
}

void SettingsDialog::removeFolder()
{
    const int row = m_folders->currentRow();
    if (row >= 0)
        change([&](Settings& settings) { settings.modelFolders.removeAt(row); });
}

} // namespace headlight::ui
