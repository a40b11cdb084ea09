#pragma once
// Scrubs through what a model wrote, token by token: the maps grow as they did, and the row that wrote the
// newest token is chosen. Hidden when nothing was written.

#include "ui/session/written.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QSlider;
class QToolButton;

namespace headlight::ui {

class ChoiceButton;
class Session;

class GenerationTimeline : public QWidget {
    Q_OBJECT
public:
    explicit GenerationTimeline(Session& session, QWidget* parent = nullptr);

    /// How many written tokens are shown.
    int shown() const;
    bool playing() const { return m_clock.isActive(); }

private:
    void layOut();
    void addSpeeds();
    void showResult();
    void showPlace();
    void goTo(int shown);
    void togglePlaying();
    void tick();
    void setPlaying(bool playing);

    Session& m_session;
    std::optional<WrittenTokens> m_written;
    QToolButton *m_play, *m_back, *m_on;
    QSlider* m_slider;
    QLabel* m_label;
    ChoiceButton* m_speed;
    QTimer m_clock;
};

} // namespace headlight::ui
