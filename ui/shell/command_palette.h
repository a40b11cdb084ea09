#pragma once
// Everything by typing a few letters of it (Ctrl+K): commands, views, models, examples, tokens, layers and
// heads.

#include "ui/shell/overlay.h"

#include <QKeySequence>

#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace headlight::ui {

struct PaletteEntry {
    enum class Rank {
        Command,
        Content
    }; ///< content (a token, an example) stands behind a command that fits as well
    QString title; ///< "Open folder…", "it"
    QString kind; ///< "File", "Token", "Model"
    QString detail; ///< the tool tip
    QKeySequence shortcut;
    std::function<void()> run;
    Rank rank = Rank::Command;
};

class CommandPalette : public Overlay {
    Q_OBJECT
public:
    /// `entries` is asked anew for what is typed: some lines come from the words themselves ("l5 h7").
    CommandPalette(std::function<std::vector<PaletteEntry>(const QString& typed)> entries, QWidget* window);

    int shownCount() const;

protected:
    QRect placeIn(const QSize& window) const override;
    void opened() override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void runCurrent();
    void remember(const PaletteEntry& entry);

    std::function<std::vector<PaletteEntry>(const QString&)> m_source;
    std::vector<PaletteEntry> m_shown;
    QStringList m_recent; ///< titles, newest first
    QLineEdit* m_edit;
    QListWidget* m_list;
};

} // namespace headlight::ui
