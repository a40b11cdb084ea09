#pragma once
// What can be opened from the model chooser: bundled models, those in the Hugging Face cache, and the recent
// ones.

#include "core/engine/catalogue.h"

#include <QObject>
#include <QStringList>

namespace headlight {
struct OpenModel;
}

namespace headlight::ui {

class EngineThread;

class Library : public QObject {
    Q_OBJECT
public:
    Library(Resources resources, EngineThread& thread);

    /// Empty until the first listing came back.
    const std::vector<CatalogueEntry>& entries() const { return m_entries; }
    /// Folders opened lately, newest first; bundled models and the cache are not among them.
    const QStringList& recent() const { return m_recent; }
    /// Lists again, on the engine thread.
    void refresh();
    void addRecent(const OpenModel& model);

signals:
    void changed();

private:
    Resources m_resources;
    EngineThread& m_thread;
    std::vector<CatalogueEntry> m_entries;
    QStringList m_recent;
};

} // namespace headlight::ui
