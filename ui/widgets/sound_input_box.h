#pragma once
// Choosing the sound: its wave, how long it is, Open sound…

#include "ui/session/session.h"

#include "ui/widgets/async_job.h"

#include <QWidget>

class QLabel;

namespace headlight::ui {

/// A whole sound as the outline of its wave.
class SoundThumb : public QWidget {
public:
    explicit SoundThumb(QWidget* parent = nullptr);
    void setSound(const Sound& sound);
    QSize sizeHint() const override { return { 160, 64 }; }
    QSize minimumSizeHint() const override { return { 40, 64 }; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    using Outline = std::vector<std::pair<float, float>>; ///< least and largest sample of each piece

    Sound m_sound;
    Outline m_outline;
    AsyncJob m_job; ///< looks through ten minutes of it
};

class SoundInputBox : public QWidget {
    Q_OBJECT
public:
    explicit SoundInputBox(Session& session, QWidget* parent = nullptr);

signals:
    void openRequested();

private:
    void showInput();
    void showResult();

    Session& m_session;
    SoundThumb* m_wave;
    QLabel* m_state;
};

/// Least and largest sample of `pieces` equal pieces of a stretch of samples.
std::vector<std::pair<float, float>> waveOutline(std::span<const float> samples, int pieces);

} // namespace headlight::ui
