#pragma once
// Settings, small and honest: theme, size of type, threads, memory, precision, where models are looked for.
// Every change holds at once; there is no button to press.

#include "ui/session/preferences.h"

#include <QDialog>

class QLabel;
class QListWidget;

namespace headlight::ui {

class ChoiceButton;

class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    SettingsDialog(const Settings& settings, const QString& theme, QWidget* parent);

    const Settings& settings() const { return m_settings; }
    QString theme() const;

signals:
    void changed();

private:
    void addTheme(QLayout* layout);
    void addType(QLayout* layout);
    void addThreads(QLayout* layout);
    void addMemory(QLayout* layout);
    void addPrecision(QLayout* layout);
    void addFolders(QLayout* layout);
    void addEnd(QLayout* layout);
    void line(QLayout* layout, const QString& name, QWidget* control, QLabel* note);
    void showSettings();
    void chooseFolder();
    void removeFolder();
    void change(const std::function<void(Settings&)>& how);

    Settings m_settings;
    ChoiceButton *m_theme = nullptr, *m_type = nullptr, *m_threads = nullptr, *m_memory = nullptr,
                 *m_precision = nullptr;
    QListWidget* m_folders = nullptr;
    QLabel* m_memoryNote = nullptr;
};

} // namespace headlight::ui
