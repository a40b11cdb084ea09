#pragma once
// What is said while the paths of a large input are followed: how far it is, and a button to stop it. Hidden
// until it took a moment.

#include <QFrame>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

class QLabel;
class QProgressBar;
class QPushButton;

namespace headlight::ui {

class FlowProgress : public QFrame {
    Q_OBJECT
public:
    explicit FlowProgress(QWidget* parent);
    std::function<void()> cancelled, wanted;

    /// What the worker tells: its fraction in thousandths.
    std::shared_ptr<std::atomic<int>> begin();
    void end();

private:
    void sayRunning();
    void showCancelled();

    QLabel* m_label;
    QProgressBar* m_bar;
    QPushButton* m_button;
    QTimer m_timer;
    std::shared_ptr<std::atomic<int>> m_done;
    bool m_stopped = false;
};

} // namespace headlight::ui
