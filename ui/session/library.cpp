// Implements library.h.

#include "ui/session/library.h"

#include "core/engine/open_model.h"
#include "ui/session/engine_thread.h"
#include "ui/session/preferences.h"

namespace headlight::ui {

Library::Library(Resources resources, EngineThread& thread)
    : m_resources(std::move(resources))
    , m_thread(thread)
    , m_recent(loadRecent())
{
}

void Library::refresh()
{
    std::vector<std::filesystem::path> folders;
    for (const QString& folder : loadSettings().modelFolders)
        folders.emplace_back(folder.toStdString());
    m_thread.errand(
        [resources = m_resources, folders](const JobControl&) -> Expected<std::vector<CatalogueEntry>> {
            return catalogue(resources, folders);
        },
        [this](const Expected<std::vector<CatalogueEntry>>& entries) {
            if (entries)
                m_entries = *entries;
            emit changed();
        });
}

void Library::addRecent(const OpenModel& model)
{
    constexpr qsizetype longest = 8;
    const bool listed = std::any_of(m_entries.begin(), m_entries.end(),
        [&](const CatalogueEntry& entry) { return entry.folder == model.folder; });
    const bool bundled = model.folder.parent_path() == m_resources.root() / "models";
    if (listed || bundled)
        return;
    const QString folder = QString::fromStdString(model.folder.string());
    m_recent.removeAll(folder);
    m_recent.prepend(folder);
    m_recent.resize(std::min(m_recent.size(), longest));
    saveRecent(m_recent);
    emit changed();
}

} // namespace headlight::ui
