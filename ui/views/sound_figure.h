#pragma once
// The sound over time: its spectrogram (or wave) tinted by what the chosen word or moment looks at, the
// weights as a curve, a band per head, and the words that look at it.

#include "ui/views/sound_geometry.h"
#include "ui/views/word_strip.h"
#include "ui/widgets/cell_image.h"
#include "ui/widgets/heading.h"

#include <QImage>

namespace headlight::ui {

/// What the Sound view shows.
class SoundPicture {
public:
    SoundPicture() = default;
    explicit SoundPicture(const Scene& scene, Effort effort = Effort::Exact);

    bool empty() const { return m_main.weights.empty(); }
    /// Words look at the sound, which looks at nothing itself.
    bool crosses() const { return m_crosses; }
    const WordStrip& words() const { return m_words; }
    int heads() const { return int(m_heads.size()); }
    float weight(int token) const { return m_main.weights[std::size_t(token)]; }
    int moments() const { return int(m_main.weights.size()); }
    /// The moment whose look is shown, or who is looked at.
    std::optional<int> chosenMoment() const
    {
        return m_crosses ? m_scene.selection.key : m_scene.selection.query();
    }
    /// Weight on moments behind the end of the sound: padding that the model heard as silence.
    double massBehind() const;
    /// Where its parts stand in `area`. Lays out the words.
    SoundLayout layout(const QRectF& area);

    void paint(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    /// One line for the box beside the pointer: "0.42 s   0.0312".
    QString readOut(int token) const;

private:
    void readSound(const AnalysisResult& result);
    void paintSound(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    void paintWave(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    void paintTint(QPainter& painter, const SoundLayout& layout) const;
    void paintCurve(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    void paintHeads(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    void paintAxis(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    void paintChosen(QPainter& painter, const SoundLayout& layout, const Theme& theme) const;
    /// A band of colours, one per moment that is shown.
    QImage band(const Distribution& distribution) const;
    void paintBand(QPainter& painter, const SoundLayout& layout, const QRectF& place,
        const Distribution& distribution) const;

    Scene m_scene;
    TimeGrid m_times;
    double m_seconds = 0; ///< that are shown
    double m_soundSeconds = 0; ///< of the sound itself
    bool m_crosses = false;
    QImage m_spectrogram; ///< grey levels, low pitches at the bottom; null for waves
    double m_spectrogramSeconds = 0; ///< its width
    std::vector<std::pair<float, float>> m_wave;
    Distribution m_main;
    std::vector<Distribution> m_heads;
    WordStrip m_words;
};

class SoundFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
};

} // namespace headlight::ui
