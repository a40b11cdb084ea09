// Implements settings_keeper.h.

#include "ui/shell/settings_keeper.h"

#include "core/base/memory.h"
#include "core/base/parallel_for.h"
#include "ui/session/library.h"
#include "ui/session/session.h"

#include <thread>

namespace headlight::ui {

SettingsKeeper::SettingsKeeper(
    Session& session, QWidget& window, std::function<void(ThemeKind)> apply, QAction& open)
    : m_session(session)
    , m_window(window)
    , m_settings(loadSettings())
    , m_appearance(std::move(apply), this)
{
    connect(&open, &QAction::triggered, this, &SettingsKeeper::showDialog);
    m_appearance.setTypePercent(m_settings.typePercent);
    putIntoEffect();
}

void SettingsKeeper::themeChosen(ThemeKind kind)
{
    m_appearance.setTheme(id(kind));
}

void SettingsKeeper::putIntoEffect()
{
    setThreadCount(m_settings.threads > 0 ? m_settings.threads : int(std::thread::hardware_concurrency()));
    const bool bfloat16 = m_settings.bfloat16 && isAvailable(Compute::Bfloat16);
    m_session.setCompute(bfloat16 ? Compute::Bfloat16 : Compute::Float32);
    m_session.setMemoryLimit(
        [percent = std::uint64_t(m_settings.memoryPercent)] { return availableMemory() / 100 * percent; });
}

void SettingsKeeper::showDialog()
{
    if (!m_dialog) {
        m_dialog = new SettingsDialog(m_settings, m_appearance.theme(), &m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_dialog, &SettingsDialog::changed, this, [this] {
            if (m_dialog->theme() != m_appearance.theme())
                m_appearance.setTheme(m_dialog->theme());
            take(m_dialog->settings());
        });
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void SettingsKeeper::take(const Settings& settings)
{
    if (settings == m_settings)
        return;
    const bool folders = settings.modelFolders != m_settings.modelFolders;
    const bool type = settings.typePercent != m_settings.typePercent;
    m_settings = settings;
    saveSettings(settings);
    if (type) // no other setting ends the large type of presenting
        m_appearance.setTypePercent(settings.typePercent);
    putIntoEffect();
    if (folders)
        m_session.library().refresh();
}

} // namespace headlight::ui
