// Implements model_button.h.

#include "ui/widgets/model_button.h"

#include "ui/session/library.h"
#include "ui/style/icon.h"
#include "ui/widgets/labels.h"

#include <QFileInfo>

namespace headlight::ui {

ModelButton::ModelButton(Session& session, QWidget* parent)
    : MenuButton(tr("Model"),
        tr("Choose the model: bundled, recent, in the Hugging Face cache, or a folder of yours"), parent)
    , m_session(session)
{
    setText(tr("No model"));
    connect(&session, &Session::modelChanged, this, &ModelButton::showModel);
    connect(&session, &Session::resultChanged, this, &ModelButton::showTitle);
    connect(&session.library(), &Library::changed, this, &ModelButton::fillMenu);
    fillMenu();
}

void ModelButton::showModel()
{
    showTitle();
    fillMenu();
}

/// The model's name and size; of attention that another program computed, its file.
QString ModelButton::textWhen(bool isShort) const
{
    constexpr int widest = 170, widestFile = 300;
    const auto& result = m_session.result();
    if (result && !result->source.empty())
        return fontMetrics().elidedText(
            QString::fromStdString(result->source), Qt::ElideMiddle, isShort ? widest : widestFile);
    if (!m_session.model())
        return tr("No model");
    const OpenModel& model = *m_session.model();
    const ModelInfo& info = model.network->info();
    const QString name =
        fontMetrics().elidedText(QString::fromStdString(model.name), Qt::ElideMiddle, widest);
    return isShort ? name
                   : tr("%1  ·  %2 layers × %3 heads")
                         .arg(name, QString::number(info.layers), QString::number(info.heads));
}

void ModelButton::showTitle()
{
    setText(textWhen(m_short));
    setAccessibleDescription(textWhen(false));
}

void ModelButton::setShort(bool isShort)
{
    if (isShort == m_short)
        return;
    m_short = isShort;
    showTitle();
}

void ModelButton::addHeader(const QString& title)
{
    if (!menu()->isEmpty())
        menu()->addSeparator();
    menu()->addAction(title)->setEnabled(false);
}

void ModelButton::addModel(const QString& reference, const QString& title, const QString& toolTip)
{
    const auto& open = m_session.model();
    const bool current = open
        && (QString::fromStdString(open->folder.string()) == reference
            || QString::fromStdString(open->name) == reference);
    QAction* action = menu()->addAction(
        current ? ui::icon(QStringLiteral("check"), IconColour::Accent) : QIcon(), menuText(title));
    action->setToolTip(plainTip(toolTip));
    connect(action, &QAction::triggered, this, [this, reference] { m_session.openModel(reference); });
}

void ModelButton::fillMenu()
{
    menu()->clear();
    const auto addOrigin = [this](CatalogueEntry::Origin origin, const QString& title) {
        bool first = true;
        for (const CatalogueEntry& entry : m_session.library().entries()) {
            if (entry.origin != origin)
                continue;
            if (std::exchange(first, false))
                addHeader(title);
            const QString name = QString::fromStdString(entry.name);
            const bool named = origin != CatalogueEntry::Origin::Folder;
            addModel(named ? name : QString::fromStdString(entry.folder.string()), name,
                QString::fromStdString(entry.summary));
        }
    };
    addOrigin(CatalogueEntry::Origin::Bundled, tr("Bundled"));
    const QStringList recent = m_session.library().recent();
    if (!recent.isEmpty())
        addHeader(tr("Recent"));
    for (const QString& folder : recent)
        addModel(folder, QFileInfo(folder).fileName(), folder);
    addOrigin(CatalogueEntry::Origin::Folder, tr("Your folders"));
    addOrigin(CatalogueEntry::Origin::Cache, tr("Hugging Face cache"));
    menu()->addSeparator();
    QAction* open = menu()->addAction(ui::icon(QStringLiteral("folder")), tr("Open folder…"));
    open->setToolTip(
        tr("A folder with config.json and safetensors, as Hugging Face stores a model (Ctrl+O)"));
    connect(open, &QAction::triggered, this, &ModelButton::openFolderRequested);
}

} // namespace headlight::ui
