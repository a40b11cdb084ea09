#pragma once
// The bottom line: what runs, its progress and Cancel; the model's size; the last run; what is under the
// pointer.

#include "ui/session/session.h"

#include <QStatusBar>
#include <QTimer>

class QLabel;
class QProgressBar;
class QPushButton;

namespace headlight::ui {

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusLine(Session& session, QWidget* parent = nullptr);

    /// Progress appears for what takes longer: a flicker at every key would only disturb.
    static constexpr int patience = 300; ///< milliseconds

private:
    void showActivity();
    void showModel();
    void showResult();
    void showPlace();

    Session& m_session;
    QLabel *m_state, *m_model, *m_run, *m_place;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    QTimer m_patience;
};

/// "110 M", "2.9 M", "850".
QString countText(std::int64_t count);
/// "1.1 MB".
QString memoryText(std::size_t bytes);

} // namespace headlight::ui
