#pragma once
// "Headlight ended unexpectedly": offers what an earlier process left behind, in a bar inside the window.

#include "ui/session/autosave_file.h"
#include "ui/widgets/async_job.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace headlight::ui {

class RecoveryBar : public QFrame {
    Q_OBJECT
public:
    explicit RecoveryBar(std::filesystem::path folder, QWidget* parent = nullptr);

    /// Looks on a worker; shows itself when there is something.
    void look();
    /// What was restored is written elsewhere now: the leftover may go.
    void restoredIsSafe();

signals:
    /// `document` is what was left; `saved` when.
    void restoreRequested(const headlight::ui::SessionDocument& document);
    void failed(const QString& message);
    /// Nothing is offered any more.
    void done();

private:
    void makeButtons();
    void offer();
    void setChoice(bool possible);
    void restore();
    void discard();

    std::filesystem::path m_folder;
    QLabel* m_message;
    QPushButton *m_restore, *m_discard;
    std::vector<std::shared_ptr<Leftover>> m_leftovers; ///< the first is offered
    std::vector<std::shared_ptr<Leftover>> m_restored; ///< kept until they are safe
    AsyncJob m_job;
};

} // namespace headlight::ui
